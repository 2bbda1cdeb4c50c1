"""Turn decoded HTML into a tree that every engine can take, repairing what makes them lose text.

The engines fail silently on markup that browsers forgive. Each repair here follows what the HTML
standard tells a browser to do, so a page that needs none keeps its tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import cast

from lxml import etree, html

from tasks.extraction.tree import select, text_of

# Engines lose everything below level 255; libxml2 itself stops at 2048.
MAX_DEPTH = 200
_PARSER_DEPTH = 2040
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_PARSER_GAVE_UP = etree.XPath("boolean(" + "/*" * _PARSER_DEPTH + ")")

# lxml.html's own parser asks a Python function for the class of each element, each time that one is
# touched, to give form fields classes of their own. Nobody here fills in forms.
_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement)

# The code points that the standard maps to others (C1 as windows-1252) are left to the parser;
# these have no place in a tree at all, and lxml raises when an engine copies them.
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));?")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_NONCHARACTERS = ("\ufffe", "\uffff")

# End tags of body and html are optional, and a browser puts what follows them into the body;
# libxml2 drops it.
_BODY_END = re.compile("</(?:body|html|BODY|HTML)")
_EARLY_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)

# Declarative shadow roots are on screen; a plain <template> is not.
_SHADOW_ROOT = re.compile(r"<template(?=[^<>]{0,200}\bshadowroot(?:mode)?\s*=)", re.IGNORECASE)
_TEMPLATE_END = re.compile(r"</template\s*>", re.IGNORECASE)

# What follows the end of the body on an ordinary page: a few closing tags and blanks.
_LONGEST_IDLE_TAIL = 50

# Elements whose level says nothing about the text in them.
_INLINE = frozenset(
    [
        "font",
        "b",
        "i",
        "u",
        "em",
        "strong",
        "span",
        "small",
        "big",
        "center",
        "tt",
        "strike",
        "nobr",
    ]
)
_BOXES = frozenset(["div", "section", "main", "article", "center", "form"])

# What HTML allows no text in, or shows like any other element: text inside it is the page's. The
# parser does not know the first three to be empty, so that they swallow what follows them.
_TRANSPARENT = ("embed", "source", "track", "map", "picture")
# What holds a word to browsers that cannot play it. A longer text was swallowed by one without end.
_FALLBACK = ("object", "canvas", "audio", "video", "iframe")
_LONGEST_FALLBACK = 500  # characters
_MAX_HEADINGS = 20

# Where no engine finds text; nothing is asked about the kind of a page by them either.
_TEXTLESS = (
    *("style", "link", "svg", "img", "picture", "source", "canvas", "map", "area"),
    *("audio", "video", "track", "embed", "object", "iframe"),
)

# A span beyond this is clamped by browsers; engines would build that many cells.
_MAX_SPAN = 1000
_SHOWN_TEXT = etree.XPath("/html/body//text()[not(parent::script or parent::style)]")
_SPANNING = etree.XPath("//*[@colspan or @rowspan]")
_SMALL_NUMBER = re.compile(r"[0-9]{1,4}")

# The engine removes every format character. Joiners inside words of Persian, of Indic scripts
# and of emoji carry meaning, so they travel as letters of a script long out of use.
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_STAND_INS = (
    ("\U00010380", "\U00010381"),
    ("\U000103a0", "\U000103a1"),
    ("\U00010400", "\U00010401"),
)
_NAMED_JOINER = re.compile(r"&(?:zwn?j|#820[45]|#[xX]200[cCdD]);")


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page and its repaired source (UTF-8).

    `stand_ins` hold the place of (non-joiner, joiner) in every string of it.
    """

    tree: html.HtmlElement
    source: bytes
    stand_ins: tuple[str, str] | None = None

    def restore(self, text: str) -> str:
        """Put joiners back where stand-ins travelled for them."""
        if self.stand_ins is None:
            return text
        non_joiner, joiner = self.stand_ins
        return text.replace(non_joiner, _NON_JOINER).replace(joiner, _JOINER)


def parse(source: str) -> Page | None:
    """Parse a page, or None where its elements nest deeper than any engine or repair can take.

    The tree is at most `MAX_DEPTH` levels deep and holds no comment, no processing instruction,
    no code point that XML forbids. Markup without any element gives an empty document.
    """
    data, stand_ins = _repaired(source)
    parser = etree.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = html.document_fromstring("<html><body></body></html>")
    if _TOO_DEEP(tree):
        if _PARSER_GAVE_UP(tree):
            return None
        _flatten(tree)
        if _TOO_DEEP(tree):
            return None
    if b"<template" in data:
        _settle_templates(tree)
    _give_back_swallowed(tree)
    if b"omment" in data:
        _unname_comments(tree)
    for cell in select(_SPANNING, tree) if b"span=" in data else ():
        for name in ("colspan", "rowspan"):
            span = cell.get(name)
            if span is not None and not (_SMALL_NUMBER.fullmatch(span) and int(span) <= _MAX_SPAN):
                del cell.attrib[name]
    return Page(tree, data, stand_ins)


def drop_unseen(tree: html.HtmlElement) -> None:
    """Drop styles, pictures, links and scripts other than JSON-LD: engines copy a tree often.

    They would drop them too, each in its own copy. To be asked once the metadata are read.
    """
    etree.strip_elements(tree, *_TEXTLESS, with_tail=False)
    for script in list(tree.iter("script")):
        if "ld+json" not in (script.get("type") or ""):
            script.drop_tree()


def _repaired(source: str) -> tuple[bytes, tuple[str, str] | None]:
    """Mend the source of a page; give it in UTF-8, with the stand-ins that its joiners got."""
    source, stand_ins = _carry_joiners(source)
    if "&#" in source and any(map(_is_forbidden, set(_REFERENCE.findall(source)))):
        source = _REFERENCE.sub(_drop_forbidden_reference, source)
    ends = _BODY_END.search(source)
    if ends and len(source) - ends.start() > _LONGEST_IDLE_TAIL:
        source = _EARLY_END.sub("", source)
    if "shadowroot" in source and _SHADOW_ROOT.search(source):
        source = _TEMPLATE_END.sub("</div>", _SHADOW_ROOT.sub("<div", source))
    for noncharacter in _NONCHARACTERS:
        source = source.replace(noncharacter, "")
    return source.encode("utf-8", "ignore").translate(None, _FORBIDDEN_BYTES), stand_ins


def _settle_templates(tree: html.HtmlElement) -> None:
    """Drop templates, which nobody sees; open them where a script would fill the page from them."""
    templates = list(tree.iter("template"))
    waiting = sum(len(" ".join(map(str, t.itertext()))) for t in templates)
    shown = sum(len(str(text)) for text in cast("list[object]", _SHOWN_TEXT(tree))) - waiting
    if waiting > shown:
        for template in templates:
            template.tag = "div"
    else:
        etree.strip_elements(tree, "template", with_tail=False)


def _give_back_swallowed(tree: html.HtmlElement) -> None:
    """Take away the elements around text that is not theirs, so that it stands on the page."""
    for element in list(tree.iter(*_TRANSPARENT, *_FALLBACK)):
        if len(element) == 0 and not element.text:
            continue
        held = sum(map(len, map(str, element.itertext())))
        if held > (_LONGEST_FALLBACK if element.tag in _FALLBACK else 0):
            element.drop_tag()


def _unname_comments(tree: html.HtmlElement) -> None:
    """Take the word comment out of the names of what holds the headline.

    There it says that comments are open (`comments-open`), while engines leave out whatever has a
    class or an id that begins so, and with it here the article.
    """
    title = " ".join((tree.findtext("head/title") or "").casefold().split())
    headings = islice(tree.iter("h1"), _MAX_HEADINGS)
    claimed = (h for h in headings if (words := text_of(h).casefold()) and words in title)
    for place in next(claimed, tree).iterancestors():
        for name in ("class", "id"):
            names = (place.get(name) or "").split()
            others = [n for n in names if "comment" not in n.lower()]
            if len(others) < len(names):
                place.set(name, " ".join(others))


def _drop_forbidden_reference(match: re.Match[str]) -> str:
    return "" if _is_forbidden((match[1], match[2])) else match[0]


def _is_forbidden(reference: tuple[str, str]) -> bool:
    """Judge the digits of a character reference: hexadecimal, or decimal."""
    code = int(reference[0], 16) if reference[0] else int(reference[1])
    return code > 0x10FFFF or _FORBIDDEN.match(chr(code)) is not None


def _carry_joiners(source: str) -> tuple[str, tuple[str, str] | None]:
    """Replace joiners by stand-ins that the page does not use; None where it has no joiner."""
    if "&" in source:
        source = _NAMED_JOINER.sub(lambda found: unescape(found[0]), source)
    if _NON_JOINER not in source and _JOINER not in source:
        return source, None
    for pair in _STAND_INS:
        if not any(letter in source for letter in pair):
            return source.replace(_NON_JOINER, pair[0]).replace(_JOINER, pair[1]), pair
    return source, None


def _flatten(tree: html.HtmlElement) -> None:
    """Take out elements that only wrap: inline marks, and boxes around a single other box.

    Pages reach such depths by tags left open (a thousand <font>) or by page builders that wrap
    each box in five; neither kind of level means anything.
    """
    for element in list(tree.iterdescendants()):
        if element.tag in _INLINE or (
            element.tag in _BOXES
            and len(element) == 1
            and not (element.text or "").strip()
            and not (element[0].tail or "").strip()
        ):
            element.drop_tag()
