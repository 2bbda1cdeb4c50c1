-- The latest decision on each article by name; what was forgotten stays so. Grain: article.
CREATE OR REPLACE VIEW ops.article_verdict AS
SELECT
    article_id,
    CASE WHEN bool_or(verb = 'forget') THEN 'withdraw' ELSE arg_max(verb, sequence) END AS verb
FROM ops.decision
WHERE article_id IS NOT NULL
GROUP BY article_id;
