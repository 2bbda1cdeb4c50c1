-- How each site compared with its own past when it was last judged, failed checks first.
-- Grain: (site, check). The suite `sites` names the site as the column (null: documents of no site).
-- The batch is looked up first, so that no older check is unpacked.
WITH judging AS (
    SELECT DISTINCT column_name AS site, batch_id FROM main.checks WHERE suite = 'sites'
),

judged AS (
    SELECT j.site, arg_max(j.batch_id, (b.started_at, b.batch_id)) AS batch_id
    FROM judging AS j
    INNER JOIN main.batches AS b ON b.batch_id = j.batch_id
    GROUP BY j.site
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
