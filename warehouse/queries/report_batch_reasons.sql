-- Refusals of some batches by reason. Grain: (batch, outcome, reason). Parameter: batch_ids.
SELECT batch_id, outcome, reason, count(*) AS documents
FROM main.documents
WHERE batch_id IN (SELECT unnest($batch_ids)) AND outcome IN ('quarantined', 'failed')
GROUP BY batch_id, outcome, reason
ORDER BY documents DESC, reason;
