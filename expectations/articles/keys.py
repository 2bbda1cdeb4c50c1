"""What names a row: without it nothing that is said of the row can be trusted."""

from __future__ import annotations

from expectations.check import ROWS_VIEW, condition, present, unique

KEYS = (
    present("document_id_present", "document_id", "hold", "Every row names its document."),
    unique("document_id_unique", "document_id", "hold", "No document is staged twice."),
    present("article_id_present", "article_id", "hold", "Every row names its article."),
    present("locator_present", "locator", "hold", "Every row says where it came from."),
    present("fetched_at_present", "fetched_at", "hold", "Every row says when it was fetched."),
    present("extractor_present", "extractor", "hold", "Every row names its extractor."),
    present("text_sha256_present", "text_sha256", "hold", "Every text has its hash."),
    condition(
        "text_sha256_is_a_hash",
        "text_sha256",
        "hold",
        "The hash of the text is a SHA-256 in hex.",
        fails_when="NOT regexp_full_match(text_sha256, '[0-9a-f]{64}')",
    ),
    condition(
        "text_is_staged_once",
        "text_sha256",
        "quarantine",
        "No two articles of a batch share a text; all but the first are refused.",
        fails_when=f"article_id IS NOT NULL AND text_sha256 || ' ' || article_id NOT IN ("
        f"SELECT text_sha256 || ' ' || min(article_id) FROM {ROWS_VIEW}"
        " WHERE text_sha256 IS NOT NULL AND article_id IS NOT NULL GROUP BY text_sha256)",
    ),
)
