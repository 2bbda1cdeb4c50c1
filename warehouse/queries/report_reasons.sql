-- The reasons that documents with a page were refused for. Grain: reason.
-- Reads the table of report_shown.sql.
SELECT DISTINCT reason
FROM shown_documents
WHERE reason IS NOT NULL
ORDER BY reason;
