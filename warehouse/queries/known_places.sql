-- The newest content that each place of the batch gave before; rejected and withdrawn content
-- aside, and repetitions of it. Grain: place. Parameters: paths, the cleaned shards.
WITH shown AS (
    SELECT DISTINCT article_id FROM ops.document_state WHERE state IN ('visible', 'held')
)

SELECT d.place, d.payload_sha256, d.text_sha256, d.article_id, d.own_key, d.canonical_key
FROM ops.document_state AS d
SEMI JOIN read_parquet($paths) AS c ON c.place = d.place
LEFT JOIN shown AS s ON s.article_id = d.article_id
WHERE d.state IN ('visible', 'held')
    OR (d.gate_outcome = 'duplicate' AND s.article_id IS NOT NULL)
QUALIFY row_number() OVER (
    PARTITION BY d.place ORDER BY d.batch_sequence DESC, d.position DESC
) = 1
