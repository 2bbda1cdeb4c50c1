-- Keep the removed lines of the batch. Parameters: batch_id.
INSERT INTO published.removed_line BY NAME
SELECT * FROM staging.removed_line WHERE batch_id = $batch_id
