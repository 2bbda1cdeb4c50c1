"""The names that say how a source is read; light, for settings and the command line."""

from __future__ import annotations

from tasks.errors import unknown_name
from tasks.readers.web.rules import WEB_KINDS

DOCUMENTS = ("html", "text")
DATA = ("json", "jsonl", "warc", "csv", "parquet", "arrow", "zip", "tar")
URLS, QUERY = "urls", "query"
KINDS: tuple[str, ...] = (*DOCUMENTS, *DATA, URLS, QUERY, *WEB_KINDS)


def known_kind(kind: str) -> str:
    """Return a kind that somebody reads; raises UsageError with the nearest one and all of them."""
    if kind in KINDS:
        return kind
    raise unknown_name("kind", kind, KINDS)
