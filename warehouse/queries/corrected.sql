-- Documents of the batch whose payload gave the newest revision of an article, with the same text
-- but other facts than that revision has: today's rules read the page better. Only what is visible:
-- what is held waits for a person. Grain: document. Parameters: paths, the cleaned shards.
WITH touched AS (
    SELECT DISTINCT r.article_id
    FROM published.article_revision AS r
    SEMI JOIN read_parquet($paths) AS c ON c.place = r.place AND c.text_sha256 = r.text_sha256
),

newest AS (
    SELECT r.article_id, max(r.revision) AS revision
    FROM ops.revision_state AS r
    SEMI JOIN touched AS t ON t.article_id = r.article_id
    WHERE r.state IN ('visible', 'held')
    GROUP BY r.article_id
)

SELECT c.document_id, any_value(r.article_id) AS article_id
FROM newest AS n
INNER JOIN ops.revision_state AS r
    ON r.article_id = n.article_id AND r.revision = n.revision AND r.state = 'visible'
INNER JOIN raw.document AS d ON d.document_id = r.document_id
INNER JOIN read_parquet($paths) AS c
    ON c.place = d.place
    AND c.payload_sha256 = d.payload_sha256
    AND c.text_sha256 = r.text_sha256
WHERE
    row(c.url, c.canonical_url, c.site, c.site_name, c.title, c.authors, c.published_at,
        c.published_on, c.date_flag, c.modified_at, c.language, c.section, c.tags, c.image_url)
    IS DISTINCT FROM
    row(r.url, r.canonical_url, r.site, r.site_name, r.title, r.authors, r.published_at,
        r.published_on, r.date_flag, r.modified_at, r.language, r.section, r.tags, r.image_url)
GROUP BY c.document_id
