"""Questions to a parsed page that several modules ask."""

from __future__ import annotations

from typing import cast

from lxml import etree, html

_MAX_PIECES = 2_000


def select(query: etree.XPath, tree: html.HtmlElement) -> list[html.HtmlElement]:
    """Run a query that yields elements; document order."""
    return cast("list[html.HtmlElement]", query(tree))


def text_of(element: html.HtmlElement) -> str:
    """Join the text of a small element on one line; empty where it is no small one."""
    parts: list[str] = []
    for piece in element.itertext(with_tail=False):
        parts.append(str(piece))
        if len(parts) > _MAX_PIECES:
            return ""
    return " ".join("".join(parts).split())
