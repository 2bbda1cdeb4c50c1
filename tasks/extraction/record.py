"""One JSON object, as data sets and crawlers write articles, to named claims.

Why here and not in a settings file: a dozen spellings cover what newspapers' exports, crawlers
and public corpora use. Names are compared without case, spaces, `_` and `-`, so `datePublished`,
`date_published` and `Date-Published` are one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks.errors import unknown_name
from tasks.model import Reason, Refusal, Stage, short_hash

FIELDS: Mapping[str, tuple[str, ...]] = {
    # A page as it was fetched: everything else can be read from it again, so it comes first.
    "html": ("html", "rawhtml", "pagehtml", "htmlcontent", "contenthtml", "bodyhtml", "sourcehtml",
             "pagesource"),
    # Names that can only mean the article's text before names that may mean less of it (`content`,
    # `body`: HTML as often as text, told apart by what they hold). `summary`, `description` and
    # `abstract` are missing on purpose: a teaser is not the article.
    "text": ("text", "maintext", "fulltext", "plaintext", "articletext", "articlebody", "bodytext",
             "contenttext", "textcontent", "rawtext", "cleanedtext", "article", "story", "content",
             "body", "rawcontent", "document"),
    # The page's own address before addresses that may lead elsewhere (`link`, `source`).
    "url": ("url", "pageurl", "articleurl", "documenturl", "weburl", "warctargeturi", "targeturi",
            "permalink", "uri", "link", "sourceurl", "originalurl"),
    "canonical_url": ("canonicalurl", "canonicallink", "canonical"),
    "title": ("title", "headline", "heading", "articletitle"),
    # Publication only: `timestamp`, `crawled_at`, `date_download` tell of the crawl.
    "date": ("datepublished", "publishedat", "publisheddate", "publisheddatetime", "publishdate",
             "datepublish", "publicationdate", "published", "pubdate", "publishtime", "pubtime",
             "firstpublished", "firstpublicationdate", "webpublicationdate", "issuedate",
             "articledate", "date"),
    "modified": ("datemodified", "modifiedat", "modifieddate", "modified", "updatedat",
                 "dateupdated", "updated", "lastmodified", "lastupdated"),
    "authors": ("authors", "author", "byline", "creator", "writers", "writer"),
    "language": ("language", "lang", "inlanguage", "languagecode"),
    # The outlet, as shown. `source` is last: some corpora put the data set's name there.
    "site_name": ("sitename", "publisher", "outlet", "newspaper", "sourcename", "publication",
                  "provider", "source"),
    "section": ("section", "articlesection", "category", "rubric"),
    "tags": ("tags", "keywords", "topics"),
    "image_url": ("imageurl", "image", "topimage", "leadimage", "thumbnailurl"),
    "id": ("id", "uuid", "guid"),  # `_id` is `id` once the underscore is gone
}  # fmt: skip
"""Our name, and the names it goes by, best first. A name that is not listed is left alone."""

NESTED = ("metadata", "meta")
"""Objects in which corpora keep what is not text; the record's own fields come first."""

_NOT_A_LETTER = re.compile(r"[\s_\-]+")
_BLOCK_TAG = re.compile(
    r"</?(?:html|body|article|section|main|div|p|br|h[1-6]|ul|ol|li|table|td|blockquote)\b[^<>]*>",
    re.I,
)
_INLINE_TAG = re.compile(r"</(?:a|b|i|u|em|strong|span|cite|q|small|sub|sup|code)\s*>", re.I)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s/]", re.I)
_SECONDS = (0, 4_102_444_800)
"""Unix time from 1970 to 2100; beyond that a number counts milliseconds, or is no time."""
_LONGEST_ID = 200


def known_field(name: str) -> str:
    """Return our name of a field; raises UsageError with the nearest one and all of them."""
    if name in FIELDS:
        return name
    raise unknown_name("field", name, FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a record claims; nothing is judged or cleaned yet, and no string is blank.

    At least one of `html` and `text` is there; with both, `html` is the one to extract from.
    `date` and `modified` stand as the record writes them (Unix times as ISO 8601).
    """

    html: str | None
    text: str | None
    id: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    title: str | None = None
    date: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None


def parse_record(payload: bytes) -> Record | Refusal:
    """Read one JSON object, or say why it is no article: `bad_line`, `bad_record`, `empty_body`.

    Lone surrogates, which JSON can spell and no file can hold, become U+FFFD.
    """
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError) as error:
        return _refuse(Reason.BAD_LINE, f"not JSON: {_of_error(error)}")
    if not isinstance(value, dict):
        return _refuse(Reason.BAD_RECORD, f"a JSON {_JSON_NAMES[type(value)]}, not an object")
    fields = _fields(value)
    html, text = _string(fields.get("html")), _paragraphs(fields.get("text"))
    if html is None and text is not None:
        html = _as_html(text)
        text = text if html is None else None
    if html is None and text is None:
        if any(isinstance(fields.get(name), str | list) for name in ("html", "text")):
            return _refuse(Reason.EMPTY_BODY, "the record's text is empty")
        names = ", ".join(_clean(name)[:40] for name, held in value.items() if held is not None)
        return _refuse(Reason.BAD_RECORD, f"no text and no HTML in: {names[:300] or 'nothing'}")
    return Record(
        html=html,
        text=text,
        id=_identifier(fields.get("id")),
        url=_address(fields.get("url")),
        canonical_url=_address(fields.get("canonical_url")),
        title=_string(fields.get("title")),
        date=_moment(fields.get("date")),
        modified=_moment(fields.get("modified")),
        authors=_strings(fields.get("authors")),
        language=_string(fields.get("language")),
        site_name=_site_name(fields.get("site_name")),
        section=next(iter(_strings(fields.get("section"))), None),
        tags=_tags(fields.get("tags")),
        image_url=_address(fields.get("image_url")),
    )


_JSON_NAMES = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def _refuse(reason: Reason, detail: str) -> Refusal:
    return Refusal(stage=Stage.EXTRACT, reason=reason, detail=detail)


def _of_error(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not {error.encoding}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _fields(value: dict[str, object]) -> dict[str, object]:
    """Pick, for each of our names, the first listed one that holds anything."""
    by_name: dict[str, object] = {}
    for level in _levels(value):
        for name, held in level.items():
            if held is not None:
                by_name.setdefault(_NOT_A_LETTER.sub("", name).lower(), held)
    found: dict[str, object] = {}
    for ours, names in FIELDS.items():
        held_here = [by_name[name] for name in names if name in by_name]
        if held_here:
            found[ours] = next((held for held in held_here if _holds(held)), held_here[0])
    return found


def _levels(value: dict[str, object]) -> Iterator[dict[str, object]]:
    yield value
    for name in NESTED:
        inner = value.get(name)
        if isinstance(inner, dict):
            yield inner


def _holds(held: object) -> bool:
    return bool(held.strip()) if isinstance(held, str) else held not in ([], {})


def _clean(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def _string(held: object) -> str | None:
    """Return a string that is not blank."""
    return _clean(held) if isinstance(held, str) and held.strip() else None


def _paragraphs(held: object) -> str | None:
    """Return text that comes as one string or as a list of paragraphs."""
    if isinstance(held, list):
        return _string("\n".join(part for part in held if isinstance(part, str)))
    return _string(held)


def _as_html(text: str) -> str | None:
    """Return a field named for text as HTML where it holds markup, else None.

    With inline tags alone its lines are its paragraphs, which HTML would run together.
    """
    if _BLOCK_TAG.search(text):
        return text
    if _INLINE_TAG.search(text):
        return "\n".join(f"<p>{line}</p>" for line in text.splitlines() if line.strip())
    return None


def _strings(held: object) -> tuple[str, ...]:
    """Return the strings of a string, an object with a `name` (schema.org), or a list of both."""
    found = []
    for part in held if isinstance(held, list) else [held]:
        text = _string(part.get("name") if isinstance(part, dict) else part)
        if text is not None:
            found.append(text.strip())
    return tuple(found)


def _tags(held: object) -> tuple[str, ...]:
    """Split a lone string at its commas, as `keywords` are written."""
    if isinstance(held, str):
        held = held.split(",")
    return _strings(held)


def _site_name(held: object) -> str | None:
    """Return an outlet's name; an address in its place is none."""
    return next((name for name in _strings(held) if not _ADDRESS.match(name)), None)


def _address(held: object) -> str | None:
    """Return an absolute http(s) URL, also from an object with `url`, or the first of a list."""
    if isinstance(held, list):
        held = held[0] if held else None
    if isinstance(held, dict):
        held = held.get("url")
    found = _string(held)
    return found.strip() if found and _ADDRESS.match(found.strip()) else None


def _moment(held: object) -> str | None:
    """Return a date as written; a number is Unix time, in seconds or milliseconds."""
    if isinstance(held, dict):  # as database exports write it: {"$date": ...}
        held = held.get("$date")
    if isinstance(held, bool) or not isinstance(held, int | float):
        return _string(held)
    low, high = _SECONDS
    if low < held < high:
        return datetime.fromtimestamp(held, UTC).isoformat()
    if high <= held < high * 1000:
        return datetime.fromtimestamp(held / 1000, UTC).isoformat()
    return None


def _identifier(held: object) -> str | None:
    """Return a record's own id as text; a very long one as its hash."""
    if isinstance(held, dict):  # as database exports write it: {"$oid": ...}
        held = held.get("$oid")
    if isinstance(held, int) and not isinstance(held, bool):
        held = str(held) if abs(held) < 10**_LONGEST_ID else None
    found = _string(held)
    if found is None:
        return None
    return found.strip() if len(found) <= _LONGEST_ID else short_hash(found)
