-- Where a document came from, where it rests, and what decisions make of it. Grain: document.
-- state: for what gave a revision: visible, held, rejected or withdrawn; else null. The stage is the
-- one that refused it; shard_path lies below the home.
CREATE OR REPLACE VIEW main.document_places AS
SELECT
    document_id, site, state, stage, kind, url, http_status, charset, position, shard_path, batch_id
FROM ops.document_state;
