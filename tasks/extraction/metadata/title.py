"""Decide the headline by agreement between the places that claim one.

A page states its headline up to six times (JSON-LD, OpenGraph, <title>, headings, ...), most of
them with the site's name or a section hung on. Parts that are the site's name are cut first;
then the wording that most places support wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tasks.extraction.metadata.site import host_label
from tasks.extraction.metadata.structured import Structured, one_line

# Between a headline and what is hung on it. A hyphen needs blanks, or it is part of a word.
_SEPARATOR = re.compile(
    r"\s+[|\u2016\u2502\u2013\u2014\u2015\u2022\u00b7\u00bb\u00ab~:-]+\s+|\s*[|\u2502]\s*|\s+::\s+"
)
_WORD = re.compile(r"\w+")
_MAX_TITLE_CHARS = 300

# How far one place alone is believed: headings are what the reader sees, the other places are
# written for machines and carry more decoration.
_WEIGHT = {
    "json-ld": 1.1,
    "og": 1.0,
    "h1": 1.2,
    "title": 0.8,
    "meta": 0.7,
    "microdata": 1.1,
    "twitter": 0.4,
}
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
    candidates = [
        (source, text)
        for source, text in _candidates(structured)
        if 1 < len(text) <= _MAX_TITLE_CHARS
    ]
    if not candidates:
        return None, None
    known = {key(text) for _, text in candidates}
    forms = [(source, cut_site(text, names=names, known=known)) for source, text in candidates]
    site_keys = {key(n) for n in names}
    forms = [(s, t) for s, t in forms if key(t) and key(t) not in site_keys] or forms
    score: dict[str, float] = {}
    for source, text in forms:
        score[key(text)] = score.get(key(text), 0.0) + _WEIGHT[source]
    best = max(score, key=lambda k: score[k])
    for source, text in sorted(forms, key=lambda f: -_WEIGHT[f[0]]):
        if key(text) == best:
            return text, source
    return None, None


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
    return text.strip()


def _names_site(part: str, wanted: list[str]) -> bool:
    bare = key(part).replace(" ", "")
    return bool(bare) and any(
        bare == w or (len(w) > 3 and len(bare) > 3 and (w in bare or bare in w)) for w in wanted
    )


def _candidates(structured: Structured) -> Iterator[tuple[str, str]]:
    if structured.article is not None:
        for field in ("headline", "name"):
            if text := one_line(structured.article.get(field)):
                yield "json-ld", text
                break
    for _, text in structured.meta("og:title"):
        yield "og", text
        break
    for text, _element in structured.headings[:1]:
        yield "h1", text
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
