"""Bytes in, whatever they are compressed with.

Why not `gzip.open` and its kin: they do not say where a member starts, they lose what was good
when the end is cut off, and zstandard's reader takes a cut-off frame for a whole one. Here a
stream gives every good byte first, then names its damage; nothing is inflated further than asked,
so a bomb costs no more than the limit of the one who reads.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from tasks.model import Reason
from tasks.readers.inflate import (
    BZIP2,
    GZIP_MAGIC,
    XZ,
    ZSTD_DICTIONARY,
    ZSTD_MAGIC,
    Damaged,
    Piece,
    fill,
    gunzip,
    next_member,
    plain,
    unpack,
    unzstd,
)

COMPRESSED_SUFFIXES = (".gz", ".zst", ".gzip", ".zstd", ".bz2", ".xz")
_HEAD_BYTES = 10
_BZIP2_HEAD = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
"""Its magic alone is three letters; behind it stands the mark of a block, or of the end."""


class ByteStream:
    """Read bytes after decompression, with a look ahead, from anything that has `read`.

    gzip (any number of members), zstd (frames, skippable frames, the dictionary of `.warc.zst`),
    bzip2 and xz are found by their magic and undone; everything else passes as it is.
    """

    def __init__(self, raw: BinaryIO) -> None:
        """Begin where `raw` stands; closing it stays with the caller."""
        self._raw = raw
        self._seekable = raw.seekable()
        at = raw.tell() if self._seekable else 0
        head = fill(raw, b"", _HEAD_BYTES)
        self.compression = compression_of(head)
        self._pieces = self._start(head, at)
        self._buffer = bytearray()
        self._members: deque[tuple[int, int]] = deque([(0, at)])
        self.offset = 0
        self.damage: Damaged | None = None

    def _start(self, head: bytes, at: int) -> Iterator[Piece]:
        if self.compression == "gzip":
            return gunzip(self._raw, head, at)
        if self.compression == "zstd":
            return unzstd(self._raw, head)
        if self.compression is not None:
            return unpack(self._raw, head, BZIP2 if self.compression == BZIP2.name else XZ)
        return plain(self._raw, head)

    def look(self, n: int) -> int:
        """Look `n` bytes ahead; return how many there are: fewer only at the end or at damage.

        Damage met on the way is kept in `damage`, not raised.
        """
        while len(self._buffer) < n and self.damage is None:
            try:
                piece, member_at = next(self._pieces)
            except StopIteration:
                break
            except Damaged as damage:
                self.damage = damage
                break
            if member_at is not None:
                self._members.append((self.offset + len(self._buffer), member_at))
            self._buffer += piece
        return min(n, len(self._buffer))

    def peek(self, n: int, *, behind: int = 0) -> bytes:
        """Return the next `n` bytes without taking them, or those behind some; see `look`."""
        self.look(behind + n)
        with memoryview(self._buffer) as view:  # a slice of the buffer would be one more copy
            return bytes(view[behind : behind + n])

    def take(self, n: int) -> bytes:
        """Return the next `n` bytes, fewer only at the end or at damage (see `damage`)."""
        taken = self.peek(n)
        del self._buffer[: len(taken)]
        self.offset += len(taken)
        while len(self._members) > 1 and self._members[1][0] <= self.offset:
            self._members.popleft()
        return taken

    def read(self, n: int) -> bytes:
        """Return up to `n` bytes, b"" at the end.

        Raises `Damaged` once the last good byte was given.
        """
        taken = self.take(n)
        if not taken and self.damage is not None:
            raise self.damage
        return taken

    def read_whole(self, max_bytes: int) -> bytes:
        """Return all that is left.

        Raises `Damaged`, with `too_large` where there are more than `max_bytes`.
        """
        whole = self.take(max_bytes + 1)
        if len(whole) > max_bytes:
            raise Damaged(Reason.TOO_LARGE, f"more than {max_bytes} bytes after decompression")
        if self.damage is not None:
            raise self.damage
        return whole

    def file_offset(self) -> int | None:
        """Return where in the file this point can be read from again; None where it cannot be."""
        if not self._seekable or self.compression not in (None, "gzip"):
            return None
        started, at = self._members[0]
        if self.compression == "gzip":
            return at if started == self.offset else None
        return at + self.offset

    def is_broken_here(self, offset: int) -> bool:
        """Say whether the gzip member that begins at `offset` has turned out to be broken."""
        broken = self.damage is not None and self.damage.reason is Reason.BAD_FILE
        return broken and self.compression == "gzip" and self._members[-1][0] == offset

    def starts_member_within(self, n: int, magic: bytes) -> int | None:
        """Return how far ahead, in the next `n` bytes, a gzip member begins with `magic`."""
        self.look(n + len(magic))
        for started, _ in self._members:
            ahead = started - self.offset
            if 0 < ahead < n and self._buffer[ahead : ahead + len(magic)] == magic:
                return ahead
        return None

    def recover(self, magic: bytes) -> bool:
        """Go on behind a damaged gzip member, at the next one whose content begins with `magic`.

        What was buffered is dropped. False where there is no such member, the damage is not
        inside gzip, or the file cannot be wound back.
        """
        if self.damage is None or self.compression != "gzip" or not self._seekable:
            return False
        _, damaged_at = self._members[-1]
        at = next_member(self._raw, damaged_at + 1, magic)
        if at is None:
            return False
        self.offset += len(self._buffer)
        self._buffer.clear()
        self._members = deque([(self.offset, at)])
        self.damage = None
        self._raw.seek(at)
        self._pieces = gunzip(self._raw, b"", at)
        return True


def compression_of(head: bytes) -> str | None:
    """Name the compression that the first bytes show: `gzip`, `zstd`, `bzip2`, `xz` or None."""
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    if head.startswith((ZSTD_MAGIC, ZSTD_DICTIONARY)):
        return "zstd"
    if _BZIP2_HEAD.match(head):
        return BZIP2.name
    return XZ.name if head.startswith(XZ.magic) else None


def without_compression_suffix(name: str) -> str:
    """Drop `.gz`, `.bz2` and their like: the name of what is inside."""
    for suffix in COMPRESSED_SUFFIXES:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
