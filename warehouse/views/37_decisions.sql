-- Contract: one row per decision, in the order they were made.
CREATE OR REPLACE VIEW main.decisions AS
SELECT decided_at, verb, batch_id, site, article_id, why, user_name, document_id
FROM ops.decision
ORDER BY sequence;
