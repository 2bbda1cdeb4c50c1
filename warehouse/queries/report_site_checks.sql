-- How each site compared with its own past when it was last judged, failed checks first.
-- Grain: (site, check). The suite `sites` names the site as the column (null: documents of no site).
SELECT
    c.column_name AS site, c.batch_id, c.expectation, c.severity, c.success, c.observed,
    (c.details ->> '$.usual_low')::DOUBLE AS usual_low,
    (c.details ->> '$.usual_high')::DOUBLE AS usual_high,
    (c.details ->> '$.batches')::BIGINT AS history
FROM main.checks AS c
INNER JOIN main.batches AS b ON b.batch_id = c.batch_id
WHERE c.suite = 'sites'
QUALIFY dense_rank() OVER (
    PARTITION BY c.column_name ORDER BY b.started_at DESC, b.batch_id DESC
) = 1
ORDER BY
    c.success, list_position(['hold', 'quarantine', 'warn'], c.severity), site, c.expectation;
