"""JSON lines: one record a line, streamed, so that a file may be larger than the memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasks.extraction.record import parse_record
from tasks.model import Kind, RawItem, Reason, Refusal, Stage
from tasks.readers.inflate import CHUNK_BYTES, Damaged
from tasks.readers.origin import Origin
from tasks.readers.sniff import JSON
from tasks.readers.streams import ByteStream


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line that is not blank, with its number from 1; `content` is None where it is too long."""

    number: int
    content: bytes | None


def read_jsonl(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield one item for each line that is not blank; its locator ends in the line's number.

    Bad lines are quarantined with their bytes and the rest goes on. Where the stream breaks, the
    lines before are kept and `#end` is one more document, `failed`.
    """
    try:
        for line in _lines(stream, origin.max_bytes):
            locator = origin.inside(line.number)
            if locator not in origin.skip:
                yield _item(line, locator, origin)
    except Damaged as damaged:
        yield origin.refused(
            damaged.reason, damaged.detail, locator=origin.inside("end"), kind=Kind.RECORD
        )


def _item(line: _Line, locator: str, origin: Origin) -> RawItem:
    if line.content is None:
        return origin.refused(
            Reason.TOO_LARGE,
            f"line {line.number} has more than {origin.max_bytes} bytes",
            locator=locator,
            kind=Kind.RECORD,
            media_type=JSON,
        )
    return record_item(line.content, locator, origin)


def record_item(content: bytes, locator: str, origin: Origin) -> RawItem:
    """Return a record, one JSON object, as an item; what is none keeps its bytes and its reason."""
    item = RawItem(
        locator=locator,
        place=locator,
        kind=Kind.RECORD,
        payload=content,
        fetched_at=origin.now(),
        media_type=JSON,
    )
    record = parse_record(content)
    if isinstance(record, Refusal):
        return replace(item, refusal=replace(record, stage=Stage.ACQUIRE))
    # A record's own id is its place: a data set that is written again in another order, or with
    # lines added at its head, is still the same data set.
    place = locator if record.id is None else origin.inside(f"id:{record.id}")
    return replace(item, url=record.url, place=place)


def _lines(stream: ByteStream, max_bytes: int) -> Iterator[_Line]:
    """Split a stream at its line feeds; hold no more than `max_bytes` of any line."""
    number, begun, is_too_long = 1, bytearray(), False
    while chunk := stream.read(CHUNK_BYTES):
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            begun += part
            if is_too_long or len(begun) > max_bytes:
                yield _Line(number=number, content=None)
            elif begun.strip():
                yield _Line(number=number, content=bytes(begun).removesuffix(b"\r"))
            number, is_too_long = number + 1, False
            begun.clear()
        begun += rest
        if len(begun) > max_bytes:
            is_too_long = True
            begun.clear()
    if is_too_long or begun.strip():
        yield _Line(number=number, content=None if is_too_long else bytes(begun))
