"""Decide when a page was published and changed, inventing nothing.

A page states its date in up to eight places; they vote. The day is the one that the page states
in its own zone; an instant only where it gives a time and a zone that exist. What no calendar
has, or lies more than two days after the fetch, is flagged and not guessed around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from lxml import html

from tasks.extraction import engine_htmldate
from tasks.extraction.blocks import CLASS_BITS, TAG_BITS, Block, bits_around
from tasks.extraction.metadata.calendar import (
    Stated,
    dates_in,
    first_in,
    may_state_a_date,
    read_one,
)
from tasks.extraction.metadata.structured import Structured, one_line
from tasks.model import NO_DATE, Dated

_TOLERANCE = timedelta(hours=48)
_WIDEST_OFFSET = timedelta(hours=14)

# How far each kind of place is believed, measured as the share of pages whose day it states:
# the line under the headline and the address are written for readers and seldom wrong; one
# structured source alone is often a date of last change, two that agree are not.
_WEIGHT = {
    "json-ld": 1.0,
    "meta": 0.9,
    "microdata": 0.7,
    "json-ld-page": 0.7,
    "time": 0.7,
    "byline": 1.8,
    "near-heading": 0.5,
    "url": 1.5,
}
# The claims whose fault is worth a flag: they say that they are the date of publication.
_EXPLICIT = frozenset({"json-ld", "meta", "microdata", "json-ld-page"})

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished",
    "og:published_time", "date.published", "publish-date", "publish_date", "publication_date",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "citation_publication_date", "citation_date", "pubdate", "date", "dc.date",
    "dcterms.date", "rnews:datepublished", "cxenseparse:recs:publishtime",
    "originalpublicationdate",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified",
    "last-modified", "dcterms.modified", "dc.date.modified", "lastmod", "revised",
)  # fmt: skip
_URL_DAY = re.compile(r"/((?:19|20)\d{2})[-/_.]?(\d{2})[-/_.]?(\d{2})(?=[/_.-]|$)")
# Says that the date beside it is of a change: update, modify, revise, review in several languages.
_CHANGED = re.compile(
    r"updat|modif|aktualis|geändert|actuali|mis à jour|aggiornat|atualiz|review|edited|revis"
    r"|bijgewerkt|oppdatert|opdateret|uppdaterad|zaktualiz|güncel",
    re.IGNORECASE,
)
# Where a byline stands, in blocks after (or before) the headline, and how long it may be.
_BYLINE_PLACES = (1, 2, 3, 4, 5, -1)
_NEAR_PLACES = (*range(6, 15), -2, -3, -4, -5)
_MAX_BYLINE_CHARS = 200
# Where the days of comments, of other stories and of the site itself stand. An aside that names
# its date or author is the article's own.
_OF_OTHERS = TAG_BITS["nav"] | TAG_BITS["footer"] | CLASS_BITS["comment"]
_ASIDE, _BYLINE = TAG_BITS["aside"], CLASS_BITS["byline"]
_SENTENCE = re.compile(r"\w{4,}[.!?。]$")  # no abbreviated month or hour ends it
_FIRST_TIMES = 5  # time elements; those further down belong to comments and teasers


def decide_published(
    structured: Structured,
    tree: html.HtmlElement,
    blocks: Sequence[Block],
    *,
    heading: int | None,
    url: str | None,
    fetched_at: datetime,
) -> Dated:
    """Return the publication date; `NO_DATE` where the page states none.

    `heading` is the place of the headline among `blocks`. Where the only dates stated are
    impossible or in the future, `flag` says so and both values are None. `guessed` marks a day
    that stands on the page without being called its date.
    """
    latest = fetched_at + _TOLERANCE
    claims = list(_claims(structured, tree, blocks, heading=heading, url=url))
    score: dict[date, float] = {}
    for source, stated in claims:
        for day in stated.days:
            if not _after(stated, day, latest):
                share = 1.0 if len(stated.days) == 1 else 0.5
                score[day] = score.get(day, 0.0) + share * _WEIGHT[source]
    sure = {d for _, s in claims for d in s.days if len(s.days) == 1 and not _after(s, d, latest)}
    if sure:
        best = max(score, key=lambda d: (score[d], d in sure))
        return _dated(best, claims)
    for source, stated in claims:
        if source in _EXPLICIT and not stated.days:
            return Dated(on=None, at=None, source=source, flag="invalid")
        if source in _EXPLICIT and all(_after(stated, d, latest) for d in stated.days):
            return Dated(on=None, at=None, source=source, flag="future")
    return _searched(tree, blocks, url=url, latest=latest)


def decide_modified(structured: Structured, *, fetched_at: datetime) -> datetime | None:
    """Return the instant of the last change as the page states it, or None."""
    claims = [text for _, text in structured.meta(*_MODIFIED_META)]
    if structured.article is not None:
        claims.insert(0, one_line(structured.article.get("dateModified")))
    for text in claims:
        stated = read_one(text)
        if stated is not None and stated.at and stated.at <= fetched_at + _TOLERANCE:
            return stated.at
    return None


def parse_stated(text: str | None, *, source: str, fetched_at: datetime) -> Dated | None:
    """Judge one stated date, a record's field say; None where `text` names no single day."""
    stated = read_one(text or "")
    if stated is None or len(stated.days) > 1:
        return None
    if not stated.days:
        return Dated(on=None, at=None, source=source, flag="invalid")
    if _after(stated, stated.days[0], fetched_at + _TOLERANCE):
        return Dated(on=None, at=None, source=source, flag="future")
    return Dated(on=stated.days[0], at=stated.at, source=source)


def _after(stated: Stated, day: date, latest: datetime) -> bool:
    return stated.at > latest if stated.at is not None else day > latest.date()


def _dated(best: date, claims: Sequence[tuple[str, Stated]]) -> Dated:
    """Join the chosen day with the instant that belongs to it: an hour of that day somewhere."""
    source = max((s for s, c in claims if best in c.days), key=lambda s: _WEIGHT[s])
    exact = [c.at for s, c in claims if c.days == (best,) and c.at is not None]
    midnight = datetime.combine(best, datetime.min.time())
    near = [
        c.at
        for s, c in claims
        if s in _EXPLICIT
        and c.at is not None
        and midnight - _WIDEST_OFFSET
        <= c.at.replace(tzinfo=None)
        <= midnight + timedelta(days=1) + _WIDEST_OFFSET
    ]
    return Dated(on=best, at=next(iter(exact or near), None), source=source)


def _claims(
    structured: Structured,
    tree: html.HtmlElement,
    blocks: Sequence[Block],
    *,
    heading: int | None,
    url: str | None,
) -> Iterator[tuple[str, Stated]]:
    """Yield the first date that each kind of place states."""
    texts: dict[str, list[str]] = {
        "meta": [text for _, text in structured.meta(*_PUBLISHED_META)],
        "microdata": [text for text, _ in structured.items.get("datepublished", ())],
        "json-ld-page": [
            one_line(n.get("datePublished"))
            for n in structured.nodes
            if n is not structured.article and "datePublished" in n
        ],
        "time": [
            e.get("datetime") or e.text or ""
            for e in islice(tree.iter("time"), _FIRST_TIMES)
            if not _is_of_others(bits_around(e))
        ],
    }
    if structured.article is not None:
        texts["json-ld"] = [one_line(structured.article.get("datePublished"))]
    for source, places in texts.items():
        found = (read_one(text) for text in places if text)
        if stated := next((s for s in found if s is not None), None):
            yield source, stated
    if (match := _URL_DAY.search(url or "")) and (stated := read_one("-".join(match.groups()))):
        yield "url", stated
    yield from _visible(blocks, heading)


def _visible(blocks: Sequence[Block], heading: int | None) -> Iterator[tuple[str, Stated]]:
    """Yield what stands around the headline, dates of change left out."""
    if heading is None:
        return
    for source, places in (("byline", _BYLINE_PLACES), ("near-heading", _NEAR_PLACES)):
        for offset in places:
            place = heading + offset
            if not 0 <= place < len(blocks):
                continue
            text = blocks[place].text
            if len(text) >= _MAX_BYLINE_CHARS or _CHANGED.search(text):
                continue
            if source == "byline" or _may_date_the_page(blocks[place]):
                stated = first_in(text)
                if stated is not None and stated.days:
                    yield source, stated
                    break


def _searched(
    tree: html.HtmlElement, blocks: Sequence[Block], *, url: str | None, latest: datetime
) -> Dated:
    """Search the whole page, and believe only a day that it states somewhere in full.

    The engine completes what lacks a day or a month with the first; such days are refused
    unless they stand on the page as they are. Where it finds none, the first short line with a day
    counts, one that speaks of a change only where there is no other.
    """
    on = engine_htmldate.search(tree, url=url, latest=latest.date())
    if on is None:
        return _first_in_a_short_line(blocks, latest)
    stated = [
        (claim, block)
        for block in blocks
        if str(on.year) in block.text
        for claim in dates_in(block.text[:2_000])
        if on in claim.days
    ]
    own = [(claim, block.text) for claim, block in stated if not _is_of_others(block.around)]
    if stated and not own:
        return _first_in_a_short_line(blocks, latest)
    if not own and on.day == 1:
        return NO_DATE
    plain = any(s.days == (on,) and not _CHANGED.search(text[:200]) for s, text in own)
    return Dated(on=on, at=None, source="htmldate", flag=None if plain else "guessed")


def _is_of_others(around: int) -> bool:
    return bool(around & _OF_OTHERS) or around & (_ASIDE | _BYLINE) == _ASIDE


def _may_date_the_page(block: Block) -> bool:
    """Say whether a line is no sentence and does not belong to other stories."""
    return not _is_of_others(block.around) and not _SENTENCE.search(block.text)


def _first_in_a_short_line(blocks: Sequence[Block], latest: datetime) -> Dated:
    """Find a line that may be the page's date: no sentence, and nothing of other stories."""
    found = [
        (_CHANGED.search(block.text) is not None, stated)
        for block in blocks
        if len(block.text) < _MAX_BYLINE_CHARS
        and may_state_a_date(block.text)
        and not block.around & CLASS_BITS["related"]
        and _may_date_the_page(block)
        and (stated := first_in(block.text)) is not None
        and len(stated.days) == 1
        and not _after(stated, stated.days[0], latest)
    ]
    if not found:
        return NO_DATE
    changed, stated = min(found, key=lambda line: line[0])
    at = None if changed else stated.at
    return Dated(on=stated.days[0], at=at, source="line", flag="guessed")
