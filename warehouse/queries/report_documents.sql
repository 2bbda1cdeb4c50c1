-- The documents of some batches that have a page, and a signature of what their pages say.
-- Grain: document, the newest batch first, then in the order of taking in.
-- `title` is the revision's own, else the newest of the article that it repeats.
-- Reads the table of report_shown.sql. Parameter: batch_ids.
WITH asked AS (
    SELECT unnest($batch_ids) AS batch_id
),

shown AS (
    SELECT d.*, p.site, p.state, p.shard_path, s.shows_raw, s.ordinal, b.started_at
    FROM main.documents AS d
    INNER JOIN main.document_places AS p ON p.batch_id = d.batch_id AND p.document_id = d.document_id
    INNER JOIN shown_documents AS s ON s.batch_id = d.batch_id AND s.document_id = d.document_id
    INNER JOIN asked AS a ON a.batch_id = d.batch_id
    INNER JOIN main.batches AS b ON b.batch_id = d.batch_id
),

taken_out AS (
    SELECT document_id, count(*) AS removed
    FROM main.removed_lines
    WHERE batch_id IN (SELECT batch_id FROM asked)
    GROUP BY document_id
),

revisions AS MATERIALIZED (
    SELECT article_id, revision, document_id, title, text_chars
    FROM main.article_revisions
    WHERE article_id IN (SELECT article_id FROM shown)
),

kin AS (
    SELECT
        article_id,
        arg_max(title, revision) AS title,
        list(document_id ORDER BY revision) AS revisions
    FROM revisions
    GROUP BY article_id
)

SELECT
    s.document_id, s.batch_id, s.ordinal, s.locator, s.outcome, s.reason, s.state, s.site,
    s.shard_path, s.shows_raw, s.article_id,
    coalesce(r.title, k.title) AS title,
    coalesce(t.removed, 0) AS removed,
    k.revisions AS kin,
    hash(
        s.locator, s.outcome, s.reason, s.detail, s.state, s.site, s.article_id, s.payload_sha256,
        r.revision, r.title, r.text_chars, t.removed, k.title, k.revisions
    ) AS signature
FROM shown AS s
LEFT JOIN revisions AS r ON r.document_id = s.document_id
LEFT JOIN kin AS k ON k.article_id = s.article_id
LEFT JOIN taken_out AS t ON t.document_id = s.document_id
ORDER BY s.started_at DESC, s.batch_id DESC, s.ordinal;
