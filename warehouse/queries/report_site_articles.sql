-- The latest articles of every site. Grain: article. Parameter: articles (of each site at most).
SELECT
    site, article_id, revision, document_id, batch_id, title, url, published_on, language,
    text_words, first_seen_at
FROM main.articles
QUALIFY row_number() OVER (PARTITION BY site ORDER BY first_seen_at DESC, article_id) <= $articles
ORDER BY site, first_seen_at DESC, article_id;
