"""Compressed bytes to plain ones: gzip, zstd, bzip2 and xz, one piece at a time.

Generators that give every good byte before they say what is wrong, and never inflate much further
than asked, so that a bomb costs no more than the limit of the one who reads.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import zstandard

from tasks.model import Reason

CHUNK_BYTES = 64 * 1024
PIECE_BYTES = 256 * 1024
"""The most that one step of gzip may inflate."""
PACKED_PIECE_BYTES = 16 * 1024
"""The most that one step of bzip2 or xz may inflate."""
HEADER_BYTES = 2048
"""Room for the header of a gzip member with its file name, and the first bytes behind it."""
FAULT_STEP_BYTES = 64
"""How near to a fault the good bytes of a gzip member are saved."""
ZSTD_STEP_BYTES = 512
"""How much of a zstd frame is inflated at a time: a block of 128 KiB takes at least 4 bytes, so a
step gives 16 MiB at the very worst."""
ZSTD_WINDOW_BYTES = 2**27
"""The window that `zstd -d` allows unasked; a frame that wants more is refused, not obeyed."""
DICTIONARY_BYTES = 16 * 1024 * 1024
"""No published dictionary comes near this; the field that gives its size is 32 bits wide."""

XZ_MEMORY_BYTES = 2**27
"""Twice what `xz -9` asks for; streams may ask for 1.5 GB, and are refused like such frames."""

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
ZSTD_SKIPPABLE_MAGIC = b"\x2a\x4d\x18"
"""Behind a first byte of 0x50 to 0x5F."""
CUT_FRAME = "the zstd data ends inside a frame"

Piece = tuple[bytes, int | None]
"""Inflated bytes, and the place in the file of the gzip member that they begin, if they do."""


class Damaged(Exception):
    """The bytes stop before their end, or are not what they claim.

    `reason` is `truncated_input`, `bad_file` or `too_large` (`unsupported_media_type` for an
    encoding that nobody here knows); `detail` is one line for a person.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        """Carry the reason that a refusal will give."""
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def fill(raw: BinaryIO, data: bytes, n: int) -> bytes:
    """Read on until `data` has `n` bytes or the input ends."""
    while len(data) < n:
        more = raw.read(CHUNK_BYTES)
        if not more:
            break
        data += more
    return data


def plain(raw: BinaryIO, data: bytes) -> Iterator[Piece]:
    """Pass bytes on that are not compressed."""
    while data:
        yield data, None
        data = raw.read(CHUNK_BYTES)


def gunzip(raw: BinaryIO, data: bytes, at: int) -> Iterator[Piece]:
    """Inflate members one after the other; `at` is the place of `data` in the file.

    Zeros between and behind members are padding (tapes and block devices), as for gzip itself.
    """
    is_first = True
    while data := data or raw.read(CHUNK_BYTES):
        if not is_first:
            padded = len(data)
            data = data.lstrip(b"\0")
            at += padded - len(data)
            if not data:
                continue
        data = fill(raw, data, len(GZIP_MAGIC))
        if not data.startswith(GZIP_MAGIC):
            yield b"", at
            if GZIP_MAGIC.startswith(data):
                raise _cut_member(at)
            raise Damaged(Reason.BAD_FILE, f"the bytes from {at} on are not gzip")
        data, at = yield from _gunzip_member(raw, data, at)
        is_first = False


def _gunzip_member(
    raw: BinaryIO, data: bytes, at: int
) -> Generator[Piece, None, tuple[bytes, int]]:
    """Inflate one member; return the bytes behind it that were read already, and their place."""
    begins_at: int | None = at
    engine = zlib.decompressobj(wbits=31)
    while not engine.eof:
        data = data or raw.read(CHUNK_BYTES)
        has_ended = not data
        before = engine.copy()
        try:
            piece = engine.decompress(data, PIECE_BYTES)
        except zlib.error as error:
            for good in _before_the_fault(before, data):
                yield good, begins_at
                begins_at = None
            if begins_at is not None:
                yield b"", begins_at
            where = f"before byte {at + len(data)}"
            raise Damaged(Reason.BAD_FILE, f"broken gzip member {where}: {error}") from None
        rest = engine.unused_data if engine.eof else engine.unconsumed_tail
        at += len(data) - len(rest)
        data = rest
        if piece:
            yield piece, begins_at
            begins_at = None
        elif has_ended and not engine.eof:
            raise _cut_member(at)
    return data, at


def _cut_member(at: int) -> Damaged:
    return Damaged(Reason.TRUNCATED_INPUT, f"the gzip data ends inside a member at byte {at}")


def _before_the_fault(engine: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Inflate what is good of `data`, whose inflation as a whole failed."""
    for start in range(0, len(data), FAULT_STEP_BYTES):
        try:
            piece = engine.decompress(data[start : start + FAULT_STEP_BYTES])
        except zlib.error:
            return
        if piece:
            yield piece


def next_member(raw: BinaryIO, start: int, magic: bytes) -> int | None:
    """Find the first gzip member from `start` on whose content begins with `magic`."""
    raw.seek(start)
    window, at, ended = b"", start, False
    while not ended:
        more = raw.read(CHUNK_BYTES)
        ended = not more
        window += more
        found = window.find(GZIP_MAGIC)
        while found >= 0:
            if _begins_with(window[found : found + HEADER_BYTES], magic):
                return at + found
            found = window.find(GZIP_MAGIC, found + 1)
        kept = min(len(window), HEADER_BYTES)
        at += len(window) - kept
        window = window[-kept:]
    return None


def _begins_with(member: bytes, magic: bytes) -> bool:
    try:
        return zlib.decompressobj(wbits=31).decompress(member, len(magic)) == magic
    except zlib.error:
        return False


def unzstd(raw: BinaryIO, data: bytes) -> Iterator[Piece]:
    """Inflate frames one after the other.

    A dictionary may stand in a skippable frame at the start, compressed or not:
    https://iipc.github.io/warc-specifications/specifications/warc-zstd/
    """
    dictionary: zstandard.ZstdCompressionDict | None = None
    while data := fill(raw, data, 8):
        if data.startswith(ZSTD_MAGIC):
            data = yield from _unzstd_frame(raw, data, dictionary)
        elif len(data) >= 8 and 0x50 <= data[0] <= 0x5F and data[1:4] == ZSTD_SKIPPABLE_MAGIC:
            size = int.from_bytes(data[4:8], "little")
            if data.startswith(ZSTD_DICTIONARY):
                if size > DICTIONARY_BYTES:
                    raise Damaged(Reason.BAD_FILE, f"a zstd dictionary of {size} bytes")
                data = fill(raw, data, 8 + size)
                dictionary = _dictionary(data[8 : 8 + size])
            data = data[8:]
            while len(data) < size:
                size -= len(data)
                data = _more_zstd(raw)
            data = data[size:]
        elif len(data) < 8:
            raise Damaged(Reason.TRUNCATED_INPUT, CUT_FRAME)
        else:
            raise Damaged(Reason.BAD_FILE, "the bytes behind a zstd frame are not zstd")


def _unzstd_frame(
    raw: BinaryIO, data: bytes, dictionary: zstandard.ZstdCompressionDict | None
) -> Generator[Piece, None, bytes]:
    """Inflate one frame; return the bytes behind it that were read already."""
    engine = zstandard.ZstdDecompressor(
        dict_data=dictionary, max_window_size=ZSTD_WINDOW_BYTES
    ).decompressobj()
    while not engine.eof:
        data = data or _more_zstd(raw)
        try:
            piece = engine.decompress(data[:ZSTD_STEP_BYTES])
        except zstandard.ZstdError as error:
            raise Damaged(Reason.BAD_FILE, f"broken zstd frame: {error}") from None
        data = data[ZSTD_STEP_BYTES:]
        if piece:
            yield piece, None
    return engine.unused_data + data


@dataclass(frozen=True, slots=True)
class Packing:
    """A format whose streams follow each other: its name, its magic, who undoes it, what it raises.

    Of a broken stream the last piece before the fault is lost: these engines cannot be copied.
    """

    name: str
    magic: bytes
    engine: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]
    fault: type[Exception]


BZIP2 = Packing("bzip2", b"BZh", bz2.BZ2Decompressor, OSError)
XZ = Packing(
    "xz",
    b"\xfd7zXZ\0",
    lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES),
    lzma.LZMAError,
)


def unpack(raw: BinaryIO, data: bytes, packing: Packing) -> Iterator[Piece]:
    """Inflate streams one after the other; zeros behind one are padding, as for xz itself."""
    data = yield from _unpack_stream(raw, data, packing)
    while data := data.lstrip(b"\0") or raw.read(CHUNK_BYTES):
        if data.strip(b"\0"):
            data = fill(raw, data.lstrip(b"\0"), len(packing.magic))
            if not data.startswith(packing.magic):
                detail = f"the bytes behind a {packing.name} stream are not {packing.name}"
                raise Damaged(Reason.BAD_FILE, detail)
            data = yield from _unpack_stream(raw, data, packing)


def _unpack_stream(raw: BinaryIO, data: bytes, packing: Packing) -> Generator[Piece, None, bytes]:
    """Inflate one stream; return the bytes behind it that were read already."""
    engine = packing.engine()
    while not engine.eof:
        if engine.needs_input:
            data = data or raw.read(CHUNK_BYTES)
            if not data:
                detail = f"the {packing.name} data ends inside a stream"
                raise Damaged(Reason.TRUNCATED_INPUT, detail)
        try:
            piece = engine.decompress(data if engine.needs_input else b"", PACKED_PIECE_BYTES)
        except packing.fault as error:
            raise Damaged(Reason.BAD_FILE, f"broken {packing.name} stream: {error}") from None
        data = b""
        if piece:
            yield piece, None
    return engine.unused_data


def _more_zstd(raw: BinaryIO) -> bytes:
    data = raw.read(CHUNK_BYTES)
    if not data:
        raise Damaged(Reason.TRUNCATED_INPUT, CUT_FRAME)
    return data


def _dictionary(content: bytes) -> zstandard.ZstdCompressionDict:
    try:
        if content.startswith(ZSTD_MAGIC):
            content = zstandard.ZstdDecompressor(max_window_size=DICTIONARY_BYTES).decompress(
                content, max_output_size=DICTIONARY_BYTES
            )
        return zstandard.ZstdCompressionDict(content)
    except zstandard.ZstdError as error:
        raise Damaged(Reason.BAD_FILE, f"broken zstd dictionary: {error}") from None
