-- Under which addresses the desk knows what was forgotten: those of the documents that were erased,
-- and of all that came later and was refused because it is the same. Grain: address.
WITH subject AS (
    SELECT *
    FROM raw.document
    WHERE document_id IN (SELECT document_id FROM ops.forgotten)
        OR place IN (SELECT place FROM ops.forgotten)
        OR article_id IN (SELECT article_id FROM ops.forgotten WHERE article_id IS NOT NULL)
        OR payload_sha256 IN (
            SELECT payload_sha256 FROM ops.forgotten WHERE payload_sha256 IS NOT NULL
        )
        OR text_sha256 IN (SELECT text_sha256 FROM ops.forgotten WHERE text_sha256 IS NOT NULL)
)

SELECT locator AS address FROM subject
UNION
SELECT url FROM subject WHERE url IS NOT NULL
UNION
SELECT 'https://' || own_key FROM subject WHERE own_key NOT LIKE 'place:%'
UNION
SELECT 'https://' || canonical_key FROM subject WHERE canonical_key IS NOT NULL
