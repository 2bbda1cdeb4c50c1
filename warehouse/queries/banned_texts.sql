-- Texts of the batch that a person rejected or withdrew, wherever they come from now.
-- Grain: text. Parameters: paths, the cleaned shards.
SELECT r.text_sha256, any_value(r.article_id) AS article_id
FROM ops.revision_state AS r
SEMI JOIN read_parquet($paths) AS c ON c.text_sha256 = r.text_sha256
GROUP BY r.text_sha256
HAVING bool_and(r.state IN ('rejected', 'withdrawn'))
