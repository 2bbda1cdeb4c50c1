-- How each named source went when it was read to its end last; a batch that a defect stopped does
-- not count, one whose source could not be read does. Grain: name.
SELECT
    s.name, s.read_at, s.error,
    coalesce((
        SELECT sum(t.taken)
        FROM ops.stage_shard AS t
        WHERE t.batch_id = s.batch_id AND t.source_no = s.source_no AND t.stage = 'acquire'
    ), 0)::BIGINT AS documents
FROM ops.batch_source AS s
INNER JOIN ops.batch AS b ON b.batch_id = s.batch_id
WHERE s.name IS NOT NULL AND s.read_at IS NOT NULL
    AND (coalesce(b.gate, '') <> 'failed' OR s.error IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY s.name ORDER BY s.read_at DESC) = 1
