"""What a document is at each moment of its life, from its source to the clean stage.

One frozen type per moment (a new moment is a new type, not a new flag). Times are aware UTC;
units live in names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tasks.model.ids import BatchId, DocumentId
from tasks.model.outcomes import Reason, Refusal, Stage


class Kind(StrEnum):
    """How a payload is to be read, found out by content before name."""

    HTML = "html"
    TEXT = "text"
    RECORD = "record"  # one JSON object: a line of JSONL, with HTML or text in one of its fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where documents come from, as the caller named it.

    `locator` is a path, glob, URL or `-`; `kind` forces a reader (None: found out by content,
    then by name); `name` stands in for `site` where a document has no URL.
    """

    locator: str
    kind: str | None = None
    name: str | None = None


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
