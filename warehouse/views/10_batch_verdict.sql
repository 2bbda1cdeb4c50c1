-- What was decided on each (batch, site); site null: on the whole batch. Grain: (batch, site).
-- verb: the latest of release and withdraw. A reject refuses what waits, and what was released or
-- withdrawn waits no longer: it counts only beside neither of them.
CREATE OR REPLACE VIEW ops.batch_verdict AS
SELECT
    batch_id,
    site,
    arg_max(verb, sequence) FILTER (WHERE verb <> 'reject') AS verb,
    max(sequence) FILTER (WHERE verb <> 'reject') AS sequence,
    bool_or(verb = 'release') AS released,
    bool_or(verb = 'reject') AS rejected
FROM ops.decision
WHERE batch_id IS NOT NULL
GROUP BY batch_id, site;
