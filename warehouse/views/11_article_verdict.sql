-- The latest decision on each article by name. Grain: article.
CREATE OR REPLACE VIEW ops.article_verdict AS
SELECT article_id, arg_max(verb, sequence) AS verb
FROM ops.decision
WHERE article_id IS NOT NULL
GROUP BY article_id;
