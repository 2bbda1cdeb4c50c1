-- One signature of all that the pages of a batch's documents say. Grain: batch.
-- documents: their ids, joined by spaces, because a value for each costs more than the query.
-- waiting, printed: documents that may show the page as it arrived, by whether they are published.
-- Kin are the revisions of an article that has more than the one its document gave.
-- Reads the table of report_shown.sql.
WITH several AS (
    SELECT article_id FROM main.article_revisions WHERE revision > 1
    UNION
    SELECT article_id FROM shown_documents WHERE outcome = 'duplicate'
),

kin AS (
    SELECT
        r.article_id,
        bit_xor(hash(r.revision, r.document_id, s.document_id IS NOT NULL)) AS revisions
    FROM main.article_revisions AS r
    LEFT JOIN shown_documents AS s ON s.document_id = r.document_id
    WHERE r.article_id IN (SELECT article_id FROM several)
    GROUP BY r.article_id
)

SELECT
    s.batch_id,
    string_agg(s.document_id, ' ') AS documents,
    count(*) FILTER (WHERE s.shows_raw AND s.outcome <> 'published') AS waiting,
    count(*) FILTER (WHERE s.shows_raw AND s.outcome = 'published') AS printed,
    bit_xor(hash(s.document_id, s.said, k.revisions)) AS signature
FROM shown_documents AS s
LEFT JOIN kin AS k ON k.article_id = s.article_id
GROUP BY s.batch_id;
