"""The door of the room: a SOURCE in, its documents out, whatever kind it is.

A new kind of input is one file in this folder and one line in `READERS`; see
docs/adding-a-reader.md.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import BinaryIO

from tasks.errors import SourceUnavailable, UsageError
from tasks.model import RawItem, Reason, Source, sha256_of
from tasks.readers.document import read_html, read_json, read_text, read_unsupported
from tasks.readers.jsonl import read_jsonl
from tasks.readers.origin import Origin
from tasks.readers.paths import FoundFile, files_of, locator_of, problem_of, unavailable
from tasks.readers.sniff import BINARY, HTML, JSON, JSONL, PREFIX_BYTES, TEXT, WARC, sniff
from tasks.readers.streams import (
    COMPRESSED_SUFFIXES,
    ByteStream,
    without_compression_suffix,
)
from tasks.readers.warc import read_warc
from tasks.readers.web.rules import WEB_KINDS

Reader = Callable[[ByteStream, Origin], Iterator[RawItem]]
Fetching = Callable[[Sequence[str], str | None], Iterator[RawItem]]
"""Addresses and the kind that is forced on them in, their documents out."""

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "html": read_html,
        "text": read_text,
        "json": read_json,
        "jsonl": read_jsonl,
        "warc": read_warc,
    }
)
URLS = "urls"
KINDS: tuple[str, ...] = (*READERS, URLS, *WEB_KINDS)
"""The names that force a reader (`--kind`)."""

_KIND_OF: Mapping[str, str] = MappingProxyType(
    {HTML: "html", TEXT: "text", JSON: "json", JSONL: "jsonl", WARC: "warc"}
)
"""What was found in the bytes, and who reads it. Nobody reads any other type."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_WEB_SCHEME = re.compile(r"https?://", re.I)
_WEB_ADDRESS = re.compile(r"https?://\S+", re.I)
STDIN = "-"


def read(
    source: Source,
    *,
    stdin: BinaryIO | None = None,
    max_bytes: int,
    now: Callable[[], datetime],
    skip: Collection[str] = frozenset(),
    fetch: Fetching | None = None,
) -> Iterator[RawItem]:
    """Yield every document of a source, in a stable order, one at a time.

    `stdin` is read where the source is `-`. A payload of more than `max_bytes` is refused without
    being held. Locators in `skip` were taken in before and are not read again. A file that cannot
    be read, or is broken, is one item with its refusal; neighbours go on. `fetch` is asked for what
    addresses hold, the source itself or the lines of a list.

    Raises `UsageError` for an unknown kind, and `SourceUnavailable` where the whole source cannot
    be read (nothing was yielded then).
    """
    if source.kind is not None and source.kind not in KINDS:
        raise UsageError(f"unknown kind {source.kind!r}", f"the known kinds are {', '.join(KINDS)}")
    origin = Origin(locator="", name="", max_bytes=max_bytes, now=now, skip=skip)
    if source.locator == STDIN:
        return _read_stdin(stdin, source.kind, origin, fetch)
    if is_address(source.locator):
        return _read_web([source.locator], source.kind, fetch)
    if _ADDRESS.match(source.locator) and not os.path.lexists(source.locator):
        scheme = source.locator.partition("://")[0]
        detail, remedy = f"no reader for {scheme}:// addresses", "give a file, a folder or a URL"
        raise SourceUnavailable(source.locator, Reason.UNREACHABLE, detail, remedy)
    return _read_files(source, origin, fetch)


def is_address(locator: str) -> bool:
    """Say whether a source is an address of the web, and no file that is named like one."""
    return _WEB_SCHEME.match(locator) is not None and not os.path.lexists(locator)


def _read_web(
    addresses: Sequence[str], kind: str | None, fetch: Fetching | None
) -> Iterator[RawItem]:
    if fetch is None:
        detail, remedy = "nothing is fetched here", "give its file"
        raise SourceUnavailable(addresses[0], Reason.UNREACHABLE, detail, remedy)
    return fetch(addresses, None if kind == URLS else kind)


def _read_files(source: Source, origin: Origin, fetch: Fetching | None) -> Iterator[RawItem]:
    files = files_of(source.locator)
    first = next(files)
    is_alone = first.path == source.locator
    if is_alone:
        try:
            with _open(first.path) as raw:
                listed = addresses_in(ByteStream(raw), source.kind)
        except OSError as error:
            raise unavailable(source.locator, error) from None
        if listed:
            return _read_web(listed, None, fetch)
    return _read_each(chain([first], files), source.kind, origin)


def _read_each(files: Iterator[FoundFile], kind: str | None, origin: Origin) -> Iterator[RawItem]:
    for file in files:
        locator = locator_of(file.path)
        if locator not in origin.skip:
            yield from _read_file(file, kind, replace(origin, locator=locator))


def _read_file(file: FoundFile, kind: str | None, origin: Origin) -> Iterator[RawItem]:
    """Yield the documents of one file; what the system refuses is one `unreadable` document."""
    if file.problem is not None:
        yield origin.refused(Reason.UNREADABLE, file.problem)
        return
    origin = replace(
        origin,
        name=without_compression_suffix(os.path.basename(origin.locator)),  # noqa: PTH119
        reopen=partial(_open, file.path),
    )
    has_begun = False
    try:
        with _open(file.path) as raw:
            for item in _read_stream(ByteStream(raw), kind, origin):
                has_begun = True
                yield item
    except OSError as error:
        where = origin.inside("end") if has_begun else origin.locator
        yield origin.refused(Reason.UNREADABLE, problem_of(error), locator=where)


def _open(path: str) -> BinaryIO:
    """Open a regular file; a pipe or device would block, or never end."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
        raise OSError(0, "not a regular file")
    return open(path, "rb")  # noqa: PTH123 - the caller closes it


def _read_stream(stream: ByteStream, kind: str | None, origin: Origin) -> Iterator[RawItem]:
    """Hand a stream to the reader that was named, or that its content calls for."""
    prefix = stream.peek(PREFIX_BYTES)
    if not prefix:
        if stream.damage is None:
            yield origin.refused(Reason.EMPTY_BODY, "an empty file", payload=b"")
        else:
            yield origin.refused(stream.damage.reason, stream.damage.detail)
        return
    media_type = sniff(prefix, origin.name).media_type
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


def _read_stdin(
    stdin: BinaryIO | None, kind: str | None, origin: Origin, fetch: Fetching | None
) -> Iterator[RawItem]:
    """Yield what standard input holds: one document, one container, or the pages of its URLs.

    What is read is numbered from 1. It has no lasting place, so a document's place is its
    content: another text piped in later is another article, not a revision of this one.
    """
    if stdin is None:
        raise SourceUnavailable(STDIN, Reason.UNREADABLE, "there is no standard input", "pipe one")
    stream = ByteStream(stdin)
    if listed := addresses_in(stream, kind):
        return _read_web(listed, None if kind == URLS else kind, fetch)
    within = replace(origin, locator="stdin", skip=frozenset())
    return _numbered(_read_stream(stream, kind, within), origin.skip)


def _numbered(items: Iterator[RawItem], skip: Collection[str]) -> Iterator[RawItem]:
    for number, item in enumerate(items, start=1):
        locator = f"stdin#{number}"
        place = item.place
        if place == item.locator and item.payload is not None:
            place = f"stdin#sha256:{sha256_of(item.payload)[:32]}"
        elif place == item.locator:
            place = locator
        if locator not in skip:
            yield replace(item, locator=locator, place=place)


def addresses_in(stream: ByteStream, kind: str | None) -> list[str]:
    """Return the addresses that a stream consists of, one a line; nothing for anything else.

    The first lines decide: all of them are addresses, but for blank ones and comments (`#`).
    Later lines that are none are returned too, to be refused one by one. With the kind `urls` any
    text is a list; with another kind none is, but for the kinds of the web.
    """
    if kind is not None and kind != URLS and kind not in WEB_KINDS:
        return []
    prefix = stream.peek(PREFIX_BYTES)
    lines = prefix.decode("utf-8-sig", "replace").split("\n")
    if len(prefix) == PREFIX_BYTES:
        lines.pop()  # cut off, perhaps in the middle of an address
    written = [line for line in map(str.strip, lines) if line and not line.startswith("#")]
    is_list = bool(written) and all(_WEB_ADDRESS.fullmatch(line) for line in written)
    if not is_list and kind != URLS:
        return []
    found = bytearray()
    while piece := stream.take(PREFIX_BYTES):
        found += piece
    lines = found.decode("utf-8-sig", "replace").split("\n")
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]
