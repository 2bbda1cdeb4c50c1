-- Contract: one row per taking-in.
CREATE OR REPLACE VIEW main.documents AS
SELECT
    document_id, batch_id, locator, payload_sha256, media_type, payload_bytes, fetched_at,
    outcome, reason, detail, article_id, rules_version
FROM ops.document_state;
