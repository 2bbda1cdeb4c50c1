-- The rows that the row suite judges: articles of the batch that ask to be published.
-- Grain: document. Parameters: batch_id.
CREATE OR REPLACE TEMP TABLE staged_article AS
SELECT a.*
FROM staging.article AS a
INNER JOIN staging.document AS d ON d.document_id = a.document_id AND d.batch_id = a.batch_id
WHERE a.batch_id = $batch_id AND d.outcome = 'staged'
