-- The revisions of the articles that some documents gave or repeat. Grain: (article, revision).
-- Parameter: articles (ids).
SELECT article_id, revision, document_id, batch_id, title, text_chars, last_seen_at
FROM main.article_revisions
WHERE article_id IN (SELECT unnest($articles))
ORDER BY article_id, revision;
