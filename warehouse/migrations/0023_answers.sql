-- Which shard keeps what an address answered that became no document, so that an equal body is kept once.

-- Grain: one address (robots.txt, a feed, a sitemap, a home page), with its newest body.
CREATE TABLE ops.answer (
    url VARCHAR NOT NULL,
    payload_sha256 VARCHAR NOT NULL,
    shard_path VARCHAR NOT NULL
);
