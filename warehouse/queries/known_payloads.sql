-- Documents whose payload needs neither a new look nor to be kept again: the same bytes as the
-- newest content of their place, or refused before by the same rules. What a person rejected or
-- withdrew is looked at again. Grain: document, with the shard that keeps the payload.
-- Parameters: document_ids, places, payloads (three lists of one length), rules_version.
WITH arriving AS (
    SELECT
        unnest($document_ids) AS document_id,
        unnest($places) AS place,
        unnest($payloads) AS payload_sha256
),

before AS (
    SELECT d.*
    FROM ops.document_state AS d
    SEMI JOIN arriving AS a ON a.place = d.place
    WHERE d.outcome NOT IN ('unchanged', 'failed') AND d.payload_sha256 IS NOT NULL
),

shown AS (
    SELECT DISTINCT article_id FROM ops.document_state WHERE state IN ('visible', 'held')
),

newest AS (
    SELECT *
    FROM before
    WHERE outcome <> 'quarantined'
    QUALIFY row_number() OVER (
        PARTITION BY place ORDER BY batch_sequence DESC, position DESC
    ) = 1
)

SELECT a.document_id, any_value(k.shard_path) AS shard_path
FROM arriving AS a
INNER JOIN (
    SELECT place, payload_sha256, shard_path
    FROM newest
    WHERE state IN ('visible', 'held')
        OR (state IS NULL AND article_id IN (SELECT article_id FROM shown))
    UNION ALL
    SELECT place, payload_sha256, shard_path
    FROM before
    WHERE outcome = 'quarantined' AND reason <> 'withdrawn' AND rules_version = $rules_version
) AS k ON k.place = a.place AND k.payload_sha256 = a.payload_sha256
GROUP BY a.document_id
