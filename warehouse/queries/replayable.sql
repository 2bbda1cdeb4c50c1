-- The documents that stand for something now: what gave an article's newest revision, and what waits
-- in quarantine; but what a person published as it is, is not judged again. Older payloads of an article are left out: replayed, they would come back as new
-- revisions. Grain: document. Parameters: batches, site (null: all), sample (so many, chosen by a
-- hash of the document's id, so that the same desk gives the same ones; null: all).
WITH newest AS (
    SELECT article_id, max(revision) AS revision
    FROM ops.revision_state
    WHERE state IN ('visible', 'held')
    GROUP BY article_id
),

standing AS (
    SELECT r.document_id
    FROM published.article_revision AS r
    INNER JOIN newest AS n ON n.article_id = r.article_id AND n.revision = r.revision
    UNION
    SELECT document_id FROM main.quarantine
),

chosen AS (
    SELECT d.document_id, d.batch_id, d.batch_sequence, d.position, d.shard_path
    FROM raw.document AS d
    SEMI JOIN standing AS s ON s.document_id = d.document_id
    WHERE ($batches IS NULL OR d.batch_id IN (SELECT unnest($batches::VARCHAR[])))
        AND ($site IS NULL OR d.site = $site)
        AND d.batch_id NOT IN (SELECT batch_id FROM ops.batch WHERE kind = 'as_is')
    ORDER BY md5(d.document_id)
    LIMIT $sample
)

SELECT document_id, batch_id, shard_path
FROM chosen
ORDER BY batch_sequence, position
