-- What happens at every site, counted: languages, reasons to refuse. Grain: (site, what, name).
SELECT site, 'language' AS what, coalesce(language, 'unknown') AS name, count(*) AS times
FROM main.articles
GROUP BY site, language
UNION ALL
SELECT p.site, 'reason', d.reason, count(*)
FROM main.documents AS d
INNER JOIN main.document_places AS p ON p.document_id = d.document_id
WHERE d.outcome IN ('quarantined', 'failed')
GROUP BY p.site, d.reason
ORDER BY site, what, times DESC, name;
