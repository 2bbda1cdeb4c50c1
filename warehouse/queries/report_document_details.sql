-- All that a document's page says of it and of the revision it gave. Grain: document.
-- Parameter: documents (ids).
SELECT
    d.*, p.site, p.state, p.stage, p.kind, p.url AS given_url, p.http_status, p.charset,
    p.shard_path, r.* EXCLUDE (document_id, batch_id, article_id, rules_version, site)
FROM main.documents AS d
INNER JOIN main.document_places AS p ON p.document_id = d.document_id
LEFT JOIN main.article_revisions AS r ON r.document_id = d.document_id
WHERE d.document_id IN (SELECT unnest($documents));
