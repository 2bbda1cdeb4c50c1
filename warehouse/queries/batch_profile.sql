-- The books and shares of a staged batch, for the batch suite. Grain: one row.
-- refused leaves out what is no fault of a page: other media, forbidden and foreign addresses.
-- Parameters: batch_id, documents_taken (what the raw shards hold).
WITH books AS (
    SELECT
        count(*) AS rows_staged,
        count(*) FILTER (WHERE outcome = 'staged') AS staged,
        count(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,
        count(*) FILTER (WHERE outcome = 'quarantined') AS quarantined,
        count(*) FILTER (WHERE outcome = 'failed') AS failed,
        count(*) FILTER (
            WHERE outcome IN ('quarantined', 'failed')
                AND reason NOT IN (
                    'unsupported_media_type', 'robots_denied', 'blocked_url', 'other_host'
                )
        ) AS refused
    FROM staging.document
    WHERE batch_id = $batch_id
),

articles AS (
    SELECT
        avg((a.title IS NOT NULL)::INTEGER) AS share_title,
        avg((a.published_on IS NOT NULL)::INTEGER) AS share_date,
        avg((len(a.authors) > 0)::INTEGER) AS share_author,
        avg((a.language IS NOT NULL)::INTEGER) AS share_language,
        count(DISTINCT a.language) AS distinct_languages,
        median(a.text_chars) AS median_text_chars
    FROM staging.article AS a
    INNER JOIN staging.document AS d
        ON d.document_id = a.document_id AND d.batch_id = a.batch_id
    WHERE a.batch_id = $batch_id AND d.outcome = 'staged'
)

SELECT
    $batch_id::VARCHAR AS batch_id,
    $documents_taken::BIGINT AS documents,
    b.staged, b.unchanged, b.duplicate, b.quarantined, b.failed, b.refused,
    CASE WHEN b.rows_staged > 0 THEN b.refused / b.rows_staged ELSE 0.0 END AS refused_share,
    CASE WHEN b.rows_staged > 0 THEN b.duplicate / b.rows_staged ELSE 0.0 END AS duplicate_share,
    $documents_taken - (b.staged + b.unchanged + b.duplicate + b.quarantined + b.failed)
        AS balance,
    a.share_title, a.share_date, a.share_author, a.share_language, a.distinct_languages,
    a.median_text_chars
FROM books AS b, articles AS a
