-- Documents of a raw shard whose payload needs no new look: the same bytes as the newest content
-- of their place, or refused before by the same rules, or rejected or withdrawn by a person.
-- Grain: document. Parameters: path, a raw shard; rules_version.
WITH arriving AS (
    SELECT document_id, place, payload_sha256
    FROM read_parquet($path)
    WHERE payload_sha256 IS NOT NULL AND reason IS NULL
),

before AS (
    SELECT d.place, d.payload_sha256, d.outcome, d.rules_version, d.reason, d.batch_sequence,
        d.position
    FROM raw.document AS d
    SEMI JOIN arriving AS a ON a.place = d.place
    WHERE d.outcome NOT IN ('unchanged', 'failed')
),

newest AS (
    SELECT place, payload_sha256
    FROM before
    WHERE outcome <> 'quarantined'
    QUALIFY row_number() OVER (
        PARTITION BY place ORDER BY batch_sequence DESC, position DESC
    ) = 1
)

SELECT a.document_id
FROM arriving AS a
WHERE EXISTS (
    SELECT 1 FROM newest AS n WHERE n.place = a.place AND n.payload_sha256 = a.payload_sha256
) OR EXISTS (
    SELECT 1
    FROM before AS b
    WHERE b.place = a.place
        AND b.payload_sha256 = a.payload_sha256
        AND b.outcome = 'quarantined'
        AND b.reason <> 'withdrawn'
        AND b.rules_version = $rules_version
)
