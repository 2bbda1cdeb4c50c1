-- The lines taken out of some documents, in their order. Grain: line. Parameters: documents (ids),
-- batch_ids (of all of them).
SELECT document_id, line_no, text, rule
FROM main.removed_lines
WHERE batch_id IN (SELECT unnest($batch_ids)) AND document_id IN (SELECT unnest($documents))
ORDER BY document_id, line_no NULLS FIRST;
