-- Make the table of the documents that have a page, for the other queries of a build: a temporary
-- one, so it needs no right to write. An unchanged document has none: what it repeats has.
-- Grain: document. ordinal: its number among all documents of the desk that are not unchanged.
-- said: signature of what documents and decisions say of it. Parameters: batch_ids, befores (such
-- documents of all earlier batches), rooms (the first so many of each have a page).
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
    p.document_id, p.batch_id, p.article_id, p.outcome, p.reason, p.shows_raw,
    k.before + p.number AS ordinal,
    hash(p.said, a.words, o.words) AS said
FROM main.document_places AS p
INNER JOIN kept AS k ON k.batch_id = p.batch_id
LEFT JOIN decided AS a ON a.about = p.article_id
LEFT JOIN decided AS o ON o.about = p.document_id
WHERE p.number < k.room;
