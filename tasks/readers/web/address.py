"""Addresses that may be asked: http and https, in the one form in which we send and store them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import idna

from tasks.cleaning.url import url_key
from tasks.model import Reason
from tasks.readers.web.rules import URL_CHARS, Failure

_DEFAULT_PORTS = {"http": 80, "https": 443}
_EDGES = "".join(map(chr, range(0x21)))
_INNER = re.compile(r"[\t\n\r]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_.-]+|\[[0-9a-f:.]+\]")


class NotAnAddress(Failure):
    """The text is no URL at all, or one without a host."""

    def __init__(self, text: str) -> None:
        super().__init__(Reason.BAD_LINE, f"not a URL: {text[:120]!r}")


class Origin(NamedTuple):
    """Whom a request goes to; robots, pace and connections are kept for each."""

    scheme: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """The origin as a URL without a path."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


@dataclass(frozen=True, slots=True)
class Address:
    """A URL that may be asked: absolute, ASCII, without fragment or credentials."""

    url: str
    origin: Origin

    @property
    def key(self) -> str:
        """Name the page, the same for all forms of its address."""
        return url_key(self.url) or self.url

    @property
    def is_home(self) -> bool:
        """Say whether it is the root of its host."""
        parts = urlsplit(self.url)
        return parts.path in {"", "/"} and not parts.query

    @property
    def site(self) -> str:
        """Name the host without the labels of its forms, and a port that is not the usual one."""
        return self.key.split("/", 1)[0].split("?", 1)[0]


def parse_address(text: str, base: str | None = None) -> Address:
    """Read an address as a browser would, relative to `base` where there is one.

    Raises `Failure`: `bad_line` (`NotAnAddress`) for what is none, `blocked_url` for other schemes
    and for credentials, which are never sent, and `url_too_long`.
    """
    cleaned = _INNER.sub("", text.strip(_EDGES))
    if len(cleaned) > URL_CHARS:
        raise Failure(Reason.URL_TOO_LONG, f"an address of {len(cleaned)} characters")
    try:
        joined = urljoin(base, cleaned) if base else cleaned
        parts = urlsplit(joined)
        port = parts.port
    except ValueError:
        raise NotAnAddress(text) from None
    if not parts.scheme or (parts.scheme in _DEFAULT_PORTS and not parts.hostname):
        raise NotAnAddress(text)
    if parts.scheme not in _DEFAULT_PORTS:
        raise Failure(Reason.BLOCKED_URL, f"no {parts.scheme}: addresses, only http and https")
    if parts.username is not None or parts.password is not None:
        raise Failure(Reason.BLOCKED_URL, "an address with credentials, which are never sent")
    host = _host(parts.hostname or "", text)
    origin = Origin(parts.scheme, host, port if port else _DEFAULT_PORTS[parts.scheme])
    path = _escaped(parts.path or "/", "/:@!$&'()*+,;=~")
    query = f"?{_escaped(parts.query, '/:@!$&()*+,;=~?')}" if parts.query else ""
    url = f"{origin.url}{path}{query}"
    if len(url) > URL_CHARS:
        raise Failure(Reason.URL_TOO_LONG, f"an address of {len(url)} characters")
    return Address(url=url, origin=origin)


def _host(name: str, text: str) -> str:
    name = name.rstrip(".").lower()
    if ":" in name:
        name = f"[{name.partition('%')[0]}]"
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except UnicodeError:
            raise NotAnAddress(text) from None
    if not _HOST.fullmatch(name):
        raise NotAnAddress(text)
    return name


def _escaped(text: str, safe: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", text), safe=safe + "%", errors="replace")
