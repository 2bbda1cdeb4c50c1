"""Refuse in microseconds what would cost a worker minutes.

A page of the open web is seldom over 2 MB or 20,000 tags; the limits here stand far above that
and far below what takes an engine tens of seconds or gigabytes (measured: 200,000 links 14 s and
1 GB, a million line breaks 26 s, a table of 50,000 rows 15 s, 20,000 attributes on one tag 1 s
and quadratic from there).
"""

from __future__ import annotations

import re

from tasks.model import Reason, Refusal, Stage

MAX_CHARS = 10_000_000
MAX_TAGS = 100_000  # opening and closing
MAX_ROWS = 10_000
MAX_ATTRIBUTES = 1_000

# Possessive, so that a near miss costs one pass and no more. Quoted values may hold any bracket.
# What most attributes look like stands first and by itself: a quarter of the time.
_CROWDED_TAG = re.compile(
    r"<[a-zA-Z][\w:-]*+"
    r"(?:[\s/]++[^\s=<>\"'/]++(?:=\"[^\"]*+\"|\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++))?+)"
    rf"{{{MAX_ATTRIBUTES}}}"
)


def out_of_bounds(html: str) -> Refusal | None:
    """Name the bound that a page breaks, or None; costs one scan in C per bound."""
    if len(html) > MAX_CHARS:
        return _refuse(Reason.TOO_LARGE, f"{len(html)} characters, at most {MAX_CHARS}")
    tags = html.count("<")
    if tags > MAX_TAGS:
        return _refuse(Reason.TOO_COMPLEX, f"{tags} tags, at most {MAX_TAGS}")
    # A page with fewer tags than that is not looked through for rows.
    rows = html.count("<tr") + html.count("<TR") if tags > MAX_ROWS else 0
    if rows > MAX_ROWS:
        return _refuse(Reason.TOO_COMPLEX, f"{rows} table rows, at most {MAX_ROWS}")
    if _CROWDED_TAG.search(html):
        return _refuse(Reason.TOO_COMPLEX, f"a tag with over {MAX_ATTRIBUTES} attributes")
    return None


def _refuse(reason: Reason, detail: str) -> Refusal:
    return Refusal(stage=Stage.EXTRACT, reason=reason, detail=detail)
