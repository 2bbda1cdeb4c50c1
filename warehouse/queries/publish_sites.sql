-- Keep what the sites of the batch looked like. Parameters: batch_id, held, held_sites.
INSERT INTO ops.site_profile BY NAME
SELECT s.*, $held OR list_contains($held_sites, s.site) AS held
FROM staged_site AS s
WHERE s.batch_id = $batch_id
