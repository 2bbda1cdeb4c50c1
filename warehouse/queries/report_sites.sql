-- How complete the articles of every site are. Grain: site (one null).
WITH printed AS (
    SELECT
        site,
        avg((language IS NOT NULL)::INTEGER) AS share_language,
        avg((section IS NOT NULL)::INTEGER) AS share_section,
        avg((image_url IS NOT NULL)::INTEGER) AS share_image,
        median(text_chars) AS median_chars
    FROM main.articles
    GROUP BY site
)

SELECT s.*, p.* EXCLUDE (site)
FROM main.sites AS s
LEFT JOIN printed AS p ON p.site IS NOT DISTINCT FROM s.site;
