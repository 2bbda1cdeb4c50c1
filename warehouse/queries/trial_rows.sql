-- Articles of a cleaned shard as the row suite judges them, without a warehouse. An article id is
-- given later; its document's stands for it. Of equal texts the first: the others are duplicates.
-- Grain: document. Parameters: path; document_ids.
CREATE OR REPLACE TEMP TABLE trial_article AS
SELECT * EXCLUDE (removed), document_id AS article_id
FROM read_parquet($path)
WHERE document_id IN (SELECT unnest($document_ids::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY text_sha256 ORDER BY position, document_id) = 1
