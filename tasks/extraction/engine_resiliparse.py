"""A second opinion on the main text: resiliparse. The only module that imports it.

Its extraction works on rules of its own and costs a sixteenth of the first engine's time.
"""

from __future__ import annotations

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree


def main_text(source: bytes) -> str:
    """Extract the main text of a page in UTF-8, one paragraph a line; empty where it finds none."""
    text: str = extract_plain_text(
        HTMLTree.parse_from_bytes(source, "utf-8"),
        main_content=True,
        comments=False,
        alt_texts=False,
        preserve_formatting=True,
    )
    return text
