-- The newest days on which the sources of the batch that `staged_site` describes were read before,
-- with the number of batches and the second of the day of the last one. Grain: day, the oldest first.
-- A replay reads no source, and a batch that could read none of its sources read nothing either;
-- where that is this one there is no row.
-- Parameter: days (at most).
SELECT day, batches, until_seconds
FROM (
    SELECT
        b.started_at::DATE AS day,
        count(*) AS batches,
        max(epoch(b.started_at) - epoch(date_trunc('day', b.started_at))) AS until_seconds
    FROM ops.site_profile AS p
    INNER JOIN staged_site AS now ON now.site = p.site AND now.source_key = p.source_key
    INNER JOIN ops.batch AS b ON b.sequence = p.batch_sequence
    WHERE p.site = '*' AND p.batch_sequence < now.batch_sequence
        AND NOT p.replayed AND b.gate <> 'failed'
        AND now.batch_id IN (SELECT batch_id FROM ops.batch_source WHERE error IS NULL)
    GROUP BY ALL
    ORDER BY day DESC
    LIMIT $days
)
ORDER BY day;
