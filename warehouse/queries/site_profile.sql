-- What each site of a staged batch looks like. Grain: site; '' for documents of no site, '*' for
-- the whole batch (whose repeated lines are not sought: sites share lines by right).
-- A line is repeated where it stands on three pages of its site and on a fifth of them; it is new
-- where no published batch of the site had it among its repeated lines.
-- Parameters: batch_id; document_ids and reasons, what the row checks refuse (lists of one length).
CREATE OR REPLACE TEMP TABLE staged_site AS
WITH batch AS (
    SELECT
        b.batch_id,
        b.sequence AS batch_sequence,
        isodow(b.started_at)::INTEGER AS weekday,
        b.kind <> 'run' AS replayed,
        md5(
            coalesce(json_extract_string(b.options, '$.limit'), '')
            || coalesce((
                SELECT string_agg(regexp_replace(s.locator, '[0-9]+', '#', 'g'), chr(10)
                    ORDER BY regexp_replace(s.locator, '[0-9]+', '#', 'g'))
                FROM ops.batch_source AS s
                WHERE s.batch_id = b.batch_id
            ), '')
        ) AS source_key
    FROM ops.batch AS b
    WHERE b.batch_id = $batch_id
),

failing AS (
    SELECT unnest($document_ids::VARCHAR[]) AS document_id, unnest($reasons::VARCHAR[]) AS reason
),

judged AS MATERIALIZED (
    SELECT
        d.document_id,
        coalesce(d.site, '') AS site,
        CASE WHEN f.document_id IS NULL THEN d.outcome ELSE 'quarantined' END AS outcome,
        coalesce(f.reason, d.reason) AS reason
    FROM staging.document AS d
    LEFT JOIN failing AS f
        ON f.document_id = CASE WHEN d.outcome = 'staged' THEN d.document_id
            WHEN d.outcome IN ('unchanged', 'duplicate') THEN d.twin_of END
    WHERE d.batch_id = $batch_id
),

articles AS MATERIALIZED (
    SELECT
        j.site, a.title, a.published_on, a.authors, a.language, a.text_chars,
        coalesce(a.lines_removed, 0) AS lines_removed,
        length(a.text) - length(replace(a.text, chr(10), '')) + 1 AS lines_kept
    FROM staging.article AS a
    INNER JOIN judged AS j ON j.document_id = a.document_id
    WHERE a.batch_id = $batch_id AND j.outcome = 'staged'
),

lines AS MATERIALIZED (
    SELECT site, position, md5_number_lower(line) AS line, count(*)::INTEGER AS times
    FROM (
        SELECT j.site, a.position, unnest(string_split(a.text, chr(10))) AS line
        FROM staging.article AS a
        INNER JOIN judged AS j ON j.document_id = a.document_id
        WHERE a.batch_id = $batch_id AND j.outcome = 'staged' AND j.site <> ''
    )
    GROUP BY ALL
),

repeated AS MATERIALIZED (
    SELECT l.site, l.line, to_hex(l.line) AS hash, count(*) AS pages
    FROM lines AS l
    INNER JOIN (SELECT site, count(*) AS pages FROM articles GROUP BY site) AS s
        ON s.site = l.site
    GROUP BY l.site, l.line
    HAVING count(*) >= greatest(3, 0.2 * any_value(s.pages))
),

known AS (
    SELECT DISTINCT site, unnest(repeats) AS line
    FROM ops.usual_site_profile
    WHERE site IN (SELECT site FROM repeated) AND batch_id <> $batch_id
),

repeats AS (
    SELECT
        l.site,
        sum(l.times) FILTER (WHERE r.line IS NOT NULL) AS repeated_lines,
        count(DISTINCT l.position) FILTER (WHERE r.line IS NOT NULL AND k.line IS NULL) AS pages
    FROM lines AS l
    LEFT JOIN repeated AS r ON r.site = l.site AND r.line = l.line
    LEFT JOIN known AS k ON k.site = l.site AND k.line = r.hash
    GROUP BY l.site
),

hashes AS (
    SELECT site, list(hash ORDER BY pages DESC, hash)[:200] AS repeats
    FROM repeated
    GROUP BY site
),

counted AS (
    SELECT
        coalesce(site, '*') AS site,
        count(*) AS documents,
        count(*) FILTER (WHERE outcome NOT IN ('unchanged', 'failed')) AS fresh,
        count(*) FILTER (WHERE outcome = 'staged') AS staged,
        count(*) FILTER (
            WHERE outcome = 'quarantined'
                AND reason NOT IN (
                    'unsupported_media_type', 'robots_denied', 'blocked_url', 'other_host'
                )
        ) AS refused,
        count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate
    FROM judged
    GROUP BY GROUPING SETS ((site), ())
),

described AS (
    SELECT
        coalesce(site, '*') AS site,
        median(text_chars) AS median_chars,
        avg((title IS NOT NULL)::INTEGER) AS share_title,
        avg((published_on IS NOT NULL)::INTEGER) AS share_date,
        avg((len(authors) > 0)::INTEGER) AS share_author,
        sum(lines_removed) / sum(lines_removed + lines_kept) AS share_removed,
        sum(lines_kept) AS lines_kept
    FROM articles
    GROUP BY GROUPING SETS ((site), ())
),

reasons AS (
    SELECT site, map(list(reason), list(documents)) AS reasons
    FROM (
        SELECT coalesce(site, '*') AS site, reason, count(*) AS documents
        FROM judged
        WHERE outcome = 'quarantined' AND reason IS NOT NULL
        GROUP BY GROUPING SETS ((site, reason), (reason))
    )
    GROUP BY site
),

languages AS (
    SELECT site, map(list(language), list(articles)) AS languages
    FROM (
        SELECT coalesce(site, '*') AS site, coalesce(language, '') AS language, count(*) AS articles
        FROM articles
        GROUP BY GROUPING SETS ((site, coalesce(language, '')), (coalesce(language, '')))
    )
    GROUP BY site
)

SELECT
    b.batch_id, b.batch_sequence, c.site, b.weekday, b.source_key, b.replayed,
    c.documents, c.fresh, c.staged, c.refused, c.duplicate,
    a.median_chars, a.share_title, a.share_date, a.share_author, a.share_removed,
    CASE WHEN r.site IS NOT NULL
        THEN coalesce(r.repeated_lines, 0) / a.lines_kept END AS share_repeated,
    CASE WHEN r.site IS NOT NULL THEN r.pages / c.staged END AS share_new_repeats,
    q.reasons, l.languages, h.repeats
FROM counted AS c
CROSS JOIN batch AS b
LEFT JOIN described AS a ON a.site = c.site
LEFT JOIN repeats AS r ON r.site = c.site
LEFT JOIN hashes AS h ON h.site = c.site
LEFT JOIN reasons AS q ON q.site = c.site
LEFT JOIN languages AS l ON l.site = c.site
