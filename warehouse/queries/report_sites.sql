-- The sites with the most documents, and how complete their articles are. Grain: site (one null).
-- Parameter: sites (how many at most).
WITH taken AS (
    SELECT
        p.site,
        count(*) AS documents,
        count(*) FILTER (WHERE d.outcome = 'quarantined') AS refused,
        count(*) FILTER (WHERE d.outcome = 'failed') AS failed,
        count(*) FILTER (WHERE d.outcome = 'held') AS held
    FROM main.documents AS d
    INNER JOIN main.document_places AS p ON p.document_id = d.document_id
    GROUP BY p.site
),

printed AS (
    SELECT
        site,
        avg((language IS NOT NULL)::INTEGER) AS share_language,
        avg((section IS NOT NULL)::INTEGER) AS share_section,
        avg((image_url IS NOT NULL)::INTEGER) AS share_image,
        median(text_chars) AS median_chars
    FROM main.articles
    GROUP BY site
)

SELECT
    t.site, t.documents, t.refused, t.failed, t.held, s.site_name,
    coalesce(s.articles, 0) AS articles, s.first_seen_at, s.last_seen_at,
    s.share_title, s.share_date, s.share_author, coalesce(s.quarantined, 0) AS quarantined,
    p.share_language, p.share_section, p.share_image, p.median_chars
FROM taken AS t
LEFT JOIN main.sites AS s ON s.site IS NOT DISTINCT FROM t.site
LEFT JOIN printed AS p ON p.site IS NOT DISTINCT FROM t.site
ORDER BY t.documents DESC, t.site
LIMIT $sites;
