-- The outcomes of some batches by site, the largest sites first. Grain: (batch, site).
-- Parameters: batch_ids, sites (of each batch at most).
SELECT *
FROM main.batch_sites
WHERE batch_id IN (SELECT unnest($batch_ids))
QUALIFY row_number() OVER (PARTITION BY batch_id ORDER BY documents DESC, site) <= $sites
ORDER BY batch_id, documents DESC, site;
