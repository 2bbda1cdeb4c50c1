-- What the articles of some batches have, as far as they are visible now. Grain: batch.
-- Parameter: batch_ids.
SELECT
    batch_id,
    avg((title IS NOT NULL)::INTEGER) AS share_title,
    avg((published_on IS NOT NULL)::INTEGER) AS share_date,
    avg((len(authors) > 0)::INTEGER) AS share_author
FROM main.article_revisions
WHERE batch_id IN (SELECT unnest($batch_ids))
GROUP BY batch_id;
