"""The page as it arrived, as lines: what a reader of it would see, whatever an engine took.

For show alone, so it must never fail, hang or grow: one pass over a bounded piece of text, without
a parser. It splits where a browser would begin a new line, and skips what no browser shows.
"""

from __future__ import annotations

import html
import json
import re

from tasks.model import Kind

_BREAKING = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_UNSEEN = frozenset(
    ("script", "style", "noscript", "template", "svg", "head", "iframe", "textarea")
)
_CLOSING = {name: re.compile(rf"</{name}\b", re.I) for name in _UNSEEN}
_QUOTED_CHARS = 20_000
"""How far the end of a quoted attribute is looked for: unclosed quotes must not cost a rescan of
the page for every tag."""
_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_IN_TAG = re.compile(r"[>\"']")


def raw_lines(text: str, kind: Kind) -> list[str]:
    """Return the visible lines of a decoded payload, without blank ones, spaces put together."""
    if kind is Kind.HTML:
        found = _visible(text)
    elif kind is Kind.RECORD:
        found = _record(text)
    else:
        found = text
    return [line for piece in found.splitlines() if (line := " ".join(piece.split()))]


def _record(text: str) -> str:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(record, dict):
        return text
    lines = []
    for key, value in record.items():
        told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        lines.append(f"{key}:\n{_visible(told) if '<' in told else told}")
    return "\n".join(lines)


def _visible(text: str) -> str:
    pieces: list[str] = []
    position, end = 0, len(text)
    absent: set[str] = set()
    while position < end:
        begin = text.find("<", position)
        if begin < 0:
            pieces.append(text[position:])
            break
        pieces.append(text[position:begin])
        if text.startswith("<!--", begin):
            comment_end = text.find("-->", begin + 4)
            position = end if comment_end < 0 else comment_end + 3
            continue
        match = _TAG_NAME.match(text, begin + 1)
        if match is None and text[begin + 1 : begin + 2] not in ("!", "?"):
            pieces.append("<")
            position = begin + 1
            continue
        position = _after_tag(text, begin + 1)
        name = match[1].lower() if match else ""
        if name in _BREAKING:
            pieces.append("\n")
        opening = match is not None and text[begin + 1] != "/"
        if opening and name in _UNSEEN and name not in absent:
            closing = _CLOSING[name].search(text, position)
            if closing is None:
                absent.add(name)
            else:
                position = closing.start()
    return html.unescape("".join(pieces))


def _after_tag(text: str, position: int) -> int:
    """Return where a tag ends; a `>` in a quoted attribute does not end it."""
    while (match := _IN_TAG.search(text, position)) is not None:
        if match[0] == ">":
            return match.end()
        before = text[max(match.start() - 1, 0)]
        closing = (
            text.find(match[0], match.end(), match.end() + _QUOTED_CHARS) if before in "= " else -1
        )
        position = match.end() if closing < 0 else closing + 1
    return len(text)
