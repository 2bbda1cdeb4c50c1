-- Payloads of the batch that were refused before at the same place by the same rules.
-- Grain: (place, payload). Parameters: paths, the cleaned shards; rules_version.
SELECT d.place, d.payload_sha256, bool_or(d.reason = 'withdrawn') AS withdrawn
FROM raw.document AS d
SEMI JOIN read_parquet($paths) AS c
    ON c.place = d.place AND c.payload_sha256 = d.payload_sha256
WHERE d.outcome = 'quarantined'
    AND (d.rules_version = $rules_version OR d.reason = 'withdrawn')
GROUP BY d.place, d.payload_sha256
