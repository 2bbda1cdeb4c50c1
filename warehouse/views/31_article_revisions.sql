-- Contract: one row per revision that is published now.
CREATE OR REPLACE VIEW main.article_revisions AS
WITH seen AS (
    SELECT article_id, min(fetched_at) AS first_seen_at, max(fetched_at) AS last_seen_at
    FROM ops.document_state
    WHERE outcome IN ('published', 'unchanged') AND article_id IS NOT NULL
    GROUP BY article_id
)

SELECT
    r.article_id, r.revision, r.document_id, r.batch_id, r.url, r.canonical_url, r.site,
    r.site_name, r.title, r.authors, r.published_at, r.published_on, r.date_source, r.date_flag,
    r.modified_at, r.language, r.section, r.tags, r.image_url, r.text, r.text_chars, r.text_words,
    r.extractor, r.rules_version, s.first_seen_at, s.last_seen_at,
    NULL::VARCHAR AS copy_of, NULL::VARCHAR AS story_id
FROM ops.revision_state AS r
LEFT JOIN seen AS s ON s.article_id = r.article_id
WHERE r.state = 'visible';
