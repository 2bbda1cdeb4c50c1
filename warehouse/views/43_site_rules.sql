-- Contract: one row per site and cleaning rule: what the rule took there, as far as it is shown.
CREATE OR REPLACE VIEW main.site_rules AS
SELECT d.site, l.rule, count(DISTINCT l.document_id) AS documents, count(*) AS lines
FROM main.removed_lines AS l
INNER JOIN raw.document AS d ON d.document_id = l.document_id
GROUP BY d.site, l.rule;
