-- What the stages of some batches took and cost, in the order of the line. Grain: (batch, stage).
-- Parameter: batch_ids.
SELECT *
FROM main.stages
WHERE batch_id IN (SELECT unnest($batch_ids))
ORDER BY batch_id, list_position(['acquire', 'extract', 'clean'], stage), stage;
