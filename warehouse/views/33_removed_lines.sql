-- Contract: one row per line taken out; those of held, rejected and withdrawn documents are not
-- shown: a standfirst that repeats its article, or a copy of the title, would tell its text.
CREATE OR REPLACE VIEW main.removed_lines AS
SELECT l.document_id, l.line_no, l.text, l.rule
FROM published.removed_line AS l
INNER JOIN ops.document_state AS d ON d.document_id = l.document_id
WHERE d.state IS NULL OR d.state = 'visible';
