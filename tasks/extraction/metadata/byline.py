"""Decide who wrote an article: people by name; an organisation only where nothing else is.

Structured data, meta elements, author links and the line under the headline each name somebody;
they vote, and each is believed as far as such a place proved right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import html

from tasks.extraction.blocks import CLASS_BITS, Block
from tasks.extraction.metadata.names import (
    key_of,
    name_turned,
    names_in_byline,
    names_in_claim,
)
from tasks.extraction.metadata.structured import Json, Structured, listed, one_line, types_of
from tasks.extraction.tree import text_of

_MAX_AUTHORS = 10
_MAX_LINKS = 5

# The share of pages on which such a place, read alone, names the authors, rounded. Organisations
# count far less, so that they win only where nobody else is named.
_WEIGHT = {
    "json-ld": 1.0,
    "meta": 0.8,
    "byline": 0.8,
    "label": 0.8,
    "link": 0.6,
    "microdata": 0.6,
    "byline-class": 0.4,
    "article-author": 0.4,
    "json-ld-person": 0.4,
    "json-ld-organization": 0.15,
}
_ORGANIZATION_SHARE = 0.2  # of the weight, for a claim that is the site's own name
_PARTIAL_SHARE = 0.5  # of the weight, for a claim that shares some of the names

_META_NAMES = (
    "author", "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator",
    "dcterms.creator", "citation_author", "byl", "og:article:author", "og:author", "creator",
)  # fmt: skip
# These may have the surname first, as catalogues do (inclusion guidelines of Google Scholar, user
# guide of Dublin Core).
_CATALOGUE_NAMES = frozenset(["citation_author", "dc.creator", "dcterms.creator"])
# Card labels that say the value beside them is the author, as the large blog system writes them.
_AUTHOR_LABEL = re.compile(
    r"written|author|verfasst|geschrieben|escrito|écrit|scritto|geschreven|autor|skriv|napisane|yaz",
    re.IGNORECASE,
)
_AUTHOR_PATH = re.compile(r"/(?:authors?|autor(?:en|es)?|auteurs?|autore|by|redakteur|journalist)/")
_NEAR_PLACES = (1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3)
_MAX_BYLINE_CHARS = 150


def decide_authors(
    structured: Structured,
    tree: html.HtmlElement,
    blocks: Sequence[Block],
    *,
    heading: int | None,
    site_name: str | None,
) -> tuple[tuple[str, ...], str | None]:
    """Return the authors in the page's order and the place they stood in, or ((), None).

    `heading` is the place of the headline among `blocks`, if it stands there.
    """
    claims = [
        (source, names[:_MAX_AUTHORS])
        for source, names in _claims(structured, tree, blocks, heading)
        if names
    ]
    site = key_of(site_name or "")
    best: tuple[float, str, tuple[str, ...]] | None = None
    for source, names in claims:
        wanted = frozenset(key_of(n) for n in names)
        score = 0.0
        for other, others in claims:
            found = frozenset(key_of(n) for n in others)
            share = 1.0 if found == wanted else _PARTIAL_SHARE if found & wanted else 0.0
            score += share * _WEIGHT[other]
        score += _WEIGHT[source] / 10  # among equals, the more trusted place gives the wording
        if wanted <= {site}:
            score *= _ORGANIZATION_SHARE
        if best is None or score > best[0]:
            best = (score, source, names)
    return (best[2], best[1]) if best is not None else ((), None)


def _claims(
    structured: Structured, tree: html.HtmlElement, blocks: Sequence[Block], heading: int | None
) -> Iterator[tuple[str, tuple[str, ...]]]:
    people, organizations = _json_ld_authors(structured)
    yield "json-ld", names_in_claim(people)
    yield "json-ld-organization", names_in_claim(organizations)
    persons = [one_line(n.get("name")) for n in structured.nodes if "Person" in types_of(n)]
    yield "json-ld-person", names_in_claim(persons[:1])
    for name in _META_NAMES:
        contents = structured.metas.get(name)
        if contents:
            turned = map(name_turned, contents) if name in _CATALOGUE_NAMES else contents
            yield "meta", names_in_claim(turned)
            break
    yield "article-author", names_in_claim(structured.metas.get("article:author", []))
    for number in ("1", "2"):
        label = " ".join(structured.metas.get(f"twitter:label{number}", []))
        if _AUTHOR_LABEL.search(label):
            yield "label", names_in_claim(structured.metas.get(f"twitter:data{number}", []))
            break
    yield "microdata", names_in_claim(_microdata_authors(structured))
    yield "link", names_in_claim(_linked_authors(tree))
    yield from _visible(blocks, heading)


def _json_ld_authors(structured: Structured) -> tuple[list[str], list[str]]:
    """List the names of people, and of organisations, that the article's node credits."""
    people: list[str] = []
    organizations: list[str] = []
    if structured.article is None:
        return people, organizations
    by_id = {n["@id"]: n for n in structured.nodes if isinstance(n.get("@id"), str)}
    for author in listed(structured.article.get("author") or structured.article.get("creator")):
        node: Json | Mapping[str, Json] = author
        if isinstance(author, dict) and "name" not in author and isinstance(author.get("@id"), str):
            node = by_id.get(author["@id"], author)
        if not isinstance(node, Mapping):
            people.append(one_line(node))
            continue
        names = [one_line(n) for n in listed(node.get("name"))]
        if not any(names) and isinstance(node.get("familyName"), str):
            names = [f"{one_line(node.get('givenName'))} {one_line(node['familyName'])}"]
        is_organization = any(t.endswith("Organization") for t in types_of(node))
        (organizations if is_organization else people).extend(names)
    return people, organizations


def _microdata_authors(structured: Structured) -> list[str]:
    """List the names inside an author's scope, else what the author property holds."""
    inner = [
        text
        for text, element in structured.items.get("name", ())
        if any("author" in (a.get("itemprop") or "") for a in element.iterancestors())
    ]
    return inner or [text for text, _ in structured.items.get("author", ())][:_MAX_LINKS]


def _linked_authors(tree: html.HtmlElement) -> list[str]:
    """List the texts of links marked as the author's; else of the first to an author's page."""
    marked: list[str] = []
    by_path: list[str] = []
    for link in tree.iter("a"):
        if "author" in (link.get("rel") or "").split():
            marked.append(text_of(link))
        elif not by_path and _AUTHOR_PATH.search((link.get("href") or "").lower()):
            text = text_of(link)
            if text:
                by_path.append(text)
    return marked[:1] or by_path


def _visible(blocks: Sequence[Block], heading: int | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield who the lines around the headline name."""
    if heading is None:
        return
    opened = marked = False
    for offset in _NEAR_PLACES:
        place = heading + offset
        if not 0 <= place < len(blocks) or len(blocks[place].text) > _MAX_BYLINE_CHARS:
            continue
        block = blocks[place]
        follows = blocks[place + 1].text if place + 1 < len(blocks) else ""
        names = names_in_byline(block.text, follows=follows)
        if names and not opened:
            opened = True
            yield "byline", names
        elif not names and not marked and block.own & CLASS_BITS["byline"]:
            names = names_in_byline(block.text, follows="", opened=True)
            if names and len(names[0].split()) > 1:
                marked = True
                yield "byline-class", names
