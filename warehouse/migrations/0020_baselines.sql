-- What each site of each batch looked like: the history that later batches are compared with.

-- Grain: (batch, site). site: '' for documents of no site, '*' for the whole batch. fresh: documents
-- neither unchanged nor failed; refused leaves out what is no fault of a page. source_key: equal for
-- batches that read the same sources, numbers in their names aside (dated folders). Shares are of
-- staged articles, but share_removed and share_repeated: of lines. repeats: hashes of the lines that
-- stand on several pages of the site in this batch, never their text. held: as the gate left it.
CREATE TABLE ops.site_profile (
    batch_id VARCHAR NOT NULL,
    batch_sequence BIGINT NOT NULL,
    site VARCHAR NOT NULL,
    weekday INTEGER NOT NULL,
    source_key VARCHAR NOT NULL,
    replayed BOOLEAN NOT NULL,
    held BOOLEAN NOT NULL,
    documents BIGINT NOT NULL,
    fresh BIGINT NOT NULL,
    staged BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    median_chars DOUBLE,
    share_title DOUBLE,
    share_date DOUBLE,
    share_author DOUBLE,
    share_removed DOUBLE,
    share_repeated DOUBLE,
    share_new_repeats DOUBLE,
    reasons MAP(VARCHAR, BIGINT),
    languages MAP(VARCHAR, BIGINT),
    repeats VARCHAR[]
);
