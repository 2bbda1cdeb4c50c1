-- The outages that the sources of a batch are in, or came out of with it. Grain: source.
-- Parameter: batch_id.
SELECT
    source, locator, began_at, tries, error,
    batch_id = $batch_id AS is_new,
    ended_batch_id IS NOT NULL AS is_over
FROM ops.last_outage
WHERE ended_batch_id = $batch_id OR (ended_batch_id IS NULL AND last_batch_id = $batch_id)
ORDER BY source
