-- Stage the documents of a batch with what deduping says of them. Grain: document.
-- Parameters: batch_id, batch_sequence, paths (cleaned shards), verdicts (a Parquet file),
-- rules_version.
INSERT INTO staging.document BY NAME
SELECT
    c.document_id, $batch_id AS batch_id, $batch_sequence AS batch_sequence, c.position, c.source,
    c.locator, c.place, c.kind, c.url, c.site, c.payload_sha256, c.payload_bytes, c.media_type,
    c.charset, c.http_status, c.fetched_at, c.shard_path, c.text_sha256, c.own_key,
    c.canonical_key, v.outcome, v.stage, v.reason, v.detail, v.article_id,
    $rules_version AS rules_version, v.twin_of
FROM read_parquet($paths) AS c
INNER JOIN read_parquet($verdicts) AS v ON v.document_id = c.document_id
