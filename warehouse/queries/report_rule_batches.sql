-- Lines that each rule took from some batches. Grain: (rule, batch). Parameter: batch_ids.
SELECT rule, batch_id, count(*) AS lines
FROM main.removed_lines
WHERE batch_id IN (SELECT unnest($batch_ids))
GROUP BY rule, batch_id
ORDER BY rule, batch_id;
