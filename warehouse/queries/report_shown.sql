-- Make the table of the documents that have a page, for the other queries of a build: a temporary
-- one, so it needs no right to write. Grain: document. ordinal: its number among all documents of
-- the desk. shows_raw: the page as it arrived may be shown, as
-- `may_show_raw` in tasks/reporting says. said: signature of what documents and decisions say of
-- it. Parameters: batch_ids, befores (documents of all earlier batches), rooms
-- (the first so many documents of each have a page).
CREATE OR REPLACE TEMP TABLE shown_documents AS
WITH kept AS (
    SELECT
        unnest($batch_ids) AS batch_id,
        unnest($befores) AS before,
        unnest($rooms) AS room
),

decided AS (
    SELECT coalesce(document_id, article_id) AS about, bit_xor(hash(decided_at, verb, why)) AS words
    FROM main.decisions
    WHERE document_id IS NOT NULL OR article_id IS NOT NULL
    GROUP BY about
)

SELECT
    d.document_id, d.batch_id, k.before + p.position AS ordinal, d.article_id, d.outcome, d.reason,
    d.payload_bytes > 0
    AND CASE d.outcome
        WHEN 'quarantined' THEN d.reason IS DISTINCT FROM 'withdrawn'
        WHEN 'failed' THEN true
        ELSE coalesce(p.state IN ('visible', 'held'), false)
    END AS shows_raw,
    hash(
        d.outcome, d.reason, d.detail, p.state, p.site, d.article_id, d.payload_bytes, a.words,
        o.words
    ) AS said
FROM main.documents AS d
INNER JOIN main.document_places AS p ON p.batch_id = d.batch_id AND p.document_id = d.document_id
INNER JOIN kept AS k ON k.batch_id = d.batch_id
LEFT JOIN decided AS a ON a.about = d.article_id
LEFT JOIN decided AS o ON o.about = d.document_id
WHERE p.position < k.room;
