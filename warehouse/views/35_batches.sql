-- Contract: one row per batch with its books and the status that gate and decisions give it.
-- A decision on the whole batch names the status until a later one on a site of it; then the
-- states of its articles do.
CREATE OR REPLACE VIEW main.batches AS
WITH counted AS (
    SELECT
        batch_id,
        count(*) AS documents,
        count(*) FILTER (WHERE outcome = 'published') AS published,
        count(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,
        count(*) FILTER (WHERE outcome = 'quarantined') AS quarantined,
        count(*) FILTER (WHERE outcome = 'failed') AS failed,
        count(*) FILTER (WHERE outcome = 'held') AS held,
        count(batch_state) AS articles,
        count(*) FILTER (WHERE batch_state = 'visible') AS visible,
        count(*) FILTER (WHERE batch_state = 'held') AS waiting,
        count(*) FILTER (WHERE batch_state = 'rejected') AS rejected
    FROM ops.document_state
    GROUP BY batch_id
),

decided AS (
    SELECT
        batch_id,
        CASE
            WHEN arg_max(coalesce(site, ''), sequence) = '' THEN arg_max(verb, sequence)
        END AS verb,
        arg_max(why, sequence) AS why
    FROM ops.decision
    WHERE batch_id IS NOT NULL
    GROUP BY batch_id
)

SELECT
    b.batch_id, b.started_at, b.finished_at,
    CASE
        WHEN b.gate IS NULL THEN 'running'
        WHEN b.gate = 'failed' THEN 'failed'
        WHEN d.verb = 'withdraw' THEN 'withdrawn'
        WHEN d.verb = 'reject' THEN 'rejected'
        WHEN c.waiting > 0 AND c.visible > 0 THEN 'partly_held'
        WHEN c.waiting > 0 THEN 'held'
        WHEN c.visible > 0 THEN 'published'
        WHEN c.rejected > 0 THEN 'rejected'
        WHEN c.articles > 0 THEN 'withdrawn'
        WHEN b.gate = 'held' AND d.verb IS NULL THEN 'held'
        ELSE 'nothing_new'
    END AS status,
    coalesce(c.documents, 0) AS documents,
    coalesce(c.published, 0) AS published,
    coalesce(c.unchanged, 0) AS unchanged,
    coalesce(c.duplicate, 0) AS duplicate,
    coalesce(c.quarantined, 0) AS quarantined,
    coalesce(c.failed, 0) AS failed,
    coalesce(c.held, 0) AS held,
    coalesce(d.why, b.gate_why) AS why
FROM ops.batch AS b
LEFT JOIN counted AS c ON c.batch_id = b.batch_id
LEFT JOIN decided AS d ON d.batch_id = b.batch_id;
