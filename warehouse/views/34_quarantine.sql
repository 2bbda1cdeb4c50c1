-- Contract: one row per refused document still waiting: not discarded or forgotten, and nothing
-- newer that was settled has come from its place; nor what was refused as withdrawn and is released by now.
CREATE OR REPLACE VIEW main.quarantine AS
WITH settled AS (
    SELECT
        d.*,
        row_number() OVER (
            PARTITION BY d.place ORDER BY d.batch_sequence DESC, d.position DESC
        ) AS newest
    FROM raw.document AS d
    WHERE d.outcome NOT IN ('unchanged', 'failed')
)

SELECT
    s.document_id, s.batch_id, s.locator, s.stage, s.reason, s.detail,
    b.finished_at AS quarantined_at
FROM settled AS s
INNER JOIN ops.batch AS b ON b.batch_id = s.batch_id
WHERE s.newest = 1
    AND s.outcome = 'quarantined'
    AND NOT EXISTS (
        SELECT 1 FROM ops.decision AS x WHERE x.document_id = s.document_id AND x.verb = 'discard'
    )
    AND NOT EXISTS (
        SELECT 1
        FROM ops.document_state AS v
        WHERE s.reason = 'withdrawn'
            AND v.place = s.place
            AND v.payload_sha256 = s.payload_sha256
            AND v.state = 'visible'
    )
    AND s.document_id NOT IN (SELECT document_id FROM ops.forgotten);
