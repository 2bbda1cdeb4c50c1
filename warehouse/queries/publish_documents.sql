-- Enter the documents of the batch in the ledger with the outcome that the gate gives them.
-- Parameters: batch_id, held, held_sites.
INSERT INTO raw.document BY NAME
SELECT
    d.* EXCLUDE (twin_of) REPLACE (
        CASE
            WHEN d.outcome <> 'staged' THEN d.outcome
            WHEN $held OR list_contains($held_sites, coalesce(d.site, '')) THEN 'held'
            ELSE 'published'
        END AS outcome
    )
FROM staging.document AS d
WHERE d.batch_id = $batch_id
