-- Append the staged articles as revisions, numbered behind those that are known.
-- Parameters: batch_id, batch_sequence, held (whether the gate keeps them for a person),
-- held_sites (sites kept though the batch passes), rules_version.
INSERT INTO published.article_revision BY NAME
WITH known AS (
    SELECT article_id, max(revision) AS revision
    FROM published.article_revision
    GROUP BY article_id
)

SELECT
    a.article_id,
    (coalesce(k.revision, 0) + row_number() OVER (PARTITION BY a.article_id ORDER BY a.position))
        ::INTEGER AS revision,
    a.document_id, a.batch_id, $batch_sequence AS batch_sequence,
    $held OR list_contains($held_sites, coalesce(a.site, '')) AS held, d.place, a.own_key,
    a.canonical_key, a.url, a.canonical_url, a.site, a.site_name, a.title, a.title_source,
    a.authors, a.author_source, a.published_at, a.published_on, a.date_source, a.date_flag,
    a.modified_at, a.language, a.section, a.tags, a.image_url, a.text, a.text_sha256,
    a.text_chars, a.text_words, a.extractor, $rules_version AS rules_version, a.fetched_at
FROM staging.article AS a
INNER JOIN staging.document AS d ON d.document_id = a.document_id AND d.batch_id = a.batch_id
LEFT JOIN known AS k ON k.article_id = a.article_id
WHERE a.batch_id = $batch_id AND d.outcome = 'staged'
