-- How the files of this machine lay there when they were read, so that those that still lie so need
-- no reading.

-- Grain: one file that is a document, at its last reading. state: its size, times and inode, and the
-- kind it was read as, in one word; payload_sha256, payload_bytes: what it held.
CREATE TABLE ops.file (
    place VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    media_type VARCHAR,
    payload_sha256 VARCHAR NOT NULL,
    payload_bytes BIGINT NOT NULL
);
