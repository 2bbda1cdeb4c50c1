-- The latest articles of every site. Grain: article. Parameter: articles (of each site at most).
WITH latest AS (
    SELECT site, list_min(max(first_seen_at, $articles)) AS since
    FROM main.articles
    GROUP BY site
)

SELECT
    a.site, a.article_id, a.revision, a.document_id, a.batch_id, a.title, a.url, a.published_on,
    a.language, a.text_words, a.first_seen_at
FROM main.articles AS a
INNER JOIN latest AS l ON l.site IS NOT DISTINCT FROM a.site AND a.first_seen_at >= l.since
QUALIFY row_number() OVER (
    PARTITION BY a.site ORDER BY a.first_seen_at DESC, a.article_id
) <= $articles
ORDER BY a.site, a.first_seen_at DESC, a.article_id;
