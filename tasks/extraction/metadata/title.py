"""Decide the headline by agreement between the places that claim one.

A page states its headline up to six times (JSON-LD, OpenGraph, <title>, headings, ...), most of
them with the site's name or a section hung on. Parts that are the site's name are cut first;
then the wording that most places support wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml import html

from tasks.cleaning.words import word_count
from tasks.extraction.metadata.site import host_label
from tasks.extraction.metadata.structured import Structured, one_line, types_of

# Between a headline and what is hung on it. A hyphen needs blanks, or it is part of a word.
_SEPARATOR = re.compile(
    r"\s+[|\u2016\u2502\u2013\u2014\u2015\u2022\u00b7\u00bb\u00ab~:-]+\s+|\s*[|\u2502]\s*|\s+::\s+"
)
_BAR = re.compile(r"\s+[|\u2502]\s+")
_WORD = re.compile(r"\w+")
_FRONT_PAGE = re.compile(r"\s*(?:(?:https?:)?//[^/?#]{1,253}/?|/)(?:index\.\w{3,5})?\s*")
_MAX_TITLE_CHARS = 300

# How far one place is believed. Readers see the heading, so it outweighs two of the places that
# are written for machines; <title>, OpenGraph and Twitter are mostly copies of one another.
_WEIGHT = {
    "h1": 2.0,
    "json-ld": 1.1,
    "microdata": 1.1,
    "og": 1.0,
    "title": 0.8,
    "meta": 0.7,
    "twitter": 0.4,
}
# News publishers write the JSON-LD of their articles with care; others leave it to a plug-in.
_NEWS_TYPES = frozenset({"NewsArticle", "ReportageNewsArticle", "OpinionNewsArticle"})
_NEWS_BONUS = 0.6
# A heading that shares less than this of its words with any other claim is a slogan or a label;
# it keeps this weight if it is a sentence, half of it if it is not.
_LEAST_LIKENESS = 0.3
_UNLIKE_WEIGHT = 0.5
_SENTENCE_WORDS = 4
_META_NAMES = (
    "citation_title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "headline",
)


def decide_title(
    structured: Structured, *, site_name: str | None, url: str | None
) -> tuple[str | None, str | None]:
    """Return the headline and the place whose wording it is, or (None, None).

    The site's name and sections are cut; the wording stays as the page has it.
    """
    names = [n for n in (site_name, host_label(url)) if n]
    site_keys = {key(n) for n in names}
    claims = [(s, t) for s, t in _claims(structured) if 1 < len(t) <= _MAX_TITLE_CHARS]
    headings = [
        text
        for text, element in structured.headings
        if len(text) <= _MAX_TITLE_CHARS and key(text) not in site_keys and not _leads_home(element)
    ]
    weight = dict(_WEIGHT)
    if structured.article is not None and _NEWS_TYPES & set(types_of(structured.article)):
        weight["json-ld"] += _NEWS_BONUS
    known = {key(text) for _, text in claims} | {key(text) for text in headings}
    if headings:
        others = [text for _, text in claims if len(key(text).split()) > 1]
        heading = max(headings, key=lambda h: _likeness(h, others))
        if others and _likeness(heading, others) < _LEAST_LIKENESS:
            is_sentence = len(key(heading).split()) >= _SENTENCE_WORDS
            weight["h1"] = _UNLIKE_WEIGHT if is_sentence else _UNLIKE_WEIGHT / 2
        claims.append(("h1", heading))
    forms = [(source, cut_site(text, names=names, known=known)) for source, text in claims]
    forms = [(s, t) for s, t in forms if key(t) and key(t) not in site_keys] or forms
    score: dict[str, float] = {}
    for source, text in forms:
        score[key(text)] = score.get(key(text), 0.0) + weight[source]
    if not score:
        return None, None
    best = max(score, key=lambda k: score[k])
    return next(
        (text, source)
        for source, text in sorted(forms, key=lambda f: -weight[f[0]])
        if key(text) == best
    )


def _leads_home(heading: html.HtmlElement) -> bool:
    """Say whether a heading is a link to the front page: then it is the site's name."""
    return any(_FRONT_PAGE.fullmatch(link.get("href") or "") for link in heading.iter("a"))


def _likeness(text: str, others: Sequence[str]) -> float:
    """Measure the largest share of words, of the shorter, that `text` has in common with one."""
    words = set(key(text).split())
    shares = [0.0]
    for other in others:
        theirs = set(key(other).split())
        shares.append(len(words & theirs) / max(1, min(len(words), len(theirs))))
    return max(shares)


def key(text: str) -> str:
    """Reduce a title to its words, for comparing."""
    return " ".join(_WORD.findall(text.casefold()))


def cut_site(text: str, *, names: Iterable[str], known: set[str]) -> str:
    """Cut parts that are the site's name, or whose rest another place gives as the title."""
    wanted = [key(n).replace(" ", "") for n in names]
    parts = list(_SEPARATOR.finditer(text))
    if not parts:
        return text
    for match in parts:  # the shortest head that stands elsewhere on its own
        head, tail = text[: match.start()], text[match.end() :]
        if key(head) in known and key(head):
            return head
        if key(tail) in known and key(tail) and _names_site(head, wanted):
            return tail
    while (parts := list(_SEPARATOR.finditer(text))) and _names_site(
        text[parts[-1].end() :], wanted
    ):
        text = text[: parts[-1].start()]
    while (parts := list(_SEPARATOR.finditer(text))) and _names_site(
        text[: parts[0].start()], wanted
    ):
        text = text[parts[0].end() :]
    return _before_the_bar(text.strip())


def _before_the_bar(text: str) -> str:
    """Cut what follows a bar: sentences hold dashes, and no bars.

    A head of a few words may be a kicker or a section.
    """
    head, *rest = _BAR.split(text, maxsplit=1)
    return head if rest and word_count(head) >= _SENTENCE_WORDS else text


def _names_site(part: str, wanted: list[str]) -> bool:
    bare = key(part).replace(" ", "")
    return bool(bare) and any(
        bare == w or (len(w) > 3 and len(bare) > 3 and (w in bare or bare in w)) for w in wanted
    )


def _claims(structured: Structured) -> Iterator[tuple[str, str]]:
    if structured.article is not None:
        for field in ("headline", "name"):
            if text := one_line(structured.article.get(field)):
                yield "json-ld", text
                break
    for _, text in structured.meta("og:title"):
        yield "og", text
        break
    for text, _element in structured.items.get("headline", ())[:1]:
        yield "microdata", text
    if structured.title_tag:
        yield "title", structured.title_tag
    for _, text in structured.meta(*_META_NAMES):
        yield "meta", text
        break
    for _, text in structured.meta("twitter:title"):
        yield "twitter", text
        break
