-- How each site compared with its own past when it was last judged, failed checks first.
-- Grain: (site, check). The suite `sites` names the site as the column (null: documents of no site).
-- The batch is looked up first, so that no older check is unpacked.
WITH judged AS (
    SELECT c.column_name AS site, arg_max(c.batch_id, (b.started_at, b.batch_id)) AS batch_id
    FROM main.checks AS c
    INNER JOIN main.batches AS b ON b.batch_id = c.batch_id
    WHERE c.suite = 'sites'
    GROUP BY c.column_name
)

SELECT
    j.site, c.batch_id, c.expectation, c.severity, c.success, c.observed,
    (c.details ->> '$.usual_low')::DOUBLE AS usual_low,
    (c.details ->> '$.usual_high')::DOUBLE AS usual_high,
    (c.details ->> '$.batches')::BIGINT AS history
FROM judged AS j
INNER JOIN main.checks AS c
    ON c.batch_id = j.batch_id AND c.suite = 'sites' AND c.column_name IS NOT DISTINCT FROM j.site
ORDER BY
    c.success, list_position(['hold', 'quarantine', 'warn'], c.severity), j.site, c.expectation;
