-- The newest content that each place of the batch gave before, rejected and withdrawn content
-- aside. Grain: place. Parameters: paths, the cleaned shards.
SELECT d.place, d.payload_sha256, d.text_sha256, d.article_id, d.own_key, d.canonical_key
FROM ops.document_state AS d
SEMI JOIN read_parquet($paths) AS c ON c.place = d.place
WHERE d.gate_outcome IN ('published', 'held', 'duplicate')
    AND (d.state IS NULL OR d.state IN ('visible', 'held'))
QUALIFY row_number() OVER (
    PARTITION BY d.place ORDER BY d.batch_sequence DESC, d.position DESC
) = 1
