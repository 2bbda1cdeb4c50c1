-- What passed or met the gate. Append only: decisions change what the views show, never a row.

-- Grain: one revision of one article. held: the gate kept it for a person.
CREATE TABLE published.article_revision (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    document_id VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL,
    batch_sequence BIGINT NOT NULL,
    held BOOLEAN NOT NULL,
    place VARCHAR NOT NULL,
    own_key VARCHAR NOT NULL,
    canonical_key VARCHAR,
    url VARCHAR,
    canonical_url VARCHAR,
    site VARCHAR,
    site_name VARCHAR,
    title VARCHAR,
    title_source VARCHAR,
    authors VARCHAR[],
    author_source VARCHAR,
    published_at TIMESTAMPTZ,
    published_on DATE,
    date_source VARCHAR,
    date_flag VARCHAR,
    modified_at TIMESTAMPTZ,
    language VARCHAR,
    section VARCHAR,
    tags VARCHAR[],
    image_url VARCHAR,
    text VARCHAR NOT NULL,
    text_sha256 VARCHAR NOT NULL,
    text_chars INTEGER NOT NULL,
    text_words INTEGER NOT NULL,
    extractor VARCHAR NOT NULL,
    rules_version VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL
);

-- Grain: one line taken out of one document that was published, held, quarantined or a duplicate.
CREATE TABLE published.removed_line (
    batch_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    line_no INTEGER,
    text VARCHAR NOT NULL,
    rule VARCHAR NOT NULL
);
