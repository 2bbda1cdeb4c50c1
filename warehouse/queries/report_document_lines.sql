-- The lines taken out of some documents, in their order. Grain: line. Parameter: documents (ids).
SELECT document_id, line_no, text, rule
FROM main.removed_lines
WHERE document_id IN (SELECT unnest($documents))
ORDER BY document_id, line_no NULLS FIRST;
