"""Extraction from plain text: articles as they are, and dumps of pages with their leftovers.

HTML engines give nothing on plain text, so it has its own path. A dump opens with a date field on
the same line as the text (` date 2024-11-19 The minister said ...`), and a page's first lines may
have been dumped as one; both are cut into lines here, so that cleaning can take whole ones. Nothing
is taken out: that is cleaning's office.
"""

from __future__ import annotations

from datetime import datetime

from tasks.cleaning.characters import control_count, normalise_line, replace_surrogates
from tasks.cleaning.datelines import dated_by_dump, read_dump_head
from tasks.cleaning.leftovers import split_head, told_by
from tasks.model import NO_DATE, Extraction, Reason, Refusal, Stage

EXTRACTOR = "plain 1"
"""Name and version of this path; the version rises when a text would give other lines."""

MAX_CONTROL_SHARE = 0.05
"""Text has no control characters but tabs and line ends. A stray one in twenty is a damaged text;
more is something else that was taken for text."""
_BOM = "\ufeff"


def extract_plain(text: str, *, fetched_at: datetime) -> Extraction | Refusal:
    """Give the lines of a text, and the date, title and site name that a dump's leftovers tell.

    Lines are stripped and not empty. `fetched_at` (aware) is what a stated date must not be far
    ahead of. Refused: a text without a visible character (`empty_body`), and one with more control
    characters than text has (`control_chars`).
    """
    control = control_count(text)
    if control > MAX_CONTROL_SHARE * len(text):
        return _refuse(Reason.CONTROL_CHARS, f"{control} control characters in {len(text)}")
    raw = (line.strip().strip(_BOM).strip() for line in replace_surrogates(text).splitlines())
    lines = [line for line in raw if normalise_line(line)]
    if not lines:
        return _refuse(Reason.EMPTY_BODY, "no visible character in the text")
    published = NO_DATE
    head = read_dump_head(lines[0])
    if head is None:
        lines[:1] = split_head(lines[0])
    else:
        published = dated_by_dump(head, fetched_at=fetched_at)
        lines[:1] = [head.marker, *split_head(head.rest)] if head.rest else [head.marker]
    told = told_by(lines)
    return Extraction(
        text="\n".join(lines),
        extractor=EXTRACTOR,
        title=told.title,
        title_source="dump" if told.title else None,
        published=published,
        site_name=told.site_name,
    )


def _refuse(reason: Reason, detail: str) -> Refusal:
    return Refusal(stage=Stage.EXTRACT, reason=reason, detail=detail)
