"""Decide who wrote an article: people by name; an organisation only where nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from tasks.extraction.metadata.structured import (
    Json,
    Structured,
    listed,
    one_line,
    types_of,
)
from tasks.extraction.tree import select, text_of

_MAX_AUTHORS = 10
_MAX_NAME_CHARS = 60
_MAX_WORDS = 6

# How a byline opens in the languages that the desk meets most.
_OPENING = re.compile(
    r"^(?:(?:written|posted|published|reported|words|text|story|article|review|reviewed|guest post|"
    r"geschrieben|verfasst|veröffentlicht|ein beitrag|beitrag|texto|texte|écrit|publié|escrito|"
    r"publicado|scritto|pubblicato|author|authors|autor|autorin|autoren|auteur|autore|door|"
    r"skrevet|skriven|tekst|written and reported)\s*:?\s*)?"
    r"(?:(?:by|von|par|por|di|door|av|af|przez|yazan|oleh)\b\s*:?\s*)?",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|•·]|,|/|\n|\s&\s|\s\+\s|\b(?:and|und|et|y|e|och|og|en|with|mit)\b(?=\s))\s*",
    re.IGNORECASE,
)
_NOISE = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|@\w+|\([^()]*\)|\[[^\[\]]*\]")
_DIGIT = re.compile(r"\d")
_GENERIC = frozenset(
    [
        "admin",
        "administrator",
        "editor",
        "author",
        "authors",
        "staff",
        "guest",
        "redaktion",
        "webmaster",
        "unknown",
        "user",
        "test",
        "anonymous",
        "root",
    ]
)
_BYLINE = etree.XPath(
    "//*[@rel='author' or contains(@class,'author') or contains(@class,'byline')"
    " or contains(@class,'Author') or contains(@class,'Byline') or contains(@id,'author')]"
)
_META_NAMES = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "byl",
    "og:article:author",
    "og:author",
    "twitter:creator_name",
)


def decide_authors(
    structured: Structured, tree: html.HtmlElement, *, site_name: str | None
) -> tuple[tuple[str, ...], str | None]:
    """Return the authors in the page's order and the place they stood in, or ((), None)."""
    fallback: tuple[tuple[str, ...], str] | None = None
    for source, claims in (
        ("json-ld", list(_json_ld_people(structured))),
        ("meta", [text for _, text in structured.meta(*_META_NAMES)][:5]),
        ("microdata", [text for text, _ in structured.items.get("author", ())][:5]),
        ("byline", list(_bylines(tree))),
    ):
        names = people(claims)
        if names:
            return names, source
    return fallback or ((), None)


def people(claims: list[str]) -> tuple[str, ...]:
    """Read people's names out of bylines, each once."""
    seen: dict[str, str] = {}
    for claim in claims:
        text = _NOISE.sub(" ", _OPENING.sub("", claim.strip(), count=1))
        for part in _SPLIT.split(text):
            name = " ".join(part.split()).strip(" .:-–—,")
            if _plausible(name):
                seen.setdefault(name.casefold(), name)
    return tuple(seen.values())[:_MAX_AUTHORS]


def _plausible(name: str) -> bool:
    words = name.split()
    return (
        1 <= len(words) <= _MAX_WORDS
        and 1 < len(name) <= _MAX_NAME_CHARS
        and not _DIGIT.search(name)
        and name.casefold() not in _GENERIC
    )


def _json_ld_people(structured: Structured) -> Iterator[str]:
    if structured.article is None:
        return
    by_id = {n["@id"]: n for n in structured.nodes if isinstance(n.get("@id"), str)}
    for author in listed(structured.article.get("author")):
        node: Json = author
        if isinstance(author, dict) and "name" not in author and isinstance(author.get("@id"), str):
            node = dict(by_id.get(author["@id"], {}))
        if isinstance(node, dict):
            if "Organization" in types_of(node):
                continue
            for name in listed(node.get("name")):
                if text := one_line(name):
                    yield text
        elif text := one_line(node):
            yield text


def _bylines(tree: html.HtmlElement) -> Iterator[str]:
    for element in select(_BYLINE, tree)[:20]:
        text = text_of(element)
        if text and len(text) < _MAX_NAME_CHARS * 2:
            yield text
            return
