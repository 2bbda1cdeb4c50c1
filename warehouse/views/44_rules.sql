-- Contract: one row per cleaning rule: what it took, as far as it is shown. different: counted by
-- their hashes, which need less room than the lines. long_share: lines of 200 characters and more,
-- which furniture of a page seldom has.
CREATE OR REPLACE VIEW main.rules AS
SELECT
    rule,
    count(DISTINCT document_id) AS documents,
    count(*) AS lines,
    count(DISTINCT hash(text)) AS different,
    median(length(text)) AS median_chars,
    max(length(text)) AS longest_chars,
    avg((length(text) >= 200)::INTEGER) AS long_share
FROM main.removed_lines
GROUP BY rule;
