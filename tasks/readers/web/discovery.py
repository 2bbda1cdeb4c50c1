"""Find the feeds and sitemaps that a home page leads to, by what is made for programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from html.parser import HTMLParser

from tasks.readers.web.address import parse_address
from tasks.readers.web.listed import Listed
from tasks.readers.web.listings import decode
from tasks.readers.web.rules import Failure, Role

_HEAD_CHARS = 512 * 1024
"""Where the head of a page ends at the latest."""
_FEED_TYPE = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json)", re.I)
"""Plain `application/json` is left out: blogs use it for the page's own record, not for a feed."""


def feeds_of(body: bytes, url: str, charset: str | None = None) -> list[Listed]:
    """Return the feeds that a page declares (`<link rel=alternate>`), in order, each once."""
    parser = _Links(url)
    parser.feed(decode(body, charset)[:_HEAD_CHARS])
    found: dict[str, Listed] = {}
    for href in parser.found:
        try:
            address = parse_address(href, base=parser.base)
        except Failure:
            continue  # a broken hint is no document, and there may be another
        found.setdefault(address.key, Listed(url=address.url, role=Role.FEED))
    return list(found.values())


def sitemaps_of(stated: Sequence[str], url: str) -> list[Listed]:
    """Return the sitemaps that the robots.txt of a home page states, else that of convention."""
    at = parse_address(url)
    found = []
    for sitemap in stated:
        try:
            address = parse_address(sitemap, base=at.url)
        except Failure:
            continue
        found.append(Listed(url=address.url, role=Role.SITEMAP))
    if not stated:
        found.append(Listed(url=f"{at.origin.url}/sitemap.xml", role=Role.GUESS))
    return found


class _Links(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.base = url
        self._has_base = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in reversed(attrs)}
        if tag == "base" and named.get("href") and not self._has_base:
            self._has_base = True
            with suppress(Failure):
                self.base = parse_address(named["href"], base=self.base).url
        is_feed = "alternate" in named.get("rel", "").lower().split() and _FEED_TYPE.fullmatch(
            named.get("type", "").strip()
        )
        if tag == "link" and is_feed and named.get("href"):
            self.found.append(named["href"])

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Pass over `<![...>` as browsers do; `HTMLParser` raises at one that SGML did not know."""
        return self.rawdata.find(">", i) + 1 or -1
