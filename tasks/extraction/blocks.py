"""See a page as the blocks of text that a reader sees, each with what surrounds it.

A block is a run of text between two boundaries of block elements. Engines give back lines
without saying where they stood; blocks carry the evidence that the lines have lost: links,
containers, the words in class names, the neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import html

from tasks.cleaning.words import one_of, words_in

Container = tuple[html.HtmlElement, int, int]
"""A block element and the range of the blocks in it: the first, and the one behind the last."""

_MAX_BLOCKS = 20_000
_MAX_NAMES_CHARS = 4_000  # of a class attribute or an id

_UNSEEN = frozenset(
    [
        "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas",
        "audio", "video", "select", "datalist", "textarea", "head", "map", "math",
    ]
)  # fmt: skip
_INLINE = frozenset(
    [
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt",
        "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr", "picture", "source",
    ]
)  # fmt: skip

# What an enclosing element says about the text in it, one bit each.
TAG_BITS = {
    name: 1 << bit
    for bit, name in enumerate(
        [
            "nav", "aside", "footer", "header", "figure", "figcaption", "table", "ul", "form",
            "button", "blockquote", "article", "main", "section", "dl", "details", "pre", "p",
        ]
    )
}  # fmt: skip
TAG_BITS["ol"] = TAG_BITS["ul"]

# Words in class names and ids, in groups of one meaning. Page builders and themes of all
# languages name their parts in English. A name may speak for several.
_CLASS_GROUPS = {
    "related": "relat recommend more- readmore teaser trending popular promo suggest similar also "
    "outbrain taboola",
    "share": "share sharing social follow addtoany whatsapp facebook twitter",
    "signup": "newsletter subscri signup sign-up paywall donat cta banner optin membership",
    "comment": "comment disqus respond reply replies discussion",
    "chrome": "sidebar side-bar footer menu navigat navbar breadcrumb widget toolbar pagination "
    "pager topbar masthead skip",
    "byline": "byline author meta posted publish dateline timestamp date contributor bio",
    "caption": "caption credit copyright legend photo image gallery slide",
    "tags": "tag- tags taglist categor topic keyword label",
    "consent": "cookie consent gdpr privacy popup modal overlay lightbox dialog",
    "advert": "advert sponsor ad- ads- -ad -ads dfp affiliate",
    "card": "card tile grid item list carousel swiper slider accordion tab- tabs",
    "hidden": "hidden hide sr-only screen-reader visually collapse d-none noprint print-only",
    "content": "content entry body article post story text prose rich wysiwyg markdown main",
    "summary": "summary excerpt lead intro standfirst dek subtitle description abstract "
    "highlights key-",
    "notes": "footnote reference citation endnote bibliograph infobox toc table-of",
}
CLASS_GROUPS = tuple(_CLASS_GROUPS)
TAG_GROUPS = tuple(n for n in TAG_BITS if n != "ol")
_FIRST_CLASS_BIT = len(TAG_GROUPS)
CLASS_BITS = {n: 1 << (_FIRST_CLASS_BIT + i) for i, n in enumerate(CLASS_GROUPS)}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Block:
    """One run of text. `words` is its text as the words in it, case-folded, for comparing.

    `own` and `around` are bit sets: what the nearest container says, and what all of them say.
    `parent` and `grandparent` number the containers; `path` names the kind of place (tags and
    classes of the nearest three), equal for paragraphs that one template made.
    """

    text: str
    words: str
    tag: str
    link_chars: int
    link_count: int
    own: int
    around: int
    parent: int
    grandparent: int
    path: str
    depth: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A page as its blocks, and the elements that hold them; both in document order."""

    blocks: list[Block]
    containers: list[Container]


@lru_cache(maxsize=2_048)
def words_of(text: str) -> str:
    """Reduce text to its words, case-folded, one blank between them.

    The engines agree on most lines of a page, and the pages of a site share their menus.
    """
    return " ".join(words_in(text.casefold()))


def layout_of(tree: html.HtmlElement) -> Layout:
    """Read the blocks of a page and their containers; empty ones are left out."""
    body = tree.find("body")
    walker = _Walker()
    walker.visit(body if body is not None else tree, _Place("body", 0, 0, 0, 0, "", 0), "", "")
    return Layout(walker.blocks, [walker.spans[number] for number in sorted(walker.spans)])


def heading_place(blocks: Sequence[Block], title: str | None) -> int | None:
    """Find where the headline stands: a heading with its words, else any block, else any h1."""
    words = words_of(title or "")
    titled = [k for k, b in enumerate(blocks) if b.words == words]
    headings = [k for k in titled if blocks[k].tag == "h1"] or titled
    return next(iter(headings or (k for k, b in enumerate(blocks) if b.tag == "h1")), None)


_CLASS_WORDS = {word: CLASS_BITS[n] for n, words in _CLASS_GROUPS.items() for word in words.split()}
_CLASSES = re.compile(one_of(_CLASS_WORDS))


@lru_cache(maxsize=16_384)
def _class_bits(names: str) -> int:
    """Read what a class attribute or an id says; the elements of a page share few of them."""
    bits = 0
    for word in _CLASSES.findall(names.lower()):
        bits |= _CLASS_WORDS[word]
    return bits


def _named_bits(element: html.HtmlElement, classes: str | None) -> int:
    bits = _class_bits(classes[:_MAX_NAMES_CHARS]) if classes else 0
    own_id = element.get("id")
    return bits | _class_bits(own_id[:_MAX_NAMES_CHARS]) if own_id else bits


def bits_around(element: html.HtmlElement) -> int:
    """Read what an element below the body and all that enclose it there say about it."""
    bits = 0
    for place in (element, *element.iterancestors()):
        if place.tag == "body":
            break
        bits |= _named_bits(place, place.get("class")) | TAG_BITS.get(place.tag, 0)
    return bits


@dataclass(slots=True)
class _Place:
    """Where text stands: what `Block` says about its containers."""

    tag: str
    own: int
    around: int
    parent: int
    grandparent: int
    path: str
    depth: int


class _Walker:
    """Walks a tree once, gathering text until a boundary makes a block of it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.spans: dict[int, Container] = {}
        self._pieces: list[str] = []
        self._link_chars = 0
        self._link_count = 0
        self._containers = 0

    def visit(
        self,
        element: html.HtmlElement,
        place: _Place,
        upper: str,
        lower: str,
        *,
        linked: bool = False,
    ) -> None:
        """Take in a block element; `upper` and `lower` label the two containers above it."""
        self._containers += 1
        number = self._containers
        first = len(self.blocks)
        if element.text:
            self._take(element.text, linked=linked)
        for child in element:
            name = child.tag
            if name in _UNSEEN:
                pass
            elif name == "br":
                self._flush(place)
            elif name in _INLINE:
                self._inline(child, place, number, (upper, lower), linked=linked)
            else:
                self._flush(place)
                classes = child.get("class")
                label = f"{name}.{classes or ''}"
                bits = _named_bits(child, classes) | TAG_BITS.get(name, 0)
                if _is_hidden(child):
                    bits |= CLASS_BITS["hidden"]
                below = _Place(
                    name, bits, place.around | bits, number, place.parent,
                    f"{upper}/{lower}/{label}", place.depth + 1,
                )  # fmt: skip
                if len(self.blocks) < _MAX_BLOCKS:
                    self.visit(child, below, lower, label, linked=linked)
            if child.tail:
                self._take(child.tail, linked=linked)
        self._flush(place)
        if len(self.blocks) > first:
            self.spans[number] = (element, first, len(self.blocks))

    def _inline(
        self,
        element: html.HtmlElement,
        place: _Place,
        number: int,
        labels: tuple[str, str],
        *,
        linked: bool,
    ) -> None:
        """Take in an inline element; a block inside it ends the run as any other does."""
        if element.tag == "a":
            self._link_count += 1
            linked = True
        if element.text:
            self._take(element.text, linked=linked)
        if len(element) == 0:
            return
        bits = _named_bits(element, element.get("class"))
        if bits:
            place = _Place(
                place.tag, place.own | bits, place.around | bits, place.parent, place.grandparent,
                place.path, place.depth,
            )  # fmt: skip
        for child in element:
            name = child.tag
            if name in _INLINE:
                self._inline(child, place, number, labels, linked=linked)
            elif name == "br":
                self._flush(place)
            elif name not in _UNSEEN:
                self._flush(place)
                classes = child.get("class")
                label = f"{name}.{classes or ''}"
                bits = _named_bits(child, classes) | TAG_BITS.get(name, 0)
                below = _Place(
                    name, place.own | bits, place.around | bits, number, place.parent,
                    f"{labels[0]}/{labels[1]}/{label}", place.depth + 1,
                )  # fmt: skip
                self.visit(child, below, labels[1], label, linked=linked)
            if child.tail:
                self._take(child.tail, linked=linked)

    def _take(self, text: str, *, linked: bool) -> None:
        self._pieces.append(text)
        if linked:
            self._link_chars += len(text.strip())

    def _flush(self, place: _Place) -> None:
        """End the block that is being gathered, if there is one."""
        if not self._pieces:
            return
        text = " ".join("".join(self._pieces).split())
        words = words_of(text) if text else ""
        if words:
            self.blocks.append(
                Block(
                    text, words, place.tag, self._link_chars, self._link_count, place.own,
                    place.around, place.parent, place.grandparent, place.path, place.depth,
                )
            )  # fmt: skip
        self._pieces.clear()
        self._link_chars = 0
        self._link_count = 0


def _is_hidden(element: html.HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return style is not None and _HIDDEN_STYLE.search(style) is not None


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of an engine's output that hold a word."""
    return (line for line in text.split("\n") if _WORD.search(line))
