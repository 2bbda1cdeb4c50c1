-- What happens at every site, counted: languages, reasons to refuse, rules that took lines.
-- Grain: (site, what, name).
SELECT site, 'language' AS what, coalesce(language, 'unknown') AS name, count(*) AS times
FROM main.articles
GROUP BY site, language
UNION ALL
SELECT p.site, 'reason', d.reason, count(*)
FROM main.documents AS d
INNER JOIN main.document_places AS p ON p.document_id = d.document_id
WHERE d.outcome IN ('quarantined', 'failed')
GROUP BY p.site, d.reason
UNION ALL
SELECT p.site, 'rule', l.rule, count(*)
FROM main.removed_lines AS l
INNER JOIN main.document_places AS p ON p.document_id = l.document_id
GROUP BY p.site, l.rule
ORDER BY site, what, times DESC, name;
