-- The newest batches of every site, and what the site has in all. Grain: (site, batch), the oldest
-- first. signature: of all that the row says. Counted by batch numbers, and shares are of the
-- listed batches alone: that is most of the cost. Parameters: sites (those with the most
-- documents), batches (of each site at most).
WITH numbered AS (
    SELECT batch_id, started_at, row_number() OVER (ORDER BY started_at, batch_id) AS number
    FROM main.batches
),

taken AS (
    SELECT s.* EXCLUDE (batch_id), b.number
    FROM main.batch_sites AS s
    INNER JOIN numbered AS b ON b.batch_id = s.batch_id
),

largest AS (
    SELECT
        site,
        sum(documents)::BIGINT AS site_documents,
        sum(quarantined)::BIGINT AS site_refused,
        sum(failed)::BIGINT AS site_failed,
        sum(held)::BIGINT AS site_held,
        list_min(max(number, $batches)) AS first
    FROM taken
    GROUP BY site
    ORDER BY site_documents DESC, site
    LIMIT $sites
),

newest AS (
    SELECT t.*, s.* EXCLUDE (site, first)
    FROM taken AS t
    INNER JOIN largest AS s ON s.site IS NOT DISTINCT FROM t.site AND t.number >= s.first
),

printed AS (
    SELECT
        site,
        batch_id,
        avg((title IS NOT NULL)::INTEGER) AS share_title,
        avg((published_on IS NOT NULL)::INTEGER) AS share_date,
        avg((len(authors) > 0)::INTEGER) AS share_author,
        median(text_chars) AS median_chars
    FROM main.article_revisions
    WHERE batch_id IN (SELECT b.batch_id FROM newest AS n INNER JOIN numbered AS b USING (number))
    GROUP BY site, batch_id
)

SELECT
    n.* EXCLUDE (number), b.batch_id, b.started_at, p.* EXCLUDE (site, batch_id),
    hash(n, b.started_at, p) AS signature
FROM newest AS n
INNER JOIN numbered AS b ON b.number = n.number
LEFT JOIN printed AS p ON p.batch_id = b.batch_id AND p.site IS NOT DISTINCT FROM n.site
ORDER BY n.site_documents DESC, n.site, n.number;
