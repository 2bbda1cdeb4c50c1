"""WARC framing: a stream into records, each with the proof that it is whole.

Why not warcio or FastWARC: both pass a last record that was cut off as whole, and a wrong
Content-Length swallows the records behind it; warcio also refuses a WARC in a single gzip member.
The format itself is small (https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/);
what matters is to believe no length before the next record is seen where it must stand, and to
find the way back when it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tasks.model import Reason
from tasks.readers.inflate import Damaged
from tasks.readers.streams import ByteStream

MAGIC = b"WARC/"
_VERSION = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_NEXT_RECORD = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n[A-Za-z][A-Za-z-]{3,40}:")
_NEXT_RECORD_BYTES = 80
"""No match of the pattern is longer: what must be kept when a search goes on in the next piece."""
_BETWEEN = b"\r\n\0"
"""Two line ends stand between records; more of them and zeros are harmless."""
_USUAL_HEAD_BYTES = 8 * 1024
_HEAD_BYTES = 256 * 1024
_STEP_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """One record, or a stretch of bytes in which one was lost.

    `offset` counts the bytes of the WARC without its compression; `file_offset` is where to read
    the record again, None where one cannot. Header names are lower case. `damage` says why
    `block` is empty: cut off, lengths that lie, too large. `is_lossy`: records may have vanished
    here, so that it is worth a line in the books even where this one is no document.
    """

    offset: int
    file_offset: int | None
    headers: Mapping[str, str]
    block: bytes
    damage: Damaged | None = None
    is_lossy: bool = False


def records(stream: ByteStream, *, max_block_bytes: int) -> Iterator[WarcRecord]:
    """Yield the records of a WARC in order, the damaged ones too; memory stays flat.

    After damage reading goes on at the next record that can be found.
    """
    while True:
        _skip_between(stream)
        offset, file_offset = stream.offset, stream.file_offset()
        headers: Mapping[str, str] = {}
        block, damage = b"", stream.damage
        if stream.peek(1):
            headers, block, damage = _record(stream, max_block_bytes)
        elif damage is None:
            return
        _skip_between(stream)
        if damage is None and stream.is_broken_here(offset):  # its checksum, for one, is wrong
            damage = stream.damage
        has_ended = not stream.peek(1)
        record = WarcRecord(
            offset=offset,
            file_offset=file_offset,
            headers=headers,
            block=b"" if damage else block,
            damage=damage,
            is_lossy=damage is not None and (has_ended or not headers),
        )
        del block  # nothing here holds a record that is with the caller, or a film would stay
        yield record
        del record
        if damage and has_ended and stream.damage and not stream.recover(MAGIC):
            return


def _record(
    stream: ByteStream, max_block_bytes: int
) -> tuple[Mapping[str, str], bytes, Damaged | None]:
    """Read one record, up to where the next one must begin."""
    view = stream.peek(_USUAL_HEAD_BYTES)
    if not _HEAD_END.search(view):
        view = stream.peek(_HEAD_BYTES)
    version = _VERSION.match(view)
    head_end = _HEAD_END.search(view, version.end() - 2) if version else None
    if version is None or head_end is None:
        is_cut = head_end is None and len(view) < _HEAD_BYTES and MAGIC.startswith(view[:5])
        stream.take(1)
        _seek_next(stream)
        if is_cut:
            return {}, b"", stream.damage or _cut("the head of a record is cut off")
        return {}, b"", Damaged(Reason.BAD_FILE, "bytes that are no WARC record")
    headers = _headers(view[version.end() : head_end.start()])
    stream.take(head_end.end())
    declared = headers.get("content-length", "")
    if not re.fullmatch(r"\d{1,18}", declared):
        _seek_next(stream)
        return headers, b"", Damaged(Reason.BAD_FILE, f"Content-Length is {declared[:40]!r}")
    length = int(declared)
    if length > max_block_bytes:
        return headers, b"", _skip_large(stream, length, max_block_bytes)
    block, damage = _block(stream, length)
    return headers, block, damage


def _block(stream: ByteStream, length: int) -> tuple[bytes, Damaged | None]:
    swallowed = stream.starts_member_within(length, MAGIC)
    has_all = swallowed is None and stream.look(length) == length
    if has_all and _is_between(stream.peek(_NEXT_RECORD_BYTES, behind=length)):
        return stream.take(length), None
    view = stream.peek(length + _NEXT_RECORD_BYTES)
    following = _NEXT_RECORD.search(view)
    if swallowed is not None:
        stream.take(swallowed)
    elif following:
        stream.take(following.start())
    elif len(view) < length:
        stream.take(len(view))
        why = stream.damage.detail if stream.damage else "the file ends"
        return b"", Damaged(
            stream.damage.reason if stream.damage else Reason.TRUNCATED_INPUT,
            f"{len(view)} of {length} bytes: {why}",
        )
    else:
        stream.take(length)
        _seek_next(stream)
    return b"", _cut(f"Content-Length is {length}, but that is not where the record ends")


def _skip_large(stream: ByteStream, length: int, max_block_bytes: int) -> Damaged:
    """Pass over a block that is too large to keep, unless its length turns out to be wrong.

    A record inside such a block is taken for the next one: lengths that lie are more frequent
    than archives of archives.
    """
    left = length
    while left > 0:
        wanted = min(left, _STEP_BYTES)
        view = stream.peek(wanted + _NEXT_RECORD_BYTES)
        following = _NEXT_RECORD.search(view, 0, wanted + _NEXT_RECORD_BYTES)
        if following and following.start() < wanted:
            stream.take(following.start())
            return _cut(f"Content-Length is {length}, but another record begins inside")
        if len(view) < wanted:
            stream.take(len(view))
            why = stream.damage.detail if stream.damage else "the file ends"
            return _cut(f"{length - left + len(view)} of {length} bytes: {why}")
        stream.take(wanted)
        left -= wanted
    if _is_between(stream.peek(_NEXT_RECORD_BYTES)):
        return Damaged(Reason.TOO_LARGE, f"a record of {length} bytes; {max_block_bytes} are read")
    _seek_next(stream)
    return _cut(f"Content-Length is {length}, but that is not where the record ends")


def _is_between(following: bytes) -> bool:
    """Say whether a record may end here: nothing follows, or the next one does."""
    rest = following.lstrip(_BETWEEN)
    return not rest or rest.startswith(MAGIC) or MAGIC.startswith(rest)


def _skip_between(stream: ByteStream) -> None:
    while view := stream.peek(_NEXT_RECORD_BYTES):
        blank = len(view) - len(view.lstrip(_BETWEEN))
        stream.take(blank)
        if blank < len(view):
            return


def _seek_next(stream: ByteStream) -> None:
    """Go to the next thing that looks like a record, or to the end."""
    while True:
        view = stream.peek(_STEP_BYTES)
        following = _NEXT_RECORD.search(view)
        if following:
            stream.take(following.start())
            return
        if len(view) < _STEP_BYTES:
            stream.take(len(view))
            return
        stream.take(len(view) - _NEXT_RECORD_BYTES)


def _headers(head: bytes) -> Mapping[str, str]:
    """Read named fields; the first of a name counts, continuation lines are joined."""
    found: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\n"):
        if line[:1] in {" ", "\t"} and name:
            found[name] = f"{found[name]} {line.strip()}"
            continue
        name, _, value = line.partition(":")
        name = name.strip().lower()
        found.setdefault(name, value.strip())
    return found


def _cut(detail: str) -> Damaged:
    return Damaged(Reason.TRUNCATED_INPUT, detail)
