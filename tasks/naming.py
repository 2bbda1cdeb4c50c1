"""Find the bodies that name an address: what was forgotten must be in no feed that was kept.

Why not read each link and compare: a body is anything (HTML, XML, JSON, a script in a page, text,
one in the other), and a link that no parser finds would leave an erased text where it is. So what
tells an address apart, the last segment of its path, is searched in the text of the body; it is in
every form of a link, also in those that are relative to a folder. An address whose last segment
tells nothing (the front page, `index`, `1`) would take every body; of it links are read.
"""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from tasks.cleaning.url import url_key
from tasks.readers.http_message import HttpResponse, decoded_body
from tasks.readers.inflate import Damaged
from tasks.readers.web.listings import decode, unpacked
from tasks.readers.web.rules import LISTING_BYTES, Failure
from tasks.records import Record

_EARLIER_BYTES = 1 << 20
"""What a small body of a redirect or an error may unpack to, to be searched."""
_ROUNDS = 5
"""How often something may be written in one notation inside another: percent-encoding in HTML in
JSON is three."""
_MOST_BASES = 16
"""From how many bases the links of a body are read; one that names more may name anything."""

_SUFFIX = re.compile(r"(?:\.[a-z][a-z0-9]{0,4})+$", re.I)
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|cgi|pl|do|dll)$", re.I)
_LEAST_BYTES = 4
_LEAST_DIGITS = 5
"""A shorter number is a year, a month, a page of a list."""
_COMMON = frozenset({
    "about", "archive", "archives", "article", "articles", "atom", "author", "blog", "category",
    "content", "default", "detail", "details", "feed", "feeds", "home", "index", "item", "items",
    "latest", "list", "live", "main", "news", "node", "page", "pages", "post", "posts", "print",
    "read", "robots", "search", "show", "sitemap", "start", "stories", "story", "tags", "topic",
    "topics", "view",
})  # fmt: skip
"""Last segments that are on every site, and so tell no article from another."""

_GAP = r"(?:\s|\\[nrt]){0,64}"
_NOT_BELOW = r"(?!/(?!amp\b|index\b|print\b|\d)[\w-])"
"""Behind a plain word, which may be a section: `/politics/other` is no form of `/politics`."""
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#x[0-9a-f]{1,6};?|[a-z][a-z0-9]{1,31};)", re.I)
_JSON_ESCAPE = re.compile(r'((?:\\u[0-9a-f]{4})+)|\\(["\\/])', re.I)
_BASE = re.compile(r"(?:\bxml:base|<base\b[^<>]{0,1000}?\bhref)\s*=\s*[\"']?([^\s\"'<>]*)", re.I)
_LINKS = (
    re.compile(
        r"(?:\b(?:href|src|url|about|resource|content|xml:base)\s*=\s*"
        r"|[\"'](?:\w{0,20}_)?(?:url|link|href)[\"']\s*:\s*"
        r"|(?=https?:)|(?=//))(?:\"([^\"<>]*)|'([^'<>]*)|([^\s\"'<>\])]*))",
        re.I,
    ),
    re.compile(
        r"<(?:\w{1,20}:)?(?:link|loc|url|comments|origlink)\b[^<>]{0,1000}>"
        r"\s*(?:<!\[cdata\[)?([^<>\]]*)",
        re.I,
    ),
)
"""Where a link may stand that is relative to a folder, and an absolute one anywhere."""

_Target = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Naming:
    """Find the bodies that name one of some addresses, whatever the form they name it in.

    `parts` are the last segments (or paths, with their slashes) that tell an address apart, without
    suffix. Where one stands like a part of a link, the body names the address, whatever stands
    before it: too much is found rather than too little. `links` are the addresses without such a
    segment: a body names one with a link that leads there from the body's own address or from a
    base that it states. `own` are the keys of all; what one of them answered itself names it, too.
    """

    parts: tuple[str, ...]
    pattern: re.Pattern[str]
    links: frozenset[_Target]
    own: frozenset[str]

    @classmethod
    def of(cls, addresses: Iterable[str]) -> Naming:
        """Search for these; what is no http(s) address is passed over."""
        parts: set[str] = set()
        links: set[_Target] = set()
        own: set[str] = set()
        for url in addresses:
            if (key := url_key(url)) is None:
                continue
            own.add(key)
            forms = (url, f"https://{key}")
            telling = {part for form in forms if (part := _telling_part(form)) is not None}
            parts |= telling
            if all(part.startswith("/") for part in telling):
                links.add(_target(key))
        return cls(tuple(sorted(parts)), _pattern(parts), frozenset(links), frozenset(own))

    def is_in(self, record: Record) -> bool:
        """Say whether a body of a record names one; a body that cannot be read may."""
        if not self.own:
            return False
        url: str | None = record.get("url")
        try:
            return any(self._is_named(text, url) for text in _texts(record))
        except (Damaged, Failure):
            return True

    def _is_named(self, text: str, url: str | None) -> bool:
        if url is not None and url_key(url) in self.own:
            return True
        marked = _undone(text, _without_escapes, _without_entities)
        whole = _undone(marked, _without_escapes, _without_entities, unquote)
        plain = _folded(whole)
        if any(part in plain for part in self.parts) and self.pattern.search(plain):
            return True
        return bool(self.links) and any(self._is_linked(seen, url) for seen in {marked, whole})

    def _is_linked(self, text: str, url: str | None) -> bool:
        """Say whether a link in a text leads to an address that only a whole link tells apart."""
        bases = _bases(text, url)
        if len(bases) > _MOST_BASES:
            return True
        linked = {
            _target(key)
            for link in _links(text)
            for base in bases
            if (key := _key_from(base, link)) is not None
        }
        places = {place for place, _ in self.links}
        near = [link for link in linked if link[0] in places]
        return any(_leads_to(link, sought) for link in near for sought in self.links)


def _pattern(parts: Iterable[str]) -> re.Pattern[str]:
    """Match one of the parts where a link may hold it: in a path, or whole between delimiters."""
    paths = "|".join(re.escape(part) for part in sorted(parts) if part.startswith("/"))
    names = "|".join(
        re.escape(part) + (_NOT_BELOW if part.isalpha() else "")
        for part in sorted(parts)
        if not part.startswith("/")
    )
    path, name = f"(?:{paths or '(?!)'})", f"(?:{names or '(?!)'})"
    whole = rf"(?:^|[\"'`>(\[]){_GAP}{name}(?:\.\w|{_GAP}(?:[/?#;&\"'`<)\]\\]|$))"
    return re.compile(rf"[/=\\]{name}(?![\w-])|{whole}|{path}(?!/?[\w-])", re.M)


def _telling_part(url: str) -> str | None:
    """Return what tells an address apart: the last segment of its path, else a longer path.

    Both without suffix. None where neither does: a script with parameters, a short path.
    """
    parts = urlsplit(url)
    before, _, segment = parts.path.rstrip("/").rpartition("/")
    stem = _plain(_SUFFIX.sub("", segment)).strip()
    if _tells(stem) and not (parts.query and _SCRIPT.search(segment)):
        return stem
    return f"{_plain(before)}/{stem}" if before.strip("/") and stem and not parts.query else None


def _tells(stem: str) -> bool:
    """Say whether a last segment tells a page apart from those of other sites and folders."""
    if stem.isdigit():
        return len(stem) >= _LEAST_DIGITS
    return len(stem.encode("utf-8", "replace")) >= _LEAST_BYTES and stem not in _COMMON


def _target(key: str) -> _Target:
    place, _, query = key.casefold().partition("?")
    return place, frozenset(filter(None, query.split("&")))


def _leads_to(link: _Target, sought: _Target) -> bool:
    """Say whether a link leads to a page; one with parameters may have others beside them."""
    (place, given), (wanted_place, wanted) = link, sought
    return place == wanted_place and (given == wanted or (wanted != frozenset() and given > wanted))


def _links(text: str) -> frozenset[str]:
    found = (match for form in _LINKS for match in form.finditer(text))
    return frozenset(match[match.lastindex or 0].strip() for match in found)


def _bases(text: str, url: str | None) -> frozenset[str]:
    """Return what the links of a body may be relative to: its address, and the bases it states."""
    running = own = url or ""
    found = {own}
    for stated in {match[1]: None for match in _BASE.finditer(text)}:
        if len(found) > _MOST_BASES:
            break
        for base in (running, own):
            try:
                found.add(running := urljoin(base, stated))
            except ValueError:
                continue
    return frozenset(found)


def _key_from(base: str, link: str) -> str | None:
    try:
        joined = urljoin(base, link)
    except ValueError:
        return None
    return url_key(f"https:{joined}" if joined.startswith("//") else joined)


def _plain(text: str) -> str:
    """Write a text, or a part of an address, in the one form in which they are compared."""
    return _folded(_undone(text, _without_escapes, _without_entities, unquote))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("+", " ")


def _undone(text: str, *notations: Callable[[str], str]) -> str:
    """Undo notations, also one inside another, until nothing is left of them."""
    for _ in range(_ROUNDS):
        before = text
        for notation in notations:
            text = notation(text)
        if text == before:
            break
    return text


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _without_escapes(text: str) -> str:
    return _JSON_ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    return found[2] or str(json.loads(f'"{found[1].lower()}"'))


def _texts(record: Record) -> Iterator[str]:
    """Yield the bodies of a record as text; raises Damaged or Failure for one that is broken."""
    if record["payload"] is not None:
        yield decode(unpacked(record["payload"], LISTING_BYTES), record["charset"])
    for answer in earlier_of(record):
        if answer["body"] is not None:
            yield decode(_decoded(answer), None)


def _decoded(answer: Record) -> bytes:
    headers = tuple((n, v) for n, v in answer["headers"] if n.lower() != "transfer-encoding")
    body = base64.b64decode(answer["body"])
    response = HttpResponse(
        status=answer["status"], phrase=answer["phrase"], headers=headers, body=body
    )
    return decoded_body(response, _EARLIER_BYTES)


def earlier_of(record: Record) -> Sequence[Record]:
    """Return the answers that came before that of a record, in their order."""
    found: list[Record] = json.loads(record["http_earlier"] or "[]")
    return found
