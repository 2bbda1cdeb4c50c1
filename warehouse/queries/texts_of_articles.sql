-- The newest visible or held text of some articles. Grain: article. Parameters: article_ids.
SELECT article_id, arg_max(text, revision) AS text
FROM ops.revision_state
WHERE article_id IN (SELECT unnest($article_ids)) AND state IN ('visible', 'held')
GROUP BY article_id
