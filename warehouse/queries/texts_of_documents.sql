-- The cleaned text of some documents of the batch. Grain: document.
-- Parameters: paths, the cleaned shards; document_ids.
SELECT document_id, text
FROM read_parquet($paths)
WHERE document_id IN (SELECT unnest($document_ids)) AND text IS NOT NULL
