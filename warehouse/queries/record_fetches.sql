-- Enter answers of the web. Grain: (answer, key). Parameters: batch_id, and one list a column.
INSERT INTO ops.fetch BY NAME
SELECT
    $batch_id AS batch_id,
    unnest($key::VARCHAR[]) AS key,
    unnest($place::VARCHAR[]) AS place,
    unnest($url::VARCHAR[]) AS url,
    unnest($fetched_at::TIMESTAMPTZ[]) AS fetched_at,
    unnest($http_status::INTEGER[]) AS http_status,
    unnest($etag::VARCHAR[]) AS etag,
    unnest($last_modified::VARCHAR[]) AS last_modified,
    unnest($payload_sha256::VARCHAR[]) AS payload_sha256,
    unnest($reason::VARCHAR[]) AS reason,
    unnest($failed::BOOLEAN[]) AS failed
