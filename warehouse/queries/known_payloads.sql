-- Documents whose payload needs neither a new look nor to be kept again: bytes that gave the text
-- which is the newest of their place, or were refused before by the same rules. What a person
-- rejected or withdrew is looked at again. Grain: document, with a shard that keeps the payload: of
-- those that were looked at the newest, which is pruned last.
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
    WHERE d.outcome <> 'failed' AND d.payload_sha256 IS NOT NULL
),

shown AS (
    SELECT DISTINCT article_id FROM ops.document_state WHERE state IN ('visible', 'held')
),

taken_back AS (
    SELECT DISTINCT text_sha256 FROM ops.document_state WHERE state IN ('rejected', 'withdrawn')
),

newest AS (
    SELECT *
    FROM before
    WHERE outcome <> 'quarantined' AND text_sha256 IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY place ORDER BY outcome <> 'unchanged' DESC, batch_sequence DESC, position DESC
    ) = 1
),

current AS (
    SELECT n.place, n.text_sha256
    FROM newest AS n
    LEFT JOIN shown AS s ON s.article_id = n.article_id
    LEFT JOIN taken_back AS t ON t.text_sha256 = n.text_sha256
    WHERE n.state IN ('visible', 'held')
        OR (n.state IS NULL AND s.article_id IS NOT NULL AND t.text_sha256 IS NULL)
)

SELECT a.document_id, arg_max(k.shard_path, k.batch_sequence) AS shard_path
FROM arriving AS a
INNER JOIN (
    SELECT b.place, b.payload_sha256, b.shard_path, b.batch_sequence
    FROM before AS b
    INNER JOIN current AS c ON c.place = b.place AND c.text_sha256 = b.text_sha256
    WHERE b.outcome <> 'quarantined'
    UNION ALL
    SELECT place, payload_sha256, shard_path, batch_sequence
    FROM before
    WHERE outcome = 'quarantined' AND reason <> 'withdrawn' AND rules_version = $rules_version
) AS k ON k.place = a.place AND k.payload_sha256 = a.payload_sha256
GROUP BY a.document_id
