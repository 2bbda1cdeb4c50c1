-- When each site gave something new that the sources of the batch described by `staged_site` had
-- before: the days on which these sources did, and the last day on which any did, today's among
-- them. What was held or rejected since was given all the same. Grain: site. Parameter: since.
WITH batch AS (
    SELECT
        s.batch_sequence, s.source_key, b.started_at::DATE AS today,
        (SELECT min(sequence) FROM ops.batch WHERE started_at >= $since) AS since_sequence
    FROM staged_site AS s
    INNER JOIN ops.batch AS b ON b.batch_id = s.batch_id
    WHERE s.site = '*'
),

given AS (
    SELECT
        p.site,
        b.started_at::DATE AS day,
        bool_or(p.source_key = now.source_key) AS is_alike
    FROM ops.site_profile AS p
    INNER JOIN ops.batch AS b ON b.sequence = p.batch_sequence
    CROSS JOIN batch AS now
    WHERE p.batch_sequence < now.batch_sequence AND p.batch_sequence >= now.since_sequence
        AND p.fresh > 0 AND NOT p.replayed
    GROUP BY ALL
    UNION ALL
    SELECT s.site, now.today, false
    FROM staged_site AS s
    CROSS JOIN batch AS now
    WHERE s.fresh > 0
)

SELECT
    site,
    list(day ORDER BY day) FILTER (WHERE is_alike) AS days,
    max(day) AS last_new_on
FROM given
WHERE site NOT IN ('', '*')
GROUP BY site
HAVING bool_or(is_alike)
ORDER BY site;
