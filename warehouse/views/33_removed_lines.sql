-- Contract: one row per line taken out; those of held, rejected and withdrawn documents are not
-- shown, nor those of their copies: a standfirst that repeats its article, or a copy of the title,
-- would tell its text.
CREATE OR REPLACE VIEW main.removed_lines AS
WITH shown AS (
    SELECT DISTINCT article_id FROM ops.document_state WHERE state = 'visible'
)

SELECT l.document_id, l.line_no, l.text, l.rule, l.batch_id
FROM published.removed_line AS l
INNER JOIN ops.document_state AS d ON d.document_id = l.document_id
LEFT JOIN shown AS s ON s.article_id = d.article_id
WHERE d.state = 'visible'
    OR (d.state IS NULL AND (d.article_id IS NULL OR s.article_id IS NOT NULL));
