-- The outcomes of some batches by site, the largest sites first. Grain: (batch, site).
-- Parameters: batch_ids, sites (of each batch at most).
SELECT
    d.batch_id,
    p.site,
    count(*) AS documents,
    count(*) FILTER (WHERE d.outcome = 'published') AS published,
    count(*) FILTER (WHERE d.outcome = 'unchanged') AS unchanged,
    count(*) FILTER (WHERE d.outcome = 'duplicate') AS duplicate,
    count(*) FILTER (WHERE d.outcome = 'quarantined') AS quarantined,
    count(*) FILTER (WHERE d.outcome = 'failed') AS failed,
    count(*) FILTER (WHERE d.outcome = 'held') AS held
FROM main.documents AS d
INNER JOIN main.document_places AS p ON p.document_id = d.document_id
WHERE d.batch_id IN (SELECT unnest($batch_ids))
GROUP BY d.batch_id, p.site
QUALIFY row_number() OVER (PARTITION BY d.batch_id ORDER BY documents DESC, p.site) <= $sites
ORDER BY d.batch_id, documents DESC, p.site;
