-- Contract: one row per article that is published now, its newest revision.
CREATE OR REPLACE VIEW main.articles AS
SELECT *
FROM main.article_revisions
QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY revision DESC) = 1;
