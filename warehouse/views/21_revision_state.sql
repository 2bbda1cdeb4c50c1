-- Each revision with the state that decisions give it. Grain: (article_id, revision).
CREATE OR REPLACE VIEW ops.revision_state AS
SELECT r.*, d.state, d.outcome
FROM published.article_revision AS r
INNER JOIN ops.document_state AS d ON d.document_id = r.document_id;
