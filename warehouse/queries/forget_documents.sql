-- All documents that hold what is to be forgotten: those of the article, whatever else came from
-- its places without being another article, and equal payloads and texts elsewhere.
-- Grain: document. Parameters: document_id (one of them); at.
INSERT INTO ops.forgotten BY NAME
WITH asked AS (
    SELECT * FROM raw.document WHERE document_id = $document_id
),

own AS (
    SELECT d.*
    FROM raw.document AS d, asked AS a
    WHERE d.document_id = a.document_id OR d.article_id = a.article_id
),

near AS (
    SELECT d.*
    FROM raw.document AS d, asked AS a
    WHERE d.place IN (SELECT place FROM own)
        AND (d.article_id IS NULL OR d.article_id = a.article_id)
    UNION
    SELECT * FROM own
),

subject AS (
    SELECT d.*
    FROM raw.document AS d
    WHERE d.document_id IN (SELECT document_id FROM near)
        OR d.payload_sha256 IN (
            SELECT payload_sha256 FROM near WHERE payload_sha256 IS NOT NULL
        )
        OR d.text_sha256 IN (SELECT text_sha256 FROM near WHERE text_sha256 IS NOT NULL)
)

SELECT
    document_id, batch_id, article_id, place, payload_sha256, text_sha256, shard_path,
    $document_id AS asked_document_id, $at::TIMESTAMPTZ AS forgotten_at, NULL AS erased_at
FROM subject
WHERE document_id NOT IN (SELECT document_id FROM ops.forgotten)
