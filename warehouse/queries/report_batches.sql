-- The newest batches with their books, the oldest of them first. Grain: batch.
-- new_documents: those that are not unchanged; the others have no page. before: such documents of all
-- earlier batches. room: the first so many of them in the batch have a page. signature: of all that the row says and, where documents have no page (nor a mark, therefore),
-- of which revisions are visible.
-- Parameters: batches, documents (how many of each); batch_step, document_step (so many leave at a
-- time, so that there may be up to one step more).
WITH counted AS (
    SELECT
        *,
        documents - unchanged AS new_documents,
        (sum(new_documents) OVER earlier - new_documents)::BIGINT AS before,
        greatest(sum(new_documents) OVER () - $documents, 0)::BIGINT AS spare_documents,
        row_number() OVER earlier AS number,
        greatest(count(*) OVER () - $batches, 0) AS spare_batches
    FROM main.batches
    WINDOW earlier AS (ORDER BY started_at, batch_id ROWS UNBOUNDED PRECEDING)
),

shown AS (
    SELECT
        * EXCLUDE (spare_documents, number, spare_batches),
        least(
            new_documents,
            greatest(before + new_documents - spare_documents // $document_step * $document_step, 0)
        ) AS room
    FROM counted
    WHERE number > spare_batches // $batch_step * $batch_step
),

visible AS (
    SELECT batch_id, bit_xor(hash(document_id)) AS revisions
    FROM main.article_revisions
    WHERE batch_id IN (SELECT batch_id FROM shown WHERE room < new_documents)
    GROUP BY batch_id
),

judged AS (
    SELECT
        batch_id,
        count(*) AS checks,
        count(*) FILTER (WHERE NOT success) AS checks_failed
    FROM main.checks
    WHERE batch_id IN (SELECT batch_id FROM shown)
    GROUP BY batch_id
)

SELECT
    s.*,
    coalesce(j.checks, 0) AS checks,
    coalesce(j.checks_failed, 0) AS checks_failed,
    hash(s, j.checks, j.checks_failed, v.revisions) AS signature
FROM shown AS s
LEFT JOIN visible AS v USING (batch_id)
LEFT JOIN judged AS j USING (batch_id)
ORDER BY s.started_at, s.batch_id;
