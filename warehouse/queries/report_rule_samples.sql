-- Lines that each rule took: its longest, its most repeated and some of the rest, each text once.
-- Grain: (rule, text). Parameters: documents, batches (how many of the newest), samples (of a kind).
WITH shown AS (
    SELECT d.document_id, d.batch_id, d.locator, b.started_at
    FROM main.documents AS d
    INNER JOIN (
        SELECT batch_id, started_at FROM main.batches
        ORDER BY started_at DESC, batch_id DESC LIMIT $batches
    ) AS b ON b.batch_id = d.batch_id
    ORDER BY b.started_at DESC, d.batch_id DESC, d.document_id
    LIMIT $documents
),

texts AS (
    SELECT
        l.rule,
        l.text,
        count(*) AS times,
        arg_max(s.document_id, (s.started_at, s.document_id)) AS document_id,
        arg_max(s.batch_id, (s.started_at, s.document_id)) AS batch_id
    FROM main.removed_lines AS l
    INNER JOIN shown AS s ON s.document_id = l.document_id
    GROUP BY l.rule, l.text
)

SELECT
    *,
    row_number() OVER (PARTITION BY rule ORDER BY length(text) DESC, text) <= $samples AS is_long,
    row_number() OVER (PARTITION BY rule ORDER BY times DESC, text) <= $samples
    AND times > 1 AS is_repeated,
    row_number() OVER (PARTITION BY rule ORDER BY hash(text), text) <= $samples AS is_chance
FROM texts
QUALIFY is_long OR is_repeated OR is_chance
ORDER BY rule, length(text) DESC, text;
