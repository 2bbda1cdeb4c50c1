-- The latest decision on each (batch, site); site null: on the whole batch. Grain: (batch, site).
CREATE OR REPLACE VIEW ops.batch_verdict AS
SELECT
    batch_id,
    site,
    arg_max(verb, sequence) AS verb,
    max(sequence) AS sequence,
    arg_max(verb, sequence) FILTER (WHERE verb IN ('release', 'reject')) AS gate_verb,
    max(sequence) FILTER (WHERE verb IN ('release', 'reject')) AS gate_sequence
FROM ops.decision
WHERE batch_id IS NOT NULL
GROUP BY batch_id, site;
