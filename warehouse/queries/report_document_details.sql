-- All that a document's page says of it and of the revision it gave. Grain: document.
-- The batches are looked up first, so that no other batch's texts are unpacked.
-- Parameter: documents (ids).
WITH asked AS (
    SELECT document_id, batch_id
    FROM main.documents
    WHERE document_id IN (SELECT unnest($documents))
),

revisions AS (
    SELECT * EXCLUDE (batch_id, article_id, rules_version, site)
    FROM main.article_revisions
    WHERE batch_id IN (SELECT batch_id FROM asked)
)

SELECT
    d.*, p.site, p.state, p.stage, p.kind, p.url AS given_url, p.http_status, p.charset,
    p.shard_path, r.* EXCLUDE (document_id)
FROM asked AS a
INNER JOIN main.documents AS d ON d.batch_id = a.batch_id AND d.document_id = a.document_id
INNER JOIN main.document_places AS p ON p.document_id = a.document_id
LEFT JOIN revisions AS r ON r.document_id = a.document_id;
