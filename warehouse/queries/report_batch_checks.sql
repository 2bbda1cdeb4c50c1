-- The checks of some batches, failed ones first. Grain: (batch, check). Parameter: batch_ids.
SELECT *
FROM main.checks
WHERE batch_id IN (SELECT unnest($batch_ids))
ORDER BY
    batch_id, success, list_position(['hold', 'quarantine', 'warn'], severity), suite, expectation;
