-- Which documents that arrive are of a place or payload that was forgotten. Grain: document.
-- Parameters: document_ids, places, payloads (three lists of one length).
WITH arriving AS (
    SELECT
        unnest($document_ids::VARCHAR[]) AS document_id,
        unnest($places::VARCHAR[]) AS place,
        unnest($payloads::VARCHAR[]) AS payload_sha256
)

SELECT a.document_id
FROM arriving AS a
WHERE a.place IN (SELECT place FROM ops.forgotten)
    OR a.payload_sha256 IN (
        SELECT payload_sha256 FROM ops.forgotten WHERE payload_sha256 IS NOT NULL
    )
