-- The ledger: batches, their sources and stages, the documents taken in, and what people decided.
-- No primary keys: uniqueness is proven by the audit, so that the same SQL runs on DuckLake.
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS staging;
CREATE SCHEMA IF NOT EXISTS published;
CREATE SCHEMA IF NOT EXISTS ops;

-- Grain: one batch. gate: what the checks said (null while it runs).
CREATE TABLE ops.batch (
    batch_id VARCHAR NOT NULL,
    sequence BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    gate VARCHAR,
    gate_why VARCHAR,
    rules_version VARCHAR NOT NULL,
    options VARCHAR NOT NULL
);

-- Grain: one source of one batch, as its caller named it. read_at: when it was read to its end.
CREATE TABLE ops.batch_source (
    batch_id VARCHAR NOT NULL,
    source_no INTEGER NOT NULL,
    locator VARCHAR NOT NULL,
    kind VARCHAR,
    name VARCHAR,
    read_at TIMESTAMPTZ,
    error VARCHAR
);

-- Grain: one complete stage of one shard of one batch. taken = given + refused.
CREATE TABLE ops.stage_shard (
    batch_id VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    shard_no INTEGER NOT NULL,
    source_no INTEGER,
    path VARCHAR NOT NULL,
    taken BIGINT NOT NULL,
    given BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    seconds DOUBLE NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL
);

-- Grain: one taking-in, with the outcome the gate gave it. Decisions change what views show of it.
CREATE TABLE raw.document (
    document_id VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL,
    batch_sequence BIGINT NOT NULL,
    position BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    locator VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    url VARCHAR,
    site VARCHAR,
    payload_sha256 VARCHAR,
    payload_bytes BIGINT NOT NULL,
    media_type VARCHAR,
    charset VARCHAR,
    http_status INTEGER,
    fetched_at TIMESTAMPTZ NOT NULL,
    shard_path VARCHAR NOT NULL,
    text_sha256 VARCHAR,
    own_key VARCHAR,
    canonical_key VARCHAR,
    outcome VARCHAR NOT NULL,
    stage VARCHAR,
    reason VARCHAR,
    detail VARCHAR,
    article_id VARCHAR,
    rules_version VARCHAR NOT NULL
);

-- Grain: one person's decision. Exactly one of batch_id (with or without site) and article_id is set,
-- but for discarded documents, which are named by document_id.
CREATE TABLE ops.decision (
    sequence BIGINT NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    verb VARCHAR NOT NULL,
    batch_id VARCHAR,
    site VARCHAR,
    article_id VARCHAR,
    document_id VARCHAR,
    why VARCHAR NOT NULL,
    user_name VARCHAR NOT NULL
);

-- Grain: one expectation of one batch.
CREATE TABLE ops.check_result (
    batch_id VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL,
    column_name VARCHAR,
    severity VARCHAR NOT NULL,
    success BOOLEAN NOT NULL,
    evaluated_count BIGINT NOT NULL,
    unexpected_count BIGINT NOT NULL,
    observed VARCHAR,
    details VARCHAR
);
