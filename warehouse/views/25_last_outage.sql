-- The last outage of each source: it could be read before, and then not for six hours or longer, tried
-- at both ends of them. A shorter failure is none, and hides the outage before it. Grain: source.
-- batch_id, last_batch_id: where it was known for an outage, and where it was met last; ended_batch_id:
-- where the source could be read again, null while it fails.
CREATE OR REPLACE VIEW ops.last_outage AS
WITH reading AS MATERIALIZED (SELECT * FROM ops.source_reading),

failed AS (
    SELECT source, max(sequence) AS last FROM reading WHERE why IS NOT NULL GROUP BY source
),

bounds AS (
    SELECT
        f.source,
        f.last,
        max(r.sequence) FILTER (WHERE r.sequence < f.last) AS before,
        min(r.sequence) FILTER (WHERE r.sequence >= f.last) AS after
    FROM reading AS r
    INNER JOIN failed AS f ON f.source = r.source
    WHERE r.why IS NULL
    GROUP BY f.source, f.last
),

tried AS (
    SELECT r.*, b.after, min(r.read_at) OVER (PARTITION BY r.source) AS began_at
    FROM reading AS r
    INNER JOIN bounds AS b ON b.source = r.source AND r.sequence > b.before
    WHERE r.why IS NOT NULL
)

SELECT
    t.source,
    arg_max(t.locator, t.sequence) AS locator,
    any_value(t.began_at) AS began_at,
    count(*) AS tries,
    max(t.read_at) AS last_tried_at,
    arg_max(t.why, t.sequence) AS error,
    arg_min(t.batch_id, t.sequence) FILTER (WHERE t.read_at >= t.began_at + INTERVAL 6 HOURS)
        AS batch_id,
    arg_max(t.batch_id, t.sequence) AS last_batch_id,
    any_value(e.batch_id) AS ended_batch_id
FROM tried AS t
LEFT JOIN ops.batch AS e ON e.sequence = t.after
GROUP BY t.source
HAVING max(t.read_at) >= any_value(t.began_at) + INTERVAL 6 HOURS;
