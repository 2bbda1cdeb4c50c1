-- The latest articles of every site. Grain: article. Parameter: articles (of each site at most).
-- They are chosen by few columns and looked up in their batches, so that no other's are unpacked.
WITH since AS (
    SELECT site, list_min(max(first_seen_at, $articles)) AS first_seen_at
    FROM main.articles
    GROUP BY site
),

latest AS MATERIALIZED (
    SELECT a.site, a.article_id, a.document_id, a.batch_id, a.first_seen_at
    FROM main.articles AS a
    INNER JOIN since AS s
        ON s.site IS NOT DISTINCT FROM a.site AND a.first_seen_at >= s.first_seen_at
    QUALIFY row_number() OVER (
        PARTITION BY a.site ORDER BY a.first_seen_at DESC, a.article_id
    ) <= $articles
)

SELECT
    l.site, l.article_id, r.revision, l.document_id, l.batch_id, r.title, r.url, r.published_on,
    r.language, r.text_words, l.first_seen_at
FROM latest AS l
INNER JOIN main.article_revisions AS r
    ON r.batch_id = l.batch_id AND r.document_id = l.document_id
ORDER BY l.site, l.first_seen_at DESC, l.article_id;
