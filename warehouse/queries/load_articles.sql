-- Stage the articles that ask to be published. Grain: document with verdict staged.
-- Parameters: batch_id, paths (cleaned shards), verdicts (a Parquet file).
INSERT INTO staging.article BY NAME
SELECT
    $batch_id AS batch_id, c.document_id, c.position, v.article_id, c.locator, c.fetched_at,
    c.url, c.canonical_url, c.canonical_key, c.own_key, c.site, c.site_name, c.title,
    c.title_source, c.authors, c.author_source, c.published_at, c.published_on, c.date_source,
    c.date_flag, c.modified_at, c.language, c.section, c.tags, c.image_url, c.text, c.text_sha256,
    c.text_chars, c.text_words, c.lines_removed, c.extractor
FROM read_parquet($paths) AS c
INNER JOIN read_parquet($verdicts) AS v ON v.document_id = c.document_id
WHERE v.outcome = 'staged'
