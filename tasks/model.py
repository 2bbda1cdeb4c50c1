"""The domain: what a document is at each moment of its life, and the names of what can befall it.

One frozen type per moment (a new moment is a new type, not a new flag). Standard library only,
so that worker processes and pure tests start at once. Times are aware UTC; units live in names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NewType

BatchId = NewType("BatchId", str)
DocumentId = NewType("DocumentId", str)
ArticleId = NewType("ArticleId", str)


RULES_VERSION = "2026.11.2"
"""Names the rules of extraction, cleaning and refusing. A payload that these rules refused is not
looked at again until they change: raise it with every change of what they take or leave."""


class Kind(StrEnum):
    """How a payload is to be read, found out by content before name."""

    HTML = "html"
    TEXT = "text"
    RECORD = "record"  # one JSON object: a line of JSONL, with HTML or text in one of its fields


class Stage(StrEnum):
    """A step of the line; `quarantine.stage` says where a document stopped."""

    ACQUIRE = "acquire"
    EXTRACT = "extract"
    CLEAN = "clean"
    DEDUPE = "dedupe"
    AUDIT = "audit"


class Outcome(StrEnum):
    """The one end of every document. In each batch `documents` is the sum of the six."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    HELD = "held"


class Reason(StrEnum):
    """Why a document was refused. Each has exactly one outcome: see `OUTCOME_OF`.

    `check_failed:<expectation>` is not listed: it is made from `CHECK_FAILED` and the
    expectation's name.
    """

    NO_MAIN_TEXT = "no_main_text"
    TOO_SHORT = "too_short"
    TOO_LARGE = "too_large"
    TOO_COMPLEX = "too_complex"
    PARSE_DEPTH = "parse_depth"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    CRASHED = "crashed"
    EMPTY_BODY = "empty_body"
    NOT_HTML = "not_html"
    NOT_ARTICLE = "not_article"
    LINK_LIST = "link_list"
    PLACEHOLDER_TEXT = "placeholder_text"
    REPETITION = "repetition"
    TITLE_ONLY = "title_only"
    TITLE_SUSPECT = "title_suspect"
    CONSENT_WALL = "consent_wall"
    PAYWALL = "paywall"
    LOGIN_WALL = "login_wall"
    SOFT_404 = "soft_404"
    BOT_CHALLENGE = "bot_challenge"
    JS_REQUIRED = "js_required"
    REDIRECT_PAGE = "redirect_page"
    ENCODING_SUSPECT = "encoding_suspect"
    CONTROL_CHARS = "control_chars"
    BAD_RECORD = "bad_record"
    BAD_LINE = "bad_line"
    MALFORMED_FEED = "malformed_feed"
    NOT_FEED = "not_feed"
    FORBIDDEN_XML = "forbidden_xml"
    ROBOTS_DENIED = "robots_denied"
    BLOCKED_URL = "blocked_url"
    URL_TOO_LONG = "url_too_long"
    OTHER_HOST = "other_host"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    WITHDRAWN = "withdrawn"

    UNREACHABLE = "unreachable"
    TLS_ERROR = "tls_error"
    FETCH_TIMEOUT = "fetch_timeout"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    PROTOCOL_ERROR = "protocol_error"
    HTTP_ERROR = "http_error"
    RETRY_LATER = "retry_later"
    TRUNCATED_INPUT = "truncated_input"
    BAD_FILE = "bad_file"
    UNREADABLE = "unreadable"


CHECK_FAILED = "check_failed"

_FAILED = frozenset(
    {
        Reason.UNREACHABLE,
        Reason.TLS_ERROR,
        Reason.FETCH_TIMEOUT,
        Reason.TOO_MANY_REDIRECTS,
        Reason.PROTOCOL_ERROR,
        Reason.HTTP_ERROR,
        Reason.RETRY_LATER,
        Reason.TRUNCATED_INPUT,
        Reason.BAD_FILE,
        Reason.UNREADABLE,
    }
)
OUTCOME_OF: Mapping[Reason, Outcome] = MappingProxyType(
    {r: Outcome.FAILED if r in _FAILED else Outcome.QUARANTINED for r in Reason}
)
"""Failed: we never had the whole payload. Quarantined: we have it, or were forbidden it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A document stops here, and why. `detail` is one line for a person."""

    stage: Stage
    reason: Reason
    detail: str

    @property
    def outcome(self) -> Outcome:
        """The outcome that the reason implies."""
        return OUTCOME_OF[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where documents come from, as the caller named it.

    `locator` is a path, glob, URL or `-`; `kind` forces a reader (None: found out by content,
    then by name); `name` stands in for `site` where a document has no URL.
    """

    locator: str
    kind: str | None = None
    name: str | None = None


class Mode(StrEnum):
    """Which mistake extraction is to avoid: a leftover taken for text, or a line of text lost."""

    AUTO = "auto"
    PRECISION = "precision"
    RECALL = "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How the documents of one source are extracted and cleaned, where not as all others.

    `language` is the ISO 639-1 code that its articles are written in; `skip_rules` names the
    cleaning rules that take nothing from them.
    """

    language: str | None = None
    extraction: Mode = Mode.AUTO
    skip_rules: tuple[str, ...] = ()


AS_ALL = Treatment()
Treatments = Mapping[str, Treatment]
"""By name of its source, how a document is treated; of no name, or another one: `AS_ALL`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One taking-in as a reader yields it: bytes as they arrived, or the refusal that came instead.

    `locator` is absolute and unique in its source (`/path/page.html.gz`, a URL,
    `/path/a.warc.gz#<record id>`, `/path/a.jsonl#<line>`). `place` is what stays the same when
    the thing is taken in again: the locator, or a record's own id. Exactly one of `payload` and
    `refusal` may be missing; a quarantined item keeps its payload so that it can be replayed.
    Both are missing where a server said that nothing changed (304), or a file lies there as when
    it was read: `payload_sha256` then names the payload that the desk has from this place (of a
    file `payload_bytes` tells how large it is); everywhere else it is None. `file_state` is set
    where the payload is a whole file: how it lay there just before.
    `source_name` is set where an item brings the name of the source that it first came from.
    `charset` is what the transport declared (an HTTP header), not what the bytes say.
    """

    locator: str
    place: str
    kind: Kind
    payload: bytes | None
    fetched_at: datetime
    media_type: str | None = None
    charset: str | None = None
    url: str | None = None
    http_status: int | None = None
    http_headers: str | None = None  # as JSON: a list of [name, value], in order
    http_earlier: str | None = None  # as JSON: the redirects and retried errors that came before
    refusal: Refusal | None = None
    payload_sha256: str | None = None
    payload_bytes: int = 0
    file_state: str | None = None
    source_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """A `RawItem` that has its ids and its position in a batch. Grain: one taking-in.

    These fields are the columns of a raw shard. `payload_sha256` is null and `payload_bytes` 0
    where nothing arrived; in the shard `forget` clears the hash of what it erases.
    """

    document_id: DocumentId
    batch_id: BatchId
    position: int
    source: str
    source_name: str | None
    locator: str
    place: str
    kind: Kind
    payload: bytes | None
    payload_sha256: str | None
    payload_bytes: int
    media_type: str | None
    charset: str | None
    url: str | None
    fetched_at: datetime
    http_status: int | None
    http_headers: str | None
    http_earlier: str | None
    stage: Stage | None
    reason: Reason | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedLine:
    """A line of the engine's output that the text has not, and the rule that took it.

    `line_no` counts from 1 in the engine's output; None for a block that pruning took before
    the engine saw the page (`rule` is then `block:<name>`).
    """

    line_no: int | None
    text: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date as a page states it.

    `on` is the day in the page's own zone; `at` is None where only a day is known. `source`
    names where it stood (`json-ld`, `meta`, `time`, `url`, `htmldate`, `line`, `dump`, ...).
    `flag` is `invalid` (named but impossible), `future` or `guessed`; on and at are None for the
    first two.
    """

    on: date | None
    at: datetime | None
    source: str | None
    flag: str | None = None


NO_DATE = Dated(on=None, at=None, source=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What an extractor claims about one document, before any cleaning of ours.

    `text` is the engine's output, one paragraph a line. Everything unknown is None or empty.
    `canonical_url` is absolute http(s) and not yet judged plausible. `language` is what the page
    declares (ISO 639-1), not what we detect. `removed` holds blocks that pruning took.
    """

    text: str
    extractor: str
    title: str | None = None
    title_source: str | None = None
    authors: tuple[str, ...] = ()
    author_source: str | None = None
    published: Dated = NO_DATE
    modified_at: datetime | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    url: str | None = None  # the document's own URL where a record or the page's transport names it
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    removed: tuple[RemovedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The cleaned record we stand behind. Grain: one document that may become a revision.

    These fields are the columns of a cleaned shard and of the staging table. `text`: paragraphs
    separated by one newline, NFC, no control characters, no leading copy of the title.
    `canonical_key` is the identity its canonical URL would give it (None where implausible);
    `own_key` the identity its own URL or place gives it. Deduping chooses between the two.
    """

    document_id: DocumentId
    url: str | None
    canonical_url: str | None
    canonical_key: str | None
    own_key: str
    site: str | None
    site_name: str | None
    title: str | None
    title_source: str | None
    authors: tuple[str, ...]
    author_source: str | None
    published_at: datetime | None
    published_on: date | None
    date_source: str | None
    date_flag: str | None
    modified_at: datetime | None
    language: str | None
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None
    text: str
    text_sha256: str
    text_chars: int
    text_words: int
    lines_removed: int
    extractor: str


def sha256_of(data: bytes) -> str:
    """Name bytes by their SHA-256, in hex."""
    return hashlib.sha256(data).hexdigest()


def short_hash(*parts: str) -> str:
    """Hash parts into 32 hex digits (128 bits): enough that no two ids of a desk ever meet."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What every later shard repeats of a raw document: all but its payload. Grain: document."""

    document_id: DocumentId
    position: int
    source: str
    source_name: str | None
    locator: str
    place: str
    kind: Kind
    url: str | None
    payload_sha256: str | None
    payload_bytes: int
    media_type: str | None
    charset: str | None
    http_status: int | None
    fetched_at: datetime
    shard_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A document behind the extract stage: an extraction, a refusal, or neither (known already)."""

    taken: Taken
    extraction: Extraction | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A document behind the clean stage. `removed` explains a refused document too."""

    taken: Taken
    article: Article | None
    refusal: Refusal | None
    site: str | None
    removed: tuple[RemovedLine, ...]
