"""What a feed or a sitemap lists: RSS, Atom, JSON Feed, sitemaps, sitemap indexes, news sitemaps.

Why not feedparser or fastfeedparser: of a feed we need addresses, and a sign that an entry changed;
the article comes from its page. One streaming pass of lxml over a tree that is thrown away as it
grows reads all XML kinds, and 50,000 items in well under a second; feedparser takes 12 s and
returned an entry from an entity bomb. A document type declaration is refused before any parser
sees it, in every encoding: the text is decoded here, and parsed as UTF-8.
"""

from __future__ import annotations

import codecs
import io
import json
import re

import webencodings

from tasks.model import Reason
from tasks.readers.inflate import GZIP_MAGIC, Damaged
from tasks.readers.streams import ByteStream
from tasks.readers.web.listed import MOST_ENTRIES, Listing, Problem, fingerprint, read_date
from tasks.readers.web.listing_xml import read_xml
from tasks.readers.web.rules import Failure, Role

_SNIFF_CHARS = 4_096
_ROOTS = {
    **dict.fromkeys(("rss", "feed", "RDF"), Role.FEED),
    **dict.fromkeys(("urlset", "sitemapindex"), Role.SITEMAP),
}
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_BEFORE_JSON = codecs.BOM_UTF8 + b" \t\r\n"
_PLAIN_ADDRESS = re.compile(r"\ufeff?\s*https?://\S+[ \t]*(?:[\r\n]|$)", re.I)
_SKIPPED = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.S)
_GUARDED = re.compile(r"<!--|<!\[CDATA\[|<!(?:DOCTYPE|ENTITY)", re.I)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})")


def listing_kind(body: bytes, charset: str | None = None) -> Role | None:
    """Say whether a body is a feed or a sitemap: XML by its root, JSON by the version it states."""
    is_json = body.lstrip(_BEFORE_JSON).startswith(b"{")  # whose version may stand at its end
    return _kind_of(decode(body if is_json else body[:_SNIFF_CHARS], charset))


def _kind_of(text: str) -> Role | None:
    head = text[:_SNIFF_CHARS].lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return Role.FEED if "jsonfeed.org/version" in text else None
    return _ROOTS.get(_root_of(text))


def _root_of(text: str) -> str:
    """Name the root element of XML; empty where there is none, or the text is a web page."""
    head = text[:_SNIFF_CHARS].lstrip("\ufeff \t\r\n")
    while skipped := _SKIPPED.match(head):
        head = head[skipped.end() :]
    if re.match(r"\s*<!DOCTYPE\s+html", head, re.I):
        return ""
    root = _ROOT.search(head)
    return root[1] if root else ""


def unpacked(body: bytes, max_bytes: int) -> bytes:
    """Undo the gzip that sitemaps are stored in, whatever their transfer was encoded with."""
    if not body.startswith(GZIP_MAGIC):
        return body
    try:
        return ByteStream(io.BytesIO(body)).read_whole(max_bytes)
    except Damaged as damaged:
        raise Failure(damaged.reason, damaged.detail) from None


def read_listing(body: bytes, url: str, charset: str | None = None) -> Listing:
    """Read a feed or sitemap that was found at `url`.

    Raises `Failure`: `forbidden_xml` for a document type declaration, `not_feed` for something
    else, `malformed_feed` where nothing in it can be read.
    """
    return _told_where_full(_read(decode(body, charset), url))


def _told_where_full(found: Listing) -> Listing:
    if found.is_full:
        detail = f"it has {MOST_ENTRIES} entries or more: what stands behind them is not read"
        found.problems.append(Problem(reason=Reason.MALFORMED_FEED, detail=detail, name="end"))
    return found


def _read(text: str, url: str) -> Listing:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json(text, url)
    _refuse_dtd(text)
    kind = _kind_of(text)
    if kind is None:
        raise Failure(Reason.NOT_FEED, "neither a feed nor a sitemap")
    return read_xml(text, url, kind, _root_of(text))


def is_plain_sitemap(body: bytes) -> bool:
    """Say whether a body is a plain text of URLs, from its first line; its type tells too little.

    Packed it is declared as gzip, and a page that says that there is no sitemap as text, too.
    """
    return _PLAIN_ADDRESS.match(decode(body[:_SNIFF_CHARS], None)) is not None


def read_plain_sitemap(body: bytes) -> Listing:
    """Read the sitemap form that is a plain text of URLs, whole ones, one a line."""
    found = Listing(kind=Role.SITEMAP)
    for number, line in enumerate(decode(body, None).splitlines(), start=1):
        if found.is_full:
            break
        if line.strip():
            found.add(line.strip(), "", name=str(number))
    return _told_where_full(found)


def decode(body: bytes, charset: str | None) -> str:
    """Decode as the byte order mark, the XML declaration or the transport says, else UTF-8.

    Encodings of the WHATWG standard alone: others (UTF-7, EBCDIC) exist to hide markup in.
    """
    declared = _DECLARED.match(body.lstrip())
    named = declared[1].decode("ascii") if declared else charset
    encoding = (webencodings.lookup(named) if named else None) or webencodings.UTF8
    if declared and encoding.name.startswith("utf-16"):  # its letters would not be single bytes
        encoding = webencodings.UTF8
    text, _ = webencodings.decode(body, encoding, errors="replace")
    return str(text)


def _refuse_dtd(text: str) -> None:
    at = 0
    while found := _GUARDED.search(text, at):
        opened = found[0].upper()
        if opened in {"<!DOCTYPE", "<!ENTITY"}:
            raise Failure(Reason.FORBIDDEN_XML, "XML with a document type declaration")
        end = text.find("-->" if opened == "<!--" else "]]>", found.end())
        if end < 0:
            return
        at = end


def _read_json(text: str, url: str) -> Listing:
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Failure(Reason.MALFORMED_FEED, f"broken JSON: {str(error)[:120]}") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Failure(Reason.NOT_FEED, "JSON without a list of items")
    found = Listing(kind=Role.FEED)
    for number, item in enumerate(items[:MOST_ENTRIES], start=1):
        fields = item if isinstance(item, dict) else {}
        link = next((v for k in ("url", "external_url", "id") if (v := fields.get(k))), None)
        if not isinstance(link, str) or (link == fields.get("id") and "://" not in link):
            found.lacks_address(number, json.dumps(item, ensure_ascii=True).encode())
            continue
        said = ("title", "summary", "content_text", "content_html", "date_published",
                "date_modified")  # fmt: skip
        dates = [read_date(str(fields.get(k) or "")) for k in ("date_modified", "date_published")]
        changed_at = max((at for at in dates if at is not None), default=None)
        spoken = [f"{k}={fields[k]}" for k in said if fields.get(k)]
        found.add(link, url, name=str(number), hint=fingerprint(spoken), changed_at=changed_at)
    return found
