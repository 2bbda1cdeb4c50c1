-- Each document of a batch as its cleaned shards tell it. Grain: document, in batch order.
-- Parameters: paths, the cleaned shards.
SELECT
    document_id, position, place, payload_sha256, reason IS NOT NULL AS refused,
    own_key, canonical_key, text_sha256
FROM read_parquet($paths)
ORDER BY position
