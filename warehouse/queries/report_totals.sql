-- What the desk holds, for the head of the report site. Grain: one row.
SELECT
    (SELECT count(*) FROM main.articles) AS articles,
    (SELECT count(*) FROM main.article_revisions) AS revisions,
    (SELECT count(*) FROM main.documents) AS documents,
    (SELECT count(*) FROM main.batches) AS batches,
    (SELECT count(*) FROM main.sites WHERE articles > 0) AS sites,
    (SELECT count(*) FROM main.quarantine) AS quarantined,
    (SELECT max(finished_at) FROM main.batches) AS last_finished_at;
