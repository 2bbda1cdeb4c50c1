-- Contract: one row per batch and expectation. details quotes rows: not where some of the batch is
-- held, rejected or withdrawn.
CREATE OR REPLACE VIEW main.checks AS
WITH hidden AS (
    SELECT DISTINCT batch_id
    FROM ops.document_state
    WHERE state IN ('held', 'rejected', 'withdrawn')
)

SELECT
    c.batch_id, c.suite, c.expectation, c.column_name, c.severity, c.success, c.evaluated_count,
    c.unexpected_count, c.observed,
    CASE WHEN h.batch_id IS NULL THEN c.details END AS details
FROM ops.check_result AS c
LEFT JOIN hidden AS h ON h.batch_id = c.batch_id;
