-- Every decision, in the order they were made. Grain: decision.
SELECT decided_at, verb, batch_id, site, article_id, document_id, why, user_name
FROM main.decisions
ORDER BY decided_at;
