-- The newest usual profiles of the sites of the batch that had anything fresh, with whether a person
-- released them. Grain: (site, batch), the newest first.
-- Parameters: batch_sequence; batches (of each site at most).
SELECT h.* EXCLUDE (repeats)
FROM ops.usual_site_profile AS h
SEMI JOIN staged_site AS s ON s.site = h.site
WHERE h.batch_sequence < $batch_sequence AND h.fresh > 0
QUALIFY row_number() OVER (PARTITION BY h.site ORDER BY h.batch_sequence DESC) <= $batches
ORDER BY h.site, h.batch_sequence DESC
