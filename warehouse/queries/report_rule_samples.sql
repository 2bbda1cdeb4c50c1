-- Lines that each rule took: its longest, its most repeated and some of the rest, each text once.
-- Grain: (rule, text). Reads the table of report_shown.sql. Parameters: since (ordinal of the first
-- document that is looked at), samples (of a kind).
WITH texts AS (
    SELECT
        l.rule,
        l.text,
        count(*) AS times,
        arg_max(s.document_id, s.ordinal) AS document_id,
        arg_max(s.batch_id, s.ordinal) AS batch_id
    FROM main.removed_lines AS l
    INNER JOIN shown_documents AS s ON s.batch_id = l.batch_id AND s.document_id = l.document_id
    WHERE s.ordinal >= $since
    GROUP BY l.rule, l.text
),

picked AS (
    SELECT
        rule,
        max_by(text, (length(text), text), $samples) AS long,
        max_by(text, (times, text), $samples) FILTER (WHERE times > 1) AS repeated,
        max_by(text, (hash(text), text), $samples) AS chance
    FROM texts
    GROUP BY rule
)

SELECT
    t.*,
    list_contains(p.long, t.text) AS is_long,
    coalesce(list_contains(p.repeated, t.text), false) AS is_repeated,
    list_contains(p.chance, t.text) AS is_chance
FROM texts AS t
INNER JOIN picked AS p ON p.rule = t.rule
WHERE is_long OR is_repeated OR is_chance
ORDER BY t.rule, length(t.text) DESC, t.text;
