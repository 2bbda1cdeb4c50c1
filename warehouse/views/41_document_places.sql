-- Where a document came from, where it rests, and what decisions make of it. Grain: document.
-- state: for what gave a revision: visible, held, rejected or withdrawn; else null. The stage is the
-- one that refused it; shard_path lies below the home. shows_raw: the page as it arrived may be shown
-- to people: never what a person took back, nor an unchanged document or a duplicate, because what
-- they repeat may be withdrawn. An unchanged document has nothing to say: it is not counted by
-- `number`, the place in its batch from 0, and has no `said`, the signature of what the desk says.
CREATE OR REPLACE VIEW main.document_places AS
SELECT
    document_id, site, state, stage, kind, url, http_status, charset, position, shard_path, batch_id,
    outcome, reason, article_id,
    payload_bytes > 0
    AND CASE outcome
        WHEN 'quarantined' THEN reason IS DISTINCT FROM 'withdrawn'
        WHEN 'failed' THEN true
        ELSE coalesce(state IN ('visible', 'held'), false)
    END AS shows_raw,
    CASE WHEN outcome <> 'unchanged' THEN
        hash(outcome, reason, detail, state, site, article_id, payload_bytes)
    END AS said,
    CASE WHEN outcome <> 'unchanged' THEN
        row_number() OVER (PARTITION BY batch_id, outcome = 'unchanged' ORDER BY position) - 1
    END AS number
FROM ops.document_state;
