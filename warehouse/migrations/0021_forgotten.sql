-- What a person's right or a court had erased for good: ids, hashes and times, and nothing else.

-- Grain: one document that was erased. Its place, payload and text are not taken in again.
-- erased_at: when the last file that held any of it was rewritten; null while that is to be done.
CREATE TABLE ops.forgotten (
    document_id VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL,
    article_id VARCHAR,
    place VARCHAR NOT NULL,
    payload_sha256 VARCHAR,
    text_sha256 VARCHAR,
    shard_path VARCHAR NOT NULL,
    asked_document_id VARCHAR NOT NULL,
    forgotten_at TIMESTAMPTZ NOT NULL,
    erased_at TIMESTAMPTZ
);
