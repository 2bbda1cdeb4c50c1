-- What happens at every site, counted: languages, reasons to refuse. Grain: (site, what, name).
SELECT site, 'language' AS what, coalesce(language, 'unknown') AS name, count(*) AS times
FROM main.articles
GROUP BY site, language
UNION ALL
SELECT site, 'reason', reason, count(*)
FROM main.document_places
WHERE outcome IN ('quarantined', 'failed')
GROUP BY site, reason
ORDER BY site, what, times DESC, name;
