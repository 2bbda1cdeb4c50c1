-- Contract: one row per batch and site: what became of its documents there.
CREATE OR REPLACE VIEW main.batch_sites AS
SELECT
    batch_id,
    site,
    count(*) AS documents,
    count(*) FILTER (WHERE outcome = 'published') AS published,
    count(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
    count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,
    count(*) FILTER (WHERE outcome = 'quarantined') AS quarantined,
    count(*) FILTER (WHERE outcome = 'failed') AS failed,
    count(*) FILTER (WHERE outcome = 'held') AS held
FROM ops.document_state
GROUP BY batch_id, site;
