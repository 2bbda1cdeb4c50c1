-- How the origins of the web want to be asked, so that the next run is as good a guest.

-- Grain: one origin (scheme, host, port) that was ever asked, written `https://gazette.example`.
-- asked_at: end of the last request. not_before: until when it wished to be left alone
-- (Retry-After), else null. robots: the text of its robots.txt, empty where it has none, null where
-- it never gave an answer that lets anything be asked; robots_at and robots_status are of that
-- answer. Its Crawl-delay stands in that text.
CREATE TABLE ops.origin (
    origin VARCHAR NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    not_before TIMESTAMPTZ,
    robots_at TIMESTAMPTZ,
    robots_status INTEGER,
    robots VARCHAR
);
