"""The first engine: trafilatura. The only module that imports it.

Its own metadata pass is left out: it costs two fifths of its time, invents dates, and a fault in
it (an impossible time zone, say) loses the whole page. What remains gives the same text.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from lxml import html
from trafilatura import __version__, bare_extraction
from trafilatura.settings import Document

NAME = f"trafilatura {__version__}"

# Every page that it gives up is reported by our own books; its lines would drown them.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


_MARK = "data-copydesk-furniture"


def main_text(
    tree: html.HtmlElement, *, url: str | None, fast: bool, without: Sequence[html.HtmlElement] = ()
) -> str:
    """Extract the main text, one paragraph a line; empty where the engine finds nothing.

    `fast` leaves out its comparison with two other algorithms, a quarter of its time, which changes
    the text of one page in fifteen. `without` are elements that it does not see. `tree` stays as
    it is.
    """
    for element in without:
        element.set(_MARK, "")
    document = bare_extraction(
        tree,
        url=url,
        with_metadata=False,
        include_comments=False,
        fast=fast,
        prune_xpath=f"//*[@{_MARK}]" if without else None,
    )
    for element in without:
        del element.attrib[_MARK]
    return (document.text or "") if isinstance(document, Document) else ""
