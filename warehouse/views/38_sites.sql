-- Contract: one row per site (one for null), over the articles published now.
CREATE OR REPLACE VIEW main.sites AS
WITH published AS (
    SELECT
        site,
        arg_max(site_name, last_seen_at) AS site_name,
        count(*) AS articles,
        min(first_seen_at) AS first_seen_at,
        max(last_seen_at) AS last_seen_at,
        avg((title IS NOT NULL)::INTEGER) AS share_title,
        avg((published_on IS NOT NULL)::INTEGER) AS share_date,
        avg((len(authors) > 0)::INTEGER) AS share_author
    FROM main.articles
    GROUP BY site
),

waiting AS (
    SELECT d.site, count(*) AS quarantined
    FROM main.quarantine AS q
    INNER JOIN raw.document AS d ON d.document_id = q.document_id
    GROUP BY d.site
)

SELECT
    coalesce(p.site, w.site) AS site, p.site_name, coalesce(p.articles, 0) AS articles,
    p.first_seen_at, p.last_seen_at, p.share_title, p.share_date, p.share_author,
    coalesce(w.quarantined, 0) AS quarantined
FROM published AS p
FULL JOIN waiting AS w ON w.site IS NOT DISTINCT FROM p.site;
