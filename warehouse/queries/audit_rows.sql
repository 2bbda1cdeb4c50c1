-- The rows that the row suite judges: articles of the batch that ask to be published. They are
-- named, not copied: the texts of a large batch would fill the memory.
-- Grain: document. Parameters: batch_id.
SELECT a.batch_id, a.document_id
FROM staging.article AS a
INNER JOIN staging.document AS d ON d.document_id = a.document_id AND d.batch_id = a.batch_id
WHERE a.batch_id = $batch_id AND d.outcome = 'staged'
