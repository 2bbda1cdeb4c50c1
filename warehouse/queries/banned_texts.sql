-- Texts of the batch that a person rejected, withdrew or had forgotten, wherever they come from now.
-- Grain: text. Parameters: paths, the cleaned shards.
SELECT r.text_sha256, any_value(r.article_id) AS article_id
FROM ops.revision_state AS r
SEMI JOIN read_parquet($paths) AS c ON c.text_sha256 = r.text_sha256
GROUP BY r.text_sha256
HAVING bool_and(r.state IN ('rejected', 'withdrawn'))
UNION
SELECT f.text_sha256, any_value(f.article_id) AS article_id
FROM ops.forgotten AS f
SEMI JOIN read_parquet($paths) AS c ON c.text_sha256 = f.text_sha256
GROUP BY f.text_sha256
