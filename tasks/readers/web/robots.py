"""robots.txt (RFC 9309): what an origin lets us ask, how fast, and where its sitemaps are."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Protocol, cast

from protego import Protego

from tasks.model import Reason
from tasks.readers.web.rules import AGENT_NAME, ROBOTS_BYTES

_VERSION = re.compile(r"^([ \t]*user-agent[ \t]*:[ \t]*[\w-]+)/[^\r\n]*", re.I | re.M)
"""A name with a version behind it means the name (RFC 9309, 2.2.1); protego would find no match."""


class _Parsed(Protocol):
    sitemaps: list[str]

    def can_fetch(self, url: str, user_agent: str) -> bool: ...

    def crawl_delay(self, user_agent: str) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one origin, the `text` that states them and the `status` it came with.

    `closed`: why nothing at all may be asked now; the next run may find it open.
    """

    _rules: _Parsed | None = None
    text: str = ""
    status: int | None = None
    closed: tuple[Reason, str] | None = None

    @classmethod
    def of(cls, text: str, status: int | None = None) -> Robots:
        """Read rules that were kept as text."""
        return cls(cast(_Parsed, Protego.parse(text)), text=text, status=status)

    def allows(self, url: str) -> bool:
        """Say whether the rules let us ask this URL."""
        return self._rules is None or self._rules.can_fetch(url, AGENT_NAME)

    @property
    def crawl_delay(self) -> float:
        """Return the pause that the origin wants between requests, in seconds; 0 for none."""
        stated = self._rules.crawl_delay(AGENT_NAME) if self._rules else None
        return stated if stated is not None and stated > 0 else 0.0  # "nan" is no number either

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Return the sitemaps that it names."""
        return tuple(self._rules.sitemaps) if self._rules else ()


def read_robots(status: int, body: bytes) -> Robots:
    """Judge an answer to /robots.txt; `body` is decoded, and read as far as `ROBOTS_BYTES`.

    There are rules with 2xx, none with other 4xx, and with 5xx or 429 nobody may ask: the server
    is in trouble, or wants to be left alone (RFC 9309, 2.3.1.3 and 2.3.1.4).
    """
    if status == 429 or status >= 500:
        return Robots(closed=(Reason.RETRY_LATER, f"robots.txt answered {status}"))
    text = _VERSION.sub(r"\1", _text(body[:ROBOTS_BYTES])) if 200 <= status < 300 else ""
    return Robots.of(text, status)


def _text(body: bytes) -> str:
    """Decode as UTF-8, or as its byte order mark says; the mark itself would void a first line."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace").lstrip("\ufeff")
    return body.decode("utf-8", "replace")
