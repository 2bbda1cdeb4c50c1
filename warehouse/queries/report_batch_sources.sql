-- What some batches were asked to read. Grain: (batch, source). Parameter: batch_ids.
SELECT *
FROM main.batch_sources
WHERE batch_id IN (SELECT unnest($batch_ids))
ORDER BY batch_id, source_no;
