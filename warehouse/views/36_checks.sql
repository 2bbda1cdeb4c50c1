-- Contract: one row per batch and expectation.
CREATE OR REPLACE VIEW main.checks AS
SELECT
    batch_id, suite, expectation, column_name, severity, success, evaluated_count,
    unexpected_count, observed, details
FROM ops.check_result;
