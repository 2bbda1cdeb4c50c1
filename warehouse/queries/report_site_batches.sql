-- The newest batches of every site. Grain: (site, batch), the oldest first.
-- Parameter: batches (of each site at most).
WITH taken AS (
    SELECT
        p.site,
        d.batch_id,
        count(*) AS documents,
        count(*) FILTER (WHERE d.outcome = 'published') AS published,
        count(*) FILTER (WHERE d.outcome = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE d.outcome = 'duplicate') AS duplicate,
        count(*) FILTER (WHERE d.outcome = 'quarantined') AS quarantined,
        count(*) FILTER (WHERE d.outcome = 'failed') AS failed,
        count(*) FILTER (WHERE d.outcome = 'held') AS held,
        avg((r.title IS NOT NULL)::INTEGER) FILTER (WHERE r.revision IS NOT NULL) AS share_title,
        avg((r.published_on IS NOT NULL)::INTEGER)
            FILTER (WHERE r.revision IS NOT NULL) AS share_date,
        avg((len(r.authors) > 0)::INTEGER) FILTER (WHERE r.revision IS NOT NULL) AS share_author,
        median(r.text_chars) AS median_chars
    FROM main.documents AS d
    INNER JOIN main.document_places AS p ON p.document_id = d.document_id
    LEFT JOIN main.article_revisions AS r ON r.document_id = d.document_id
    GROUP BY p.site, d.batch_id
)

SELECT t.*, b.started_at
FROM taken AS t
INNER JOIN main.batches AS b ON b.batch_id = t.batch_id
QUALIFY row_number() OVER (
    PARTITION BY t.site ORDER BY b.started_at DESC, b.batch_id DESC
) <= $batches
ORDER BY t.site, b.started_at, b.batch_id;
