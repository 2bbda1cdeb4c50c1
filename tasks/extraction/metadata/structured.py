"""Everything a page says about itself to machines, gathered in one walk.

JSON-LD, OpenGraph and other meta elements, microdata, links, headings: candidates only. The
modules beside this one decide each field by comparing them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from tasks.extraction.tree import select, text_of

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Node: TypeAlias = Mapping[str, Json]

# Pages with more than this in one script or one element hold data, not a description of themselves.
_MAX_JSON_CHARS = 1_000_000
_MAX_NODES = 2_000
_MAX_VALUES = 20
_MAX_VALUE_CHARS = 2_000

_TAGS = re.compile(r"<[^<>]{1,200}>")
_PARAGRAPH = re.compile(r"</?(?:p|div|br|li|h[1-6]|blockquote)\b[^<>]{0,200}>", re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
# What hides a script from old browsers, also as Drupal writes it, which nests both ways.
_WRAPPER = re.compile(
    r"^\s*(?://)?\s*(?:<!--//--><!\[CDATA\[//\s*><!--|<!--|<!\[CDATA\[)"
    r"|(?://)?\s*(?:--><!\]\]>|-->|\]\]>)\s*;?\s*$|;\s*$"
)
_RESERVED_IDS = frozenset({"@graph", "mainEntity", "mainEntityOfPage"})

_ARTICLE_TYPE = re.compile(r"(?:article|posting|report|reportage|review|opinion|recipe)$", re.I)
_ITEMS = etree.XPath("//*[@itemprop]")


@dataclass(frozen=True, slots=True)
class Structured:
    """Candidates as found, in document order.

    `metas` maps the lower-case name, property or itemprop of a meta element to its contents.
    `items` maps a microdata property (lower case) to its values outside meta elements, each with
    its element. `nodes` are all JSON-LD nodes, `article` the one that describes this page.
    """

    metas: Mapping[str, list[str]]
    items: Mapping[str, list[tuple[str, html.HtmlElement]]]
    nodes: tuple[Node, ...]
    article: Node | None
    title_tag: str | None
    headings: tuple[tuple[str, html.HtmlElement], ...]
    canonical: str | None
    language: str | None
    base: str | None
    links: Mapping[str, list[str]] = field(default_factory=dict)

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """Yield (name, content) for the given names, in the order asked for."""
        for name in names:
            for content in self.metas.get(name, ()):
                yield name, content


def gather(tree: html.HtmlElement, *, url: str | None) -> Structured:
    """Collect what `tree` says about itself; `url` is where it came from, if known."""
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = one_line(element.get("content"))
        if not content:
            continue
        for attribute in ("property", "name", "itemprop"):
            for name in (element.get(attribute) or "").lower().split():
                values = metas.setdefault(name, [])
                if len(values) < _MAX_VALUES and content not in values:
                    values.append(content)
    links: dict[str, list[str]] = {}
    for element in tree.iter("link"):
        href = (element.get("href") or "").strip()
        if href:
            for relation in (element.get("rel") or "").lower().split():
                values = links.setdefault(relation, [])
                if len(values) < _MAX_VALUES:
                    values.append(href)
    title = tree.find(".//head//title")
    if title is None:
        title = next((t for t in tree.iter("title") if not _in_drawing(t)), None)
    headings = tuple(
        (text, h)
        for _, h in zip(range(_MAX_VALUES), tree.iter("h1"), strict=False)
        if (text := text_of(h)) and len(text) < _MAX_VALUE_CHARS
    )
    base = next((b.get("href") for b in tree.iter("base") if b.get("href")), None)
    nodes = tuple(_json_ld(tree))
    canonical = next(iter(links.get("canonical", ())), None)
    title_text = text_of(title) if title is not None else None
    hints = [canonical, *metas.get("og:url", ()), url]
    names = [*metas.get("og:title", ()), title_text or "", *(t for t, _ in headings)]
    return Structured(
        metas=metas,
        items=_microdata(tree),
        nodes=nodes,
        article=_page_article(nodes, [h for h in hints if h], [n for n in names if n]),
        title_tag=title_text,
        headings=headings,
        canonical=canonical,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        base=base,
        links=links,
    )


def one_line(value: Json) -> str:
    """Make a string of a claimed value: entities resolved, tags and excess blanks dropped."""
    if not isinstance(value, str):
        return ""
    text = value[:_MAX_VALUE_CHARS]
    if "&" in text:
        text = unescape(text)
        if "&" in text:  # escaped twice, as many templates do
            text = unescape(text)
    if "<" in text:
        text = _TAGS.sub(" ", text)
    return " ".join(text.split())


def listed(value: Json) -> list[Json]:
    """See one value, several or none as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def types_of(node: Node) -> list[str]:
    """List the schema.org types of a node without their vocabulary's address."""
    return [t.rsplit("/", 1)[-1] for t in listed(node.get("@type")) if isinstance(t, str)]


def is_article(node: Node) -> bool:
    """Say whether a node describes something with a headline and a body."""
    return any(_ARTICLE_TYPE.search(t) for t in types_of(node))


def article_body(structured: Structured) -> str | None:
    """Return the longest article text that structured data holds, one paragraph a line, or None."""
    bodies = [b for n in structured.nodes if isinstance(b := n.get("articleBody"), str)]
    if not bodies:
        return None
    text = unescape(max(bodies, key=len))
    if "<" in text:
        text = unescape(_TAGS.sub("", _PARAGRAPH.sub("\n", text)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or None


def absolute(link: str | None, *, structured: Structured, url: str | None) -> str | None:
    """Resolve a link of the page to http(s), or None where that cannot be done."""
    if not link:
        return None
    anchors = [structured.base, url, *structured.metas.get("og:url", ())]
    candidates = [link, *(a for a in anchors if a)]
    try:
        resolved = "https:" + link if link.startswith("//") else link
        for anchor in candidates[1:]:
            if urlsplit(resolved).scheme:
                break
            resolved = urljoin(anchor, resolved)
        parts = urlsplit(resolved)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in resolved:
        return None
    return resolved


def _in_drawing(element: html.HtmlElement) -> bool:
    return any(a.tag == "svg" for a in element.iterancestors())


def _json_ld(tree: html.HtmlElement) -> Iterator[Node]:
    left = _MAX_NODES
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = script.text or ""
        if not source or len(source) > _MAX_JSON_CHARS:
            continue
        for node in _walk(_loads(source), 0):
            yield node
            left -= 1
            if left == 0:
                return


def _loads(source: str) -> Json:
    """Read JSON as leniently as search engines do; None where nothing helps."""
    for text in (source, _TRAILING_COMMA.sub("", _WRAPPER.sub("", source.strip()))):
        try:
            value: Json = json.loads(text, strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue
        return value
    return None


def _walk(value: Json, depth: int) -> Iterator[Node]:
    """Yield nodes from the top down; authors and publishers stay inside their articles."""
    if depth > 4:
        return
    for item in listed(value):
        if isinstance(item, dict):
            if "@type" in item or "@id" in item:
                yield item
            for key in _RESERVED_IDS:
                if isinstance(item.get(key), (dict, list)):
                    yield from _walk(item[key], depth + 1)
        elif isinstance(item, list):
            yield from _walk(item, depth + 1)


def _microdata(tree: html.HtmlElement) -> dict[str, list[tuple[str, html.HtmlElement]]]:
    items: dict[str, list[tuple[str, html.HtmlElement]]] = {}
    for element in select(_ITEMS, tree)[:_MAX_NODES]:
        if element.tag == "meta":
            continue
        for name in (element.get("itemprop") or "").lower().split():
            values = items.setdefault(name, [])
            if len(values) >= _MAX_VALUES or name == "articlebody":
                continue
            value = one_line(element.get("content") or element.get("datetime")) or text_of(element)
            if value and len(value) < _MAX_VALUE_CHARS:
                values.append((value, element))
    return items


def _page_article(nodes: tuple[Node, ...], urls: list[str], names: list[str]) -> Node | None:
    """Choose the article node that is about this page, not one that the page links to."""
    articles = [n for n in nodes if is_article(n)]
    if len(articles) < 2:
        return articles[0] if articles else None
    wanted = {_bare(u) for u in urls}
    titles = {_key(n) for n in names}

    def score(node: Node) -> tuple[int, int, int]:
        claimed = [node.get("url"), node.get("@id")]
        for page in listed(node.get("mainEntityOfPage")):
            claimed.append(page.get("@id") or page.get("url") if isinstance(page, dict) else page)
        same_url = any(isinstance(c, str) and _bare(c) in wanted for c in claimed)
        headline = _key(one_line(node.get("headline") or node.get("name")))
        same_title = bool(headline) and any(headline in t or t in headline for t in titles if t)
        return (same_title, same_url, "datePublished" in node)

    return max(articles, key=score)


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[#?].*$|/+$", "", url.strip().lower())


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
