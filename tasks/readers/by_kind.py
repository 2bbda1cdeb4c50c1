"""The door of the room: a SOURCE in, its documents out, whatever kind it is.

A new kind of input is one file in this folder, its name in `kinds.py` and one line in `READERS`
of `dispatch.py`; see docs/adding-a-reader.md.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from tasks.errors import SourceUnavailable
from tasks.model import RawItem, Reason, Source, sha256_of, short_hash
from tasks.readers.addresses import addresses_in, is_address, is_data_set, is_remote
from tasks.readers.dispatch import read_stream
from tasks.readers.kinds import QUERY, URLS, known_kind
from tasks.readers.origin import Origin
from tasks.readers.paths import (
    FoundFile,
    KnownFile,
    file_state,
    files_of,
    locator_of,
    problem_of,
    unavailable,
)
from tasks.readers.remote import files_at, open_remote
from tasks.readers.streams import ByteStream, without_compression_suffix
from tasks.readers.tables import read_query

if TYPE_CHECKING:
    import pyarrow as pa

Downloading = Callable[[str], Path]
"""The address of an archive in, the file that holds it out."""
Querying = Callable[[str], AbstractContextManager["pa.RecordBatchReader"]]
"""SQL in, its rows out, a few at a time."""
Recalling = Callable[[Mapping[str, str]], Mapping[str, KnownFile]]
"""How files lie there (locator -> state) in, those that need no reading out."""
Fetching = Callable[[Sequence[str], str | None], Iterator[RawItem]]
"""Addresses and the kind that is forced on them in, their documents out."""
_RECALLED_AT_ONCE = 1_000
"""Files that the desk is asked about at a time: as many as a shard has at most."""
STDIN = "-"


def read(
    source: Source,
    *,
    stdin: BinaryIO | None = None,
    max_bytes: int,
    now: Callable[[], datetime],
    skip: Collection[str] = frozenset(),
    fetch: Fetching | None = None,
    download: Downloading | None = None,
    query: Querying | None = None,
    recall: Recalling | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[RawItem]:
    """Yield every document of a source, in a stable order, one at a time.

    `stdin` is read where the source is `-`. A payload of more than `max_bytes` is refused without
    being held. Locators in `skip` were taken in before and are not read again. A file that cannot
    be read, or is broken, is one item with its refusal; neighbours go on. `fetch` is asked for what
    addresses hold, the source itself or the lines of a list; `download` gets a whole archive or
    data set from one; `query` runs the SQL that a source of the kind `query` is; `recall` knows
    files that lie there as when they were read, which are not opened. `columns` names the columns
    of tables: field -> column.

    Raises `UsageError` for an unknown kind, and `SourceUnavailable` where the whole source cannot
    be read (nothing was yielded then).
    """
    if source.kind is not None:
        known_kind(source.kind)
    origin = Origin(
        locator="", name="", max_bytes=max_bytes, now=now, skip=skip, columns=columns or {}
    )
    if source.kind == QUERY:
        return _read_query(source, origin, query)
    if source.locator == STDIN:
        return _read_stdin(stdin, source.kind, origin, fetch)
    if is_data_set(source.locator, source.kind):
        return _read_download(source, origin, download)
    if is_address(source.locator):
        return _read_web([source.locator], source.kind, fetch)
    if is_remote(source.locator):
        return _read_remote(files_at(source.locator), source.kind, origin)
    return _read_files(source, origin, fetch, recall)


def _read_download(
    source: Source, origin: Origin, download: Downloading | None
) -> Iterator[RawItem]:
    """Yield what an archive on the web holds, from a copy that lies on disk meanwhile."""
    if download is None:
        detail, remedy = "nothing is fetched here", "give its file"
        raise SourceUnavailable(source.locator, Reason.UNREACHABLE, detail, remedy)
    path = download(source.locator)
    name = posixpath.basename(urlsplit(source.locator).path)
    inner = replace(origin, locator=source.locator, name=without_compression_suffix(name))
    return _read_opened(partial(_open, str(path)), source.kind, inner)


def _read_remote(files: list[str], kind: str | None, origin: Origin) -> Iterator[RawItem]:
    for locator in files:
        if locator not in origin.skip:
            name = without_compression_suffix(posixpath.basename(locator))
            inner = replace(origin, locator=locator, name=name)
            yield from _read_opened(partial(open_remote, locator), kind, inner)


def _read_query(source: Source, origin: Origin, query: Querying | None) -> Iterator[RawItem]:
    """Yield the rows of a query, numbered from 1."""
    if query is None:
        detail, remedy = "no query is run here", "give a file"
        raise SourceUnavailable(source.locator, Reason.UNREADABLE, detail, remedy)
    name = source.name or short_hash(source.locator)
    inner = replace(origin, locator=f"query:{name}", name=name)
    with query(source.locator) as rows:
        yield from read_query(rows, inner)


def _read_web(
    addresses: Sequence[str], kind: str | None, fetch: Fetching | None
) -> Iterator[RawItem]:
    if fetch is None:
        detail, remedy = "nothing is fetched here", "give its file"
        raise SourceUnavailable(addresses[0], Reason.UNREACHABLE, detail, remedy)
    return fetch(addresses, None if kind == URLS else kind)


def _read_files(
    source: Source, origin: Origin, fetch: Fetching | None, recall: Recalling | None
) -> Iterator[RawItem]:
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
    found = chain([first], files)
    if recall is None:
        return _read_each(((locator_of(f.path), f) for f in found), source.kind, origin)
    return _read_new(found, source.kind, origin, recall)


def _read_each(
    files: Iterable[tuple[str, FoundFile]], kind: str | None, origin: Origin
) -> Iterator[RawItem]:
    """Yield the documents of some files (locator, file)."""
    for locator, file in files:
        if locator not in origin.skip:
            yield from _read_file(file, kind, replace(origin, locator=locator))


def _read_new(
    files: Iterator[FoundFile], kind: str | None, origin: Origin, recall: Recalling
) -> Iterator[RawItem]:
    """Yield the documents of some files; one that lies there as when it was read is not opened."""
    while some := [(locator_of(f.path), f) for f in islice(files, _RECALLED_AT_ONCE)]:
        states = {
            locator: state
            for locator, file in some
            if locator not in origin.skip
            and file.problem is None
            and (state := file_state(file.path, kind=kind, now=origin.now()))
        }
        known = recall(states) if states else {}
        for locator, file in some:
            if locator in known:
                yield _as_known(known[locator], locator, origin)
                continue
            for item in _read_each([(locator, file)], kind, origin):
                is_whole = item.locator == locator and item.refusal is None
                yield replace(item, file_state=states.get(locator)) if is_whole else item
                del item


def _as_known(file: KnownFile, locator: str, origin: Origin) -> RawItem:
    return RawItem(
        locator=locator,
        place=locator,
        kind=file.kind,
        payload=None,
        fetched_at=origin.now(),
        media_type=file.media_type,
        payload_sha256=file.payload_sha256,
        payload_bytes=file.payload_bytes,
    )


def _read_file(file: FoundFile, kind: str | None, origin: Origin) -> Iterator[RawItem]:
    """Yield the documents of one file; what the system refuses is one `unreadable` document."""
    if file.problem is not None:
        yield origin.refused(Reason.UNREADABLE, file.problem)
        return
    name = without_compression_suffix(os.path.basename(origin.locator))  # noqa: PTH119
    yield from _read_opened(partial(_open, file.path), kind, replace(origin, name=name))


def _read_opened(
    opened: Callable[[], BinaryIO], kind: str | None, origin: Origin
) -> Iterator[RawItem]:
    """Yield the documents of something that can be opened again."""
    origin = replace(origin, reopen=opened)
    has_begun = False
    try:
        with opened() as raw:
            for item in read_stream(ByteStream(raw), kind, origin):
                has_begun = True
                yield item
                del item  # or it would be in memory while the next one is read
    except OSError as error:
        where = origin.inside("end") if has_begun else origin.locator
        yield origin.refused(Reason.UNREADABLE, problem_of(error), locator=where)


def _open(path: str) -> BinaryIO:
    """Open a regular file; a pipe or device would block, or never end."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
        raise OSError(0, "not a regular file")
    return open(path, "rb")  # noqa: PTH123 - the caller closes it


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
    return _numbered(read_stream(stream, kind, within), origin.skip)


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
