-- Payloads of the batch that a person rejected or withdrew at the same place, and that nobody
-- released since. Grain: (place, payload). Parameters: paths, the cleaned shards.
SELECT d.place, d.payload_sha256, any_value(d.article_id) AS article_id
FROM ops.document_state AS d
SEMI JOIN read_parquet($paths) AS c
    ON c.place = d.place AND c.payload_sha256 = d.payload_sha256
WHERE d.state IS NOT NULL
GROUP BY d.place, d.payload_sha256
HAVING bool_and(d.state IN ('rejected', 'withdrawn'))
