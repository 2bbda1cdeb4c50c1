-- The newest documents, and a signature of what their pages say. Grain: document.
-- `title` is the revision's own, else the newest of the article that it repeats.
-- Parameters: batches, documents (how many of each at most).
WITH shown AS (
    SELECT d.*, p.site, p.state, p.shard_path, p.position, b.started_at
    FROM main.documents AS d
    INNER JOIN main.document_places AS p ON p.document_id = d.document_id
    INNER JOIN (
        SELECT batch_id, started_at FROM main.batches
        ORDER BY started_at DESC, batch_id DESC LIMIT $batches
    ) AS b ON b.batch_id = d.batch_id
    ORDER BY b.started_at DESC, d.batch_id DESC, p.position
    LIMIT $documents
),

taken_out AS (
    SELECT document_id, count(*) AS removed
    FROM main.removed_lines
    WHERE document_id IN (SELECT document_id FROM shown)
    GROUP BY document_id
),

kin AS (
    SELECT
        article_id,
        arg_max(title, revision) AS title,
        list(document_id ORDER BY revision) AS revisions
    FROM main.article_revisions
    GROUP BY article_id
)

SELECT
    s.document_id, s.batch_id, s.locator, s.outcome, s.reason, s.state, s.site, s.shard_path,
    s.article_id, s.fetched_at, s.payload_bytes,
    coalesce(r.title, k.title) AS title,
    coalesce(t.removed, 0) AS removed,
    k.revisions AS kin,
    hash(
        s.locator, s.outcome, s.reason, s.detail, s.state, s.site, s.article_id, s.payload_sha256,
        r.revision, r.title, r.text_chars, t.removed, k.title, k.revisions
    ) AS signature
FROM shown AS s
LEFT JOIN main.article_revisions AS r ON r.document_id = s.document_id
LEFT JOIN kin AS k ON k.article_id = s.article_id
LEFT JOIN taken_out AS t ON t.document_id = s.document_id
ORDER BY s.started_at DESC, s.batch_id DESC, s.position;
