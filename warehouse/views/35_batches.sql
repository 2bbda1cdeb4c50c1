-- Contract: one row per batch with its books and the status that gate and decisions give it.
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
        count(*) FILTER (WHERE outcome = 'held') AS held
    FROM ops.document_state
    GROUP BY batch_id
),

decided AS (
    SELECT
        batch_id,
        arg_max(verb, sequence) FILTER (WHERE site IS NULL) AS verb,
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
        WHEN c.held > 0 AND c.published > 0 THEN 'partly_held'
        WHEN c.held > 0 THEN 'held'
        WHEN b.gate = 'held' AND d.verb IS NULL THEN 'held'
        WHEN b.gate = 'nothing_new' OR coalesce(c.published, 0) = 0 THEN 'nothing_new'
        ELSE 'published'
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
