-- What is known of the articles that the batch may be about: the newest revision that is visible
-- or held, every own key under which the article came, and whether a person withdrew it.
-- Grain: article. Parameters: article_ids.
SELECT
    r.article_id,
    arg_max(r.text_sha256, r.revision) FILTER (WHERE r.state IN ('visible', 'held')) AS text_sha256,
    list(DISTINCT r.own_key) AS own_keys,
    coalesce(bool_or(v.verb = 'withdraw'), false) AS withdrawn
FROM ops.revision_state AS r
LEFT JOIN ops.article_verdict AS v ON v.article_id = r.article_id
WHERE r.article_id IN (SELECT unnest($article_ids))
GROUP BY r.article_id
UNION ALL
SELECT f.article_id, NULL AS text_sha256, list(DISTINCT d.own_key) AS own_keys, true AS withdrawn
FROM ops.forgotten AS f
INNER JOIN raw.document AS d ON d.document_id = f.document_id
WHERE f.article_id IN (SELECT unnest($article_ids))
    AND f.article_id NOT IN (SELECT article_id FROM published.article_revision)
GROUP BY f.article_id
