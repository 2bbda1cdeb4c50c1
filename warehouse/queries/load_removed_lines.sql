-- Stage the lines taken out of the documents that are not mere repetitions of known content,
-- nor what a person took back.
-- Grain: line. Parameters: batch_id, paths (cleaned shards), verdicts (a Parquet file).
INSERT INTO staging.removed_line BY NAME
SELECT
    $batch_id AS batch_id, l.document_id, l.removed.line_no AS line_no, l.removed.text AS text,
    l.removed.rule AS rule
FROM (
    SELECT c.document_id, unnest(c.removed) AS removed
    FROM read_parquet($paths) AS c
    INNER JOIN read_parquet($verdicts) AS v ON v.document_id = c.document_id
    WHERE v.outcome IN ('staged', 'duplicate', 'quarantined')
        AND coalesce(v.reason, '') <> 'withdrawn'
) AS l
