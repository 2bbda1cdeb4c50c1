"""Decide when a page was published and changed, inventing nothing.

The day is the one that the page states in its own zone; an instant only where the page gives a
time and a zone that exist. What no calendar has, or lies more than two days after the fetch, is
flagged and not guessed around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from htmldate import find_date
from lxml import etree, html

from tasks.extraction.metadata.structured import Structured, one_line
from tasks.model import NO_DATE, Dated

_EARLIEST_YEAR = 1995  # before that, no page was published on the web
_TOLERANCE = timedelta(hours=48)

_ISO = re.compile(
    r"^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "og:published_time",
    "date.published",
    "publish-date",
    "publish_date",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "citation_publication_date",
    "citation_date",
    "pubdate",
    "date",
    "dc.date",
    "dcterms.date",
    "rnews:datepublished",
    "cxenseparse:recs:publishtime",
    "originalpublicationdate",
)
_MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "revised",
)
_URL_DAY = re.compile(r"/((?:19|20)\d{2})[-/_.]?(\d{2})[-/_.]?(\d{2})(?=[/_.-]|$)")
_TIMES = etree.XPath("//time[@datetime]")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A date as one place states it: a day, perhaps an instant, or nothing any calendar has."""

    on: date | None
    at: datetime | None
    source: str


def decide_published(
    structured: Structured, tree: html.HtmlElement, *, url: str | None, fetched_at: datetime
) -> Dated:
    """Return the publication date, `NO_DATE` where the page states none.

    Where the only dates stated are impossible or in the future, `flag` says so.
    """
    latest = fetched_at + _TOLERANCE
    flag: Dated | None = None
    for stated in _published_claims(structured, tree, url):
        if stated.on is None:
            flag = flag or Dated(on=None, at=None, source=stated.source, flag="invalid")
        elif _after(stated, latest):
            flag = flag or Dated(on=None, at=None, source=stated.source, flag="future")
        else:
            return Dated(on=stated.on, at=stated.at, source=stated.source)
    if flag is not None:
        return flag
    return _searched(tree, url=url, latest=latest)


def decide_modified(structured: Structured, *, fetched_at: datetime) -> datetime | None:
    """Return the instant of the last change as the page states it, or None."""
    claims: list[tuple[str, str]] = []
    if structured.article is not None:
        claims.append(("json-ld", one_line(structured.article.get("dateModified"))))
    claims += [("meta", text) for _, text in structured.meta(*_MODIFIED_META)]
    for source, text in claims:
        stated = read_date(text, source=source)
        if stated is not None and stated.at and stated.at <= fetched_at + _TOLERANCE:
            return stated.at
    return None


def parse_stated(text: str | None, *, source: str, fetched_at: datetime) -> Dated | None:
    """Judge one stated date, a record's field say; None where `text` is no date at all."""
    stated = read_date(text or "", source=source)
    if stated is None:
        return None
    if stated.on is None:
        return Dated(on=None, at=None, source=source, flag="invalid")
    if _after(stated, fetched_at + _TOLERANCE):
        return Dated(on=None, at=None, source=source, flag="future")
    return Dated(on=stated.on, at=stated.at, source=source)


def read_date(text: str, *, source: str) -> _Stated | None:
    """Read a machine-made date; None where `text` is none, `on` None where no calendar has it."""
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day = (int(g) for g in match.group(1, 2, 3))
    if year < _EARLIEST_YEAR:
        return None
    try:
        on = date(year, month, day)
    except ValueError:
        return _Stated(None, None, source)
    return _Stated(on, _instant(on, match), source)


def _instant(on: date, match: re.Match[str]) -> datetime | None:
    hour, minute, second, zone = match.group(4, 5, 6, 7)
    if hour is None or zone is None:
        return None
    digits = zone.replace(":", "").upper()
    offset = "+00:00" if digits in ("Z", "UTC", "GMT") else f"{digits[:3]}:{digits[3:] or '00'}"
    try:
        stated = datetime.fromisoformat(
            f"{on.isoformat()}T{int(hour):02}:{minute}:{second or '00'}{offset}"
        )
        far = abs(stated.utcoffset() or timedelta()) > timedelta(hours=14)
        return None if far else stated.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _after(stated: _Stated, latest: datetime) -> bool:
    if stated.at is not None:
        return stated.at > latest
    return stated.on is not None and stated.on > latest.date()


def _published_claims(
    structured: Structured, tree: html.HtmlElement, url: str | None
) -> Iterator[_Stated]:
    claims: list[tuple[str, str]] = []
    if structured.article is not None:
        for name in ("datePublished", "dateCreated"):
            claims.append(("json-ld", one_line(structured.article.get(name))))
    claims += [("meta", text) for _, text in structured.meta(*_PUBLISHED_META)]
    claims += [("microdata", text) for text, _ in structured.items.get("datepublished", ())]
    for source, text in claims:
        if text and (stated := read_date(text, source=source)) is not None:
            yield stated


def _searched(tree: html.HtmlElement, *, url: str | None, latest: datetime) -> Dated:
    """Search the page's text and address by htmldate, and believe only a day that stands there."""
    try:
        found = find_date(tree, url=url, max_date=latest.replace(tzinfo=None))
        on = date.fromisoformat(found) if found else None
    except (ValueError, OverflowError, TypeError, AttributeError):
        return NO_DATE
    return Dated(on=on, at=None, source="htmldate") if on else NO_DATE
