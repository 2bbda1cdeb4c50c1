-- The profiles that say what is usual for a site: published by the gate or released by a person,
-- and not withdrawn since; replays, which take what they choose, are left out.
-- released: a person saw it held, and let it pass. Grain: (batch, site).
CREATE OR REPLACE VIEW ops.usual_site_profile AS
WITH decided AS (
    SELECT
        p.*,
        CASE
            WHEN coalesce(s.sequence, -1) > coalesce(b.sequence, -1) THEN s.verb
            ELSE b.verb
        END AS verb
    FROM ops.site_profile AS p
    LEFT JOIN ops.batch_verdict AS b ON b.batch_id = p.batch_id AND b.site IS NULL
    LEFT JOIN ops.batch_verdict AS s ON s.batch_id = p.batch_id AND s.site = p.site
    WHERE NOT p.replayed
)

SELECT * EXCLUDE (verb), held AND verb IS NOT NULL AS released
FROM decided
WHERE CASE WHEN verb IS NULL THEN NOT held ELSE verb = 'release' END;
