-- All that a document's page says of it and of the revision it gave. Grain: document.
-- Batches are named too, so that no other batch's texts are unpacked.
-- Parameters: documents (ids), batch_ids (of all of them).
WITH revisions AS (
    SELECT * EXCLUDE (batch_id, article_id, rules_version, site)
    FROM main.article_revisions
    WHERE batch_id IN (SELECT unnest($batch_ids))
),

places AS (
    SELECT *
    FROM main.document_places
    WHERE batch_id IN (SELECT unnest($batch_ids))
)

SELECT
    d.*, p.site, p.state, p.stage, p.kind, p.url AS given_url, p.http_status, p.charset,
    p.shard_path, p.shows_raw, r.* EXCLUDE (document_id)
FROM main.documents AS d
INNER JOIN places AS p ON p.document_id = d.document_id
LEFT JOIN revisions AS r ON r.document_id = d.document_id
WHERE d.batch_id IN (SELECT unnest($batch_ids)) AND d.document_id IN (SELECT unnest($documents));
