-- How each named source went when it was read to its end last; a batch that a defect stopped does
-- not count, one whose source could not be read does. failing_since: of one that fails now, else null.
-- Grain: name.
WITH taken AS (
    SELECT batch_id, source_no, sum(taken) AS documents
    FROM ops.stage_shard
    WHERE stage = 'acquire'
    GROUP BY batch_id, source_no
),

ended AS (
    SELECT s.name, s.read_at, s.error, coalesce(t.documents, 0)::BIGINT AS documents
    FROM ops.batch_source AS s
    INNER JOIN ops.batch AS b ON b.batch_id = s.batch_id
    LEFT JOIN taken AS t ON t.batch_id = s.batch_id AND t.source_no = s.source_no
    WHERE s.name IS NOT NULL
        AND s.read_at IS NOT NULL
        AND (coalesce(b.gate, '') <> 'failed' OR s.error IS NOT NULL)
)

SELECT
    e.name,
    max(e.read_at) AS read_at,
    arg_max_null(e.error, e.read_at) AS error,
    arg_max(e.documents, e.read_at) AS documents,
    any_value(f.began_at) AS failing_since
FROM ended AS e
LEFT JOIN main.failing_sources AS f ON f.source = e.name
GROUP BY e.name
