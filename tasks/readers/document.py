"""Streams that are one document each: a page, a text, one JSON record over several lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tasks.extraction.record import parse_record
from tasks.model import Kind, RawItem, Reason, Refusal, Stage
from tasks.readers.inflate import Damaged
from tasks.readers.origin import Origin, refusal
from tasks.readers.sniff import HTML, JSON, PREFIX_BYTES, TEXT, binary_type
from tasks.readers.streams import ByteStream

_BLANK = b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"


def read_html(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield the stream as one page; binary data under that name is `not_html`."""
    yield _document(stream, origin, Kind.HTML, HTML)


def read_text(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield the stream as one text; binary data under that name is `unsupported_media_type`."""
    yield _document(stream, origin, Kind.TEXT, TEXT)


def read_json(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield the stream as one record, which may run over many lines."""
    item = _document(stream, origin, Kind.RECORD, JSON)
    if item.refusal is None and item.payload is not None:
        record = parse_record(item.payload)
        if isinstance(record, Refusal):
            item = replace(item, refusal=replace(record, stage=Stage.ACQUIRE))
        else:
            item = replace(item, url=record.url)
    yield item


def read_unsupported(stream: ByteStream, origin: Origin, media_type: str) -> RawItem:
    """Return something that holds no article, with its bytes, so that it can be looked into."""
    return _document(stream, origin, origin.expected_kind, media_type)


def is_blank(payload: bytes) -> bool:
    """Say whether a payload holds nothing but white space and byte order marks."""
    return not payload[:PREFIX_BYTES].strip(_BLANK) and not payload.strip(_BLANK)


def _document(stream: ByteStream, origin: Origin, kind: Kind, media_type: str) -> RawItem:
    try:
        payload = stream.read_whole(origin.max_bytes)
    except Damaged as damaged:
        return origin.refused(damaged.reason, damaged.detail, kind=kind, media_type=media_type)
    return RawItem(
        locator=origin.locator,
        place=origin.locator,
        kind=kind,
        payload=payload,
        fetched_at=origin.now(),
        media_type=media_type,
        refusal=_judged(payload, kind, media_type),
    )


def _judged(payload: bytes, kind: Kind, media_type: str) -> Refusal | None:
    if is_blank(payload):
        return refusal(Reason.EMPTY_BODY, f"{len(payload)} bytes, none of them text")
    found = binary_type(payload[:PREFIX_BYTES])
    if found is not None and kind is Kind.HTML:
        return refusal(Reason.NOT_HTML, f"named as a page, but its content is {found}")
    if found is not None or media_type not in {HTML, TEXT, JSON}:
        return refusal(Reason.UNSUPPORTED_MEDIA_TYPE, f"{found or media_type} holds no article")
    return None
