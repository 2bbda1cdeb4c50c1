-- Which article has a text of the batch as its newest, visible or held. Grain: text.
-- Parameters: paths, the cleaned shards.
WITH touched AS (
    SELECT DISTINCT r.article_id
    FROM published.article_revision AS r
    SEMI JOIN read_parquet($paths) AS c ON c.text_sha256 = r.text_sha256
),

newest AS (
    SELECT r.article_id, r.text_sha256, r.batch_sequence
    FROM ops.revision_state AS r
    SEMI JOIN touched AS t ON t.article_id = r.article_id
    WHERE r.state IN ('visible', 'held')
    QUALIFY row_number() OVER (PARTITION BY r.article_id ORDER BY r.revision DESC) = 1
)

SELECT text_sha256, arg_min(article_id, batch_sequence) AS article_id
FROM newest
GROUP BY text_sha256
