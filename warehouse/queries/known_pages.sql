-- What is known of pages that may be asked again. Grain: key. Parameters: keys, rules_version.
-- asked_at, failed: of the last answer in a batch that did not fail; null and false where a sitemap
-- of another site listed the page and nobody asked for it (other_host). The other columns are set
-- where the desk holds the payload that the validators stand for: bytes that gave the newest text of
-- their place, or were refused by the same rules (the two cases in which known_payloads.sql passes
-- them by).
WITH asked AS (SELECT unnest($keys::VARCHAR[]) AS key),

answers AS (
    SELECT f.*
    FROM ops.fetch AS f
    SEMI JOIN asked AS a ON a.key = f.key
    INNER JOIN ops.batch AS b ON b.batch_id = f.batch_id AND coalesce(b.gate, '') <> 'failed'
),

before AS (
    SELECT d.place, d.payload_sha256, d.text_sha256, d.outcome, d.rules_version, d.reason,
        d.batch_sequence, d.position
    FROM raw.document AS d
    SEMI JOIN answers AS a ON a.place = d.place
    WHERE d.outcome <> 'failed' AND d.payload_sha256 IS NOT NULL
),

newest AS (
    SELECT place, text_sha256
    FROM before
    WHERE outcome <> 'quarantined' AND text_sha256 IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY place ORDER BY outcome <> 'unchanged' DESC, batch_sequence DESC, position DESC
    ) = 1
),

held AS (
    SELECT b.place, b.payload_sha256
    FROM before AS b
    INNER JOIN newest AS n ON n.place = b.place AND n.text_sha256 = b.text_sha256
    WHERE b.outcome <> 'quarantined'
    UNION
    SELECT place, payload_sha256
    FROM before
    WHERE outcome = 'quarantined' AND reason <> 'withdrawn' AND rules_version = $rules_version
),

valid AS (
    SELECT
        a.key,
        arg_max_null(a.url, a.fetched_at) AS url,
        arg_max_null(a.etag, a.fetched_at) AS etag,
        arg_max_null(a.last_modified, a.fetched_at) AS last_modified,
        arg_max_null(a.payload_sha256, a.fetched_at) AS payload_sha256
    FROM answers AS a
    INNER JOIN held AS h ON h.place = a.place AND h.payload_sha256 = a.payload_sha256
    WHERE a.etag IS NOT NULL OR a.last_modified IS NOT NULL
    GROUP BY a.key
),

last AS (
    SELECT
        key,
        max(fetched_at) FILTER (WHERE reason IS DISTINCT FROM 'other_host') AS asked_at,
        coalesce(
            arg_max(failed, fetched_at) FILTER (WHERE reason IS DISTINCT FROM 'other_host'), false
        ) AS failed
    FROM answers
    GROUP BY key
)

SELECT
    last.key, last.asked_at, last.failed, v.url, v.etag, v.last_modified, v.payload_sha256
FROM last
LEFT JOIN valid AS v ON v.key = last.key
