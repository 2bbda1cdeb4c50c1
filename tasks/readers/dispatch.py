"""Which reader gets a stream: the one of the kind that is forced on it, else of its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tasks.model import RawItem, Reason
from tasks.readers.archives import read_tar, read_zip
from tasks.readers.document import read_html, read_json, read_text, read_unsupported
from tasks.readers.jsonl import read_jsonl
from tasks.readers.origin import Origin
from tasks.readers.sniff import (
    BINARY,
    HTML,
    JSON,
    JSONL,
    PREFIX_BYTES,
    TEXT,
    WARC,
    binary_type,
    sniff,
)
from tasks.readers.streams import COMPRESSED_SUFFIXES, ByteStream
from tasks.readers.tables import read_arrow, read_csv, read_parquet
from tasks.readers.warc import read_warc

Reader = Callable[[ByteStream, Origin], Iterator[RawItem]]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "html": read_html,
        "text": read_text,
        "json": read_json,
        "jsonl": read_jsonl,
        "warc": read_warc,
        "csv": read_csv,
        "parquet": read_parquet,
        "arrow": read_arrow,
        "zip": lambda stream, origin: read_zip(stream, origin, _read_member),
        "tar": lambda stream, origin: read_tar(stream, origin, _read_member),
    }
)
_KIND_OF: Mapping[str, str] = MappingProxyType(
    {
        HTML: "html",
        TEXT: "text",
        JSON: "json",
        JSONL: "jsonl",
        WARC: "warc",
        "text/csv": "csv",
        "text/tab-separated-values": "csv",
        "application/vnd.apache.parquet": "parquet",
        "application/vnd.apache.arrow.file": "arrow",
        "application/vnd.apache.arrow.stream": "arrow",
        "application/zip": "zip",
        "application/x-tar": "tar",
    }
)
"""What was found in the bytes, and who reads it. Nobody reads any other type."""

_TABLE_SUFFIXES = (".csv", ".tsv")


def _read_member(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    return read_stream(stream, None, origin)


def read_stream(stream: ByteStream, kind: str | None, origin: Origin) -> Iterator[RawItem]:
    """Hand a stream to the reader that was named, or that its content calls for."""
    prefix = stream.peek(PREFIX_BYTES)
    if not prefix:
        if stream.damage is None:
            yield origin.refused(Reason.EMPTY_BODY, "an empty file", payload=b"")
        else:
            yield origin.refused(stream.damage.reason, stream.damage.detail)
        return
    media_type = sniff(prefix, origin.name).media_type
    if origin.name.lower().endswith(_TABLE_SUFFIXES) and binary_type(prefix) is None:
        media_type = "text/csv"  # whatever its cells hold, markup for one
    reader = READERS.get(kind or _KIND_OF.get(media_type, ""))
    if reader is not None:
        yield from reader(stream, origin)
    elif _is_broken_archive(stream, media_type, origin):
        yield origin.refused(Reason.BAD_FILE, "named as compressed, but its bytes are not")
    else:
        yield read_unsupported(stream, origin, media_type)


def _is_broken_archive(stream: ByteStream, media_type: str, origin: Origin) -> bool:
    is_named_so = origin.locator.lower().endswith(COMPRESSED_SUFFIXES)
    return is_named_so and stream.compression is None and media_type == BINARY
