-- What was asked of the web: the ledger of fetching, and the frontier that listings leave.

-- Grain: one answer to one page, for each key that it goes by (asked, and behind redirects).
-- key: warehouse-wide name of the page, the same for all forms of its URL. reason: why it gave no
-- document, else null.
CREATE TABLE ops.fetch (
    batch_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    http_status INTEGER,
    etag VARCHAR,
    last_modified VARCHAR,
    payload_sha256 VARCHAR,
    reason VARCHAR,
    failed BOOLEAN NOT NULL
);

-- Grain: one feed, sitemap or home page as one batch read it, the newest ones. entries: JSON, a list of
-- {key, url, role, hint, since, changed_at}; those never answered since are the frontier.
CREATE TABLE ops.listing (
    key VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    etag VARCHAR,
    last_modified VARCHAR,
    entries VARCHAR NOT NULL
);
