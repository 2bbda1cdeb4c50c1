-- Every rule, and how long the lines are that it took from the newest documents. Grain: rule.
-- long_share: lines of 200 characters and more, which furniture of a page seldom has.
-- Reads the table of report_shown.sql. Parameter: since (ordinal of the first document).
WITH taken AS (
    SELECT
        rule,
        count(*) AS lines,
        count(DISTINCT text) AS different,
        median(length(text)) AS median_chars,
        max(length(text)) AS longest_chars,
        avg((length(text) >= 200)::INTEGER) AS long_share
    FROM main.removed_lines
    WHERE document_id IN (SELECT document_id FROM shown_documents WHERE ordinal >= $since)
    GROUP BY rule
)

SELECT
    a.rule, coalesce(t.lines, 0) AS lines, coalesce(t.different, 0) AS different, t.median_chars,
    t.longest_chars, t.long_share
FROM (SELECT DISTINCT rule FROM main.removed_lines) AS a
LEFT JOIN taken AS t ON t.rule = a.rule
ORDER BY lines DESC, a.rule;
