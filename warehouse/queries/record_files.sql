-- Enter how files lay there when they were read. Grain: file. Parameters: one list a column.
INSERT INTO ops.file BY NAME
SELECT
    unnest($place::VARCHAR[]) AS place,
    unnest($state::VARCHAR[]) AS state,
    unnest($kind::VARCHAR[]) AS kind,
    unnest($media_type::VARCHAR[]) AS media_type,
    unnest($payload_sha256::VARCHAR[]) AS payload_sha256,
    unnest($payload_bytes::BIGINT[]) AS payload_bytes
