-- Quarantine the staged documents whose rows failed a check, and those that repeat them.
-- Parameters: batch_id, document_ids, reasons, details (three lists of one length).
UPDATE staging.document AS d
SET outcome = 'quarantined', stage = 'audit', reason = f.reason, detail = f.detail,
    article_id = NULL
FROM (
    SELECT unnest($document_ids) AS document_id, unnest($reasons) AS reason,
        unnest($details) AS detail
) AS f
WHERE d.batch_id = $batch_id
    AND (
        (d.document_id = f.document_id AND d.outcome = 'staged')
        OR (d.twin_of = f.document_id AND d.outcome IN ('unchanged', 'duplicate'))
    )
