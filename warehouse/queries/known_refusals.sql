-- What of the batch was refused before at the same place by the same rules: the same payload, or
-- where none came (too large, forbidden) the same reason. Grain: (place, payload or reason).
-- Parameters: paths, the cleaned shards; rules_version.
SELECT
    d.place,
    coalesce(d.payload_sha256, 'reason:' || d.reason) AS refused,
    bool_or(d.reason = 'withdrawn') AS withdrawn
FROM raw.document AS d
SEMI JOIN read_parquet($paths) AS c
    ON c.place = d.place
    AND coalesce(c.payload_sha256, 'reason:' || c.reason)
        = coalesce(d.payload_sha256, 'reason:' || d.reason)
WHERE d.outcome = 'quarantined'
    AND (d.rules_version = $rules_version OR d.reason = 'withdrawn')
GROUP BY ALL
