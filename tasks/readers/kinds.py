"""The names that say how a source is read; light, for settings and the command line."""

from __future__ import annotations

import difflib

from tasks.errors import UsageError
from tasks.readers.web.rules import WEB_KINDS

DOCUMENTS = ("html", "text")
DATA = ("json", "jsonl", "warc", "csv", "parquet", "arrow", "zip", "tar")
URLS, QUERY = "urls", "query"
KINDS: tuple[str, ...] = (*DOCUMENTS, *DATA, URLS, QUERY, *WEB_KINDS)


def known_kind(kind: str) -> str:
    """Return a kind that somebody reads; raises UsageError with the nearest one and all of them."""
    if kind in KINDS:
        return kind
    near = difflib.get_close_matches(kind, KINDS, n=1, cutoff=0.0)[0]
    raise UsageError(
        f"no kind is called {kind}", f"did you mean {near}? There are {', '.join(KINDS)}"
    )
