-- The documents of some batches that a person looks at first: held, refused, failed, then the rest,
-- and a few of every reason. Grain: document. Parameters: batch_ids, documents (of each batch),
-- examples (of each reason).
WITH taken AS MATERIALIZED (
    SELECT document_id, batch_id, locator, outcome, reason, detail
    FROM main.documents
    WHERE batch_id IN (SELECT unnest($batch_ids))
),

places AS MATERIALIZED (
    SELECT document_id, site, position
    FROM main.document_places
    WHERE batch_id IN (SELECT unnest($batch_ids))
),

printed AS MATERIALIZED (
    SELECT document_id, title
    FROM main.article_revisions
    WHERE batch_id IN (SELECT unnest($batch_ids))
)

SELECT
    d.document_id, d.batch_id, d.locator, d.outcome, d.reason, d.detail, p.site, r.title,
    row_number() OVER of_reason AS of_reason,
    row_number() OVER of_batch AS of_batch
FROM taken AS d
INNER JOIN places AS p ON p.document_id = d.document_id
LEFT JOIN printed AS r ON r.document_id = d.document_id
WINDOW
    of_reason AS (PARTITION BY d.batch_id, d.outcome, d.reason ORDER BY p.position),
    of_batch AS (
        PARTITION BY d.batch_id
        ORDER BY
            list_position(
                ['held', 'quarantined', 'failed', 'published', 'duplicate', 'unchanged'], d.outcome
            ),
            p.position
    )
QUALIFY of_batch <= $documents OR (d.reason IS NOT NULL AND of_reason <= $examples)
ORDER BY d.batch_id, of_batch;
