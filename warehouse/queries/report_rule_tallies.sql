-- Lines that each rule took from the newest documents, by site and, in the newest batches, by batch.
-- Grain: (rule, site) where is_site, else (rule, batch); batch null: all older ones.
-- Reads the table of report_shown.sql. Parameters: since (ordinal of the first document), batches
-- (how many of the newest).
WITH counted AS (
    SELECT
        l.rule,
        any_value(s.site) AS site,
        any_value(CASE WHEN s.age < $batches THEN s.batch_id END) AS batch,
        count(*) AS lines
    FROM main.removed_lines AS l
    INNER JOIN shown_documents AS s ON s.document_id = l.document_id
    WHERE s.ordinal >= $since
    GROUP BY l.rule, s.ordinal
)

SELECT
    rule, site, batch, grouping(batch) = 1 AS is_site, count(*) AS documents,
    sum(lines)::BIGINT AS lines
FROM counted
GROUP BY GROUPING SETS ((rule, site), (rule, batch))
ORDER BY lines DESC, rule, site, batch;
