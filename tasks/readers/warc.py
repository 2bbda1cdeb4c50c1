"""WARC archives: every record that claims to hold a page becomes a document.

That is `response`, `resource`, `revisit` and `conversion`; requests, metadata and the archive's own
description are not. A page is judged by its HTTP status and by its content; the declared type
decides only what the content leaves open, because types in archives are often missing or wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from tasks.model import Kind, RawItem, Reason
from tasks.readers.http_message import content_type, parse_response
from tasks.readers.origin import Origin
from tasks.readers.response import judge_content, judge_response, refuse
from tasks.readers.streams import ByteStream
from tasks.readers.warc_records import WarcRecord, records

DOCUMENT_TYPES = frozenset({"response", "resource", "revisit", "conversion"})
HEAD_BYTES = 256 * 1024
"""Room for an HTTP head beside a body of `max_bytes`."""
LONGEST_ID = 200
ORIGINALS = 50_000
"""How many pages are remembered for revisits: about 10 MB, so that memory stays flat."""
FIRST_CAPTURE = datetime(1990, 1, 1, tzinfo=UTC)
"""There was no web before; an earlier WARC-Date is a broken clock."""
FUTURE = timedelta(hours=48)


@dataclass(slots=True)
class _Archive:
    """What must be known of earlier records: names that are taken, and where pages stand."""

    origin: Origin
    names: dict[int, int] = field(default_factory=dict)
    originals: dict[str, int] = field(default_factory=dict)

    def locator_of(self, record: WarcRecord) -> str:
        """Name a record by its id, else by its place; a second equal name gets `~2`."""
        name = record.headers.get("warc-record-id", "").strip("<> ")
        if not name or len(name) > LONGEST_ID:
            name = str(record.offset)
        number = self.names.get(hash(name), 0) + 1
        self.names[hash(name)] = number  # a hash is a third of an id, and there may be millions
        return self.origin.inside(name if number == 1 else f"{name}~{number}")

    def remember(self, record: WarcRecord) -> None:
        """Keep where a page stands, for revisits that name its digest."""
        digest = record.headers.get("warc-payload-digest")
        if digest and record.file_offset is not None and len(self.originals) < ORIGINALS:
            self.originals.setdefault(digest, record.file_offset)

    def original_of(self, revisit: WarcRecord) -> WarcRecord | None:
        """Read the record again whose page a revisit saw unchanged; None if it is not here."""
        digest = revisit.headers.get("warc-payload-digest", "")
        at = self.originals.get(digest)
        if at is None or self.origin.reopen is None:
            return None
        with self.origin.reopen() as file:
            file.seek(at)
            limit = self.origin.max_bytes + HEAD_BYTES
            found = next(records(ByteStream(file), max_block_bytes=limit), None)
        if found is None or found.damage or found.headers.get("warc-payload-digest") != digest:
            return None
        return found


def read_warc(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield the documents of a WARC in order; locators end in the record's id, else its offset.

    Offsets count bytes without compression. A record that is cut off, or whose length is a lie,
    is a `failed` document and reading goes on behind it; so is a stretch in which records may
    have been lost, whatever they were.
    """
    found = records(stream, max_block_bytes=origin.max_bytes + HEAD_BYTES)
    # Not a loop: its variables would hold a record while its document is worked on.
    yield from filter(None, map(partial(_document, _Archive(origin)), found))


def _document(archive: _Archive, record: WarcRecord) -> RawItem | None:
    """Return what a record holds; None where it is no document, or was taken in before."""
    kind = record.headers.get("warc-type", "").lower()
    if kind not in DOCUMENT_TYPES and not record.is_lossy:
        return None
    locator = archive.locator_of(record)
    if kind in {"response", "resource"} and record.damage is None:
        archive.remember(record)
    return None if locator in archive.origin.skip else _item(record, kind, locator, archive)


def _item(record: WarcRecord, kind: str, locator: str, archive: _Archive) -> RawItem:
    target = record.headers.get("warc-target-uri", "").strip("<> ")
    blank = RawItem(
        locator=locator,
        place=locator,
        kind=Kind.HTML,
        payload=None,
        fetched_at=_captured_at(record, archive.origin.now()),
        url=re.sub(r"\s", "%20", target) if re.match(r"https?://", target, re.I) else None,
    )
    if record.damage is not None:
        return refuse(blank, record.damage.reason, record.damage.detail)
    if kind == "revisit":
        original = archive.original_of(record)
        if original is None:
            return refuse(blank, Reason.TRUNCATED_INPUT, _of_missing_original(record))
        record = original
    truncated = record.headers.get("warc-truncated")
    if truncated:
        return refuse(blank, Reason.TRUNCATED_INPUT, f"the crawler cut it off: {truncated[:60]}")
    if "warc-segment-number" in record.headers:
        return refuse(blank, Reason.TRUNCATED_INPUT, "the record goes on in other files")
    response = parse_response(record.block)
    if response is None:
        return _of_bare_content(blank, record, archive.origin.max_bytes)
    return judge_response(blank, response, archive.origin.max_bytes)


def _of_missing_original(revisit: WarcRecord) -> str:
    """Say where the page is that a revisit only points to.

    By the standard such a record is one whose payload was left out, so the document is
    `truncated_input`: never had, and asked for again the next time.
    """
    uri = revisit.headers.get("warc-refers-to-target-uri") or revisit.headers.get("warc-refers-to")
    date = revisit.headers.get("warc-refers-to-date", "an unnamed time")
    return f"a revisit, without its page: that is in a record of {date} ({uri or 'unnamed'})"


def _of_bare_content(blank: RawItem, record: WarcRecord, max_bytes: int) -> RawItem:
    """Judge a record without an HTTP head: a resource, a conversion, a response to `dns:`."""
    declared, charset = content_type(record.headers.get("content-type"))
    if declared == "application/http":
        return refuse(blank, Reason.BAD_FILE, "the record does not begin with an HTTP status")
    if len(record.block) > max_bytes:
        return refuse(blank, Reason.TOO_LARGE, f"{len(record.block)} bytes")
    item = replace(blank, payload=record.block, media_type=declared, charset=charset)
    return judge_content(item, record.block, declared)


def _captured_at(record: WarcRecord, now: datetime) -> datetime:
    """Return when the page was fetched: the WARC-Date, or now where that is missing or absurd."""
    try:
        at = datetime.fromisoformat(record.headers.get("warc-date", ""))
    except ValueError:
        return now
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at if FIRST_CAPTURE <= at <= now + FUTURE else now
