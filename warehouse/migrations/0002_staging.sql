-- What one batch brings, before the gate. Emptied when the batch is published or held.

-- Grain: one document of the batch, with what deduping says of it: verdict is staged, unchanged,
-- duplicate, quarantined or failed; twin_of is the document of this batch whose text it repeats.
CREATE TABLE staging.document AS
SELECT *, NULL::VARCHAR AS twin_of FROM raw.document WHERE false;

-- Grain: one article that asks to be published. Columns as in tasks.model.Article, and its ids.
CREATE TABLE staging.article (
    batch_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    article_id VARCHAR,
    locator VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    url VARCHAR,
    canonical_url VARCHAR,
    canonical_key VARCHAR,
    own_key VARCHAR NOT NULL,
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
    text VARCHAR,
    text_sha256 VARCHAR,
    text_chars INTEGER,
    text_words INTEGER,
    lines_removed INTEGER,
    extractor VARCHAR
);

-- Grain: one line taken out of one document.
CREATE TABLE staging.removed_line (
    batch_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    line_no INTEGER,
    text VARCHAR NOT NULL,
    rule VARCHAR NOT NULL
);
