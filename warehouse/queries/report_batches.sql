-- The newest batches with their books and what their articles have, the oldest of them first.
-- Shares are of the revisions that are visible now. Grain: batch. Parameters: batches (how many).
WITH shown AS (
    SELECT * FROM main.batches ORDER BY started_at DESC, batch_id DESC LIMIT $batches
),

printed AS (
    SELECT
        batch_id,
        count(*) AS articles,
        avg((title IS NOT NULL)::INTEGER) AS share_title,
        avg((published_on IS NOT NULL)::INTEGER) AS share_date,
        avg((len(authors) > 0)::INTEGER) AS share_author,
        median(text_chars) AS median_chars
    FROM main.article_revisions
    WHERE batch_id IN (SELECT batch_id FROM shown)
    GROUP BY batch_id
),

judged AS (
    SELECT
        batch_id,
        count(*) AS checks,
        count(*) FILTER (WHERE NOT success) AS checks_failed
    FROM main.checks
    WHERE batch_id IN (SELECT batch_id FROM shown)
    GROUP BY batch_id
)

SELECT
    s.*, p.articles, p.share_title, p.share_date, p.share_author, p.median_chars,
    coalesce(j.checks, 0) AS checks, coalesce(j.checks_failed, 0) AS checks_failed
FROM shown AS s
LEFT JOIN printed AS p USING (batch_id)
LEFT JOIN judged AS j USING (batch_id)
ORDER BY s.started_at, s.batch_id;
