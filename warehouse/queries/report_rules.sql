-- How often each rule takes lines, and how long they are. Grain: rule.
-- long_share: lines of 200 characters and more, which furniture of a page seldom has.
SELECT
    l.rule,
    count(*) AS lines,
    count(DISTINCT l.document_id) AS documents,
    count(DISTINCT p.site) AS sites,
    count(DISTINCT l.text) AS different,
    median(length(l.text)) AS median_chars,
    max(length(l.text)) AS longest_chars,
    avg((length(l.text) >= 200)::INTEGER) AS long_share
FROM main.removed_lines AS l
INNER JOIN main.document_places AS p ON p.document_id = l.document_id
GROUP BY l.rule
ORDER BY lines DESC, l.rule;
