-- How documents that stand for something were read: as an article's newest revision, or refused.
-- Grain: document. Parameters: document_ids.
WITH removed AS (
    SELECT document_id, list({'rule': rule, 'text': text} ORDER BY line_no NULLS FIRST) AS lines
    FROM published.removed_line
    WHERE document_id IN (SELECT unnest($document_ids::VARCHAR[]))
    GROUP BY document_id
)

SELECT
    d.document_id, d.batch_id, d.locator, d.reason, d.detail, d.text_sha256,
    coalesce(d.state = 'held', false) AS held, r.url, r.canonical_url, r.site, r.site_name, r.title,
    r.authors, r.published_at, r.published_on, r.date_flag, r.modified_at, r.language, r.section,
    r.tags, r.image_url, r.text, coalesce(l.lines, []) AS removed
FROM ops.document_state AS d
LEFT JOIN published.article_revision AS r ON r.document_id = d.document_id
LEFT JOIN removed AS l ON l.document_id = d.document_id
WHERE d.document_id IN (SELECT unnest($document_ids::VARCHAR[]))
