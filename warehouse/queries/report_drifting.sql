-- Checks of one site against its own history that failed in that site's newest batch.
-- Grain: (site, check). `suite` sites holds them; `column_name` is the site.
WITH judged AS (
    SELECT c.*, b.started_at
    FROM main.checks AS c
    INNER JOIN main.batches AS b ON b.batch_id = c.batch_id
    WHERE c.suite = 'sites'
    QUALIFY dense_rank() OVER (PARTITION BY c.column_name ORDER BY b.started_at DESC) = 1
)

SELECT column_name AS site, batch_id, expectation, observed, severity
FROM judged
WHERE NOT success
ORDER BY list_position(['hold', 'quarantine', 'warn'], severity), site, expectation;
