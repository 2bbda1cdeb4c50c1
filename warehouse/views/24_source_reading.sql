-- How each source of each run that has ended was read. Grain: (batch, source).
-- source: its name, else its locator; so one whose address is mended stays the same.
-- why: why it gave nothing, else null: it could not be read at all, or all that it gave is the refusal
-- of its own address (which is `unchanged` when it comes again). What a person withdrew is no failure.
-- A batch that a defect stopped says nothing of a source that could be read.
CREATE OR REPLACE VIEW ops.source_reading AS
WITH alone AS (
    SELECT batch_id, source_no
    FROM ops.stage_shard
    WHERE stage = 'acquire'
    GROUP BY batch_id, source_no
    HAVING sum(taken) = 1
),

own AS MATERIALIZED (
    SELECT s.batch_id, s.source_no, s.locator, d.place, d.batch_sequence
    FROM ops.batch_source AS s
    INNER JOIN alone AS a ON a.batch_id = s.batch_id AND a.source_no = s.source_no
    INNER JOIN raw.document AS d
        ON d.batch_id = s.batch_id AND rtrim(d.locator, '/') = rtrim(s.locator, '/')
    WHERE d.outcome IN ('quarantined', 'unchanged') AND d.article_id IS NULL
),

refusal AS (
    SELECT place, batch_sequence, reason, detail
    FROM raw.document
    WHERE reason IS NOT NULL AND place IN (SELECT place FROM own)
),

refused AS (
    SELECT
        o.batch_id, o.source_no,
        o.locator || ': ' || r.reason || coalesce(', ' || r.detail, '') AS why
    FROM own AS o
    ASOF INNER JOIN refusal AS r
        ON r.place = o.place AND o.batch_sequence >= r.batch_sequence
    WHERE r.reason <> 'withdrawn'
)

SELECT
    b.sequence, s.batch_id, s.source_no, coalesce(s.name, s.locator) AS source, s.locator, s.read_at,
    coalesce(s.error, r.why) AS why
FROM ops.batch_source AS s
INNER JOIN ops.batch AS b ON b.batch_id = s.batch_id
LEFT JOIN refused AS r ON r.batch_id = s.batch_id AND r.source_no = s.source_no
WHERE b.kind = 'run' AND s.read_at IS NOT NULL AND (b.gate <> 'failed' OR s.error IS NOT NULL);
