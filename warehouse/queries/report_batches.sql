-- The newest batches with their books, the oldest of them first. Grain: batch.
-- before: documents of all earlier batches. room: the first so many documents of the batch have a
-- page. signature: of all that the row says and, where documents have no page (nor a mark, therefore),
-- of which revisions are visible.
-- Parameters: batches, documents (how many of each at most).
WITH counted AS (
    SELECT
        *,
        (sum(documents) OVER earlier - documents)::BIGINT AS before,
        (sum(documents) OVER later - documents)::BIGINT AS after
    FROM main.batches
    WINDOW
        earlier AS (ORDER BY started_at, batch_id ROWS UNBOUNDED PRECEDING),
        later AS (ORDER BY started_at DESC, batch_id DESC ROWS UNBOUNDED PRECEDING)
),

shown AS (
    SELECT * EXCLUDE (after), least(documents, greatest($documents - after, 0)) AS room
    FROM counted
    ORDER BY started_at DESC, batch_id DESC
    LIMIT $batches
),

visible AS (
    SELECT batch_id, bit_xor(hash(document_id)) AS revisions
    FROM main.article_revisions
    WHERE batch_id IN (SELECT batch_id FROM shown WHERE room < documents)
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
