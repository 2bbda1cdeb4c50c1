-- What the named sources of a batch were read with last, in another batch that ended well.
-- Grain: name of a source. Parameters: batch_id.
SELECT s.name, arg_max(b.options, b.sequence) AS options
FROM ops.batch_source AS s
INNER JOIN ops.batch AS b ON b.batch_id = s.batch_id
WHERE b.batch_id <> $batch_id AND b.gate <> 'failed' AND s.name IN (
    SELECT name FROM ops.batch_source WHERE batch_id = $batch_id
)
GROUP BY s.name
