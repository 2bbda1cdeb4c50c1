"""Every good byte first, then the damage, and never more than was asked for."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Reason
from tasks.readers.inflate import Damaged
from tasks.readers.streams import ByteStream, without_compression_suffix


def all_of(stream: ByteStream) -> bytes:
    parts = []
    while part := stream.read(10_000):
        parts.append(part)
    return b"".join(parts)


def frames(*parts: bytes) -> bytes:
    return b"".join(zstandard.compress(part) for part in parts)


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=5), st.integers(1, 3000))
def test_what_was_compressed_comes_back_however_it_is_read(parts: list[bytes], step: int) -> None:
    whole = b"".join(parts)
    packs = (gzip.compress, zstandard.compress, bz2.compress, lzma.compress)
    for packed in (b"".join(map(pack, parts)) for pack in packs):
        stream = ByteStream(io.BytesIO(packed))
        found = b""
        while part := stream.read(step):
            found += part
        assert found == whole
        assert stream.offset == len(whole)


def test_skippable_frames_and_padding_are_passed_over() -> None:
    skippable = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"notes"
    assert all_of(ByteStream(io.BytesIO(frames(b"one") + skippable + frames(b"two")))) == b"onetwo"
    padded = gzip.compress(b"one") + bytes(700) + gzip.compress(b"two") + bytes(9)
    assert all_of(ByteStream(io.BytesIO(padded))) == b"onetwo"
    padded = lzma.compress(b"one") + bytes(100_000) + lzma.compress(b"two") + bytes(8)
    assert all_of(ByteStream(io.BytesIO(padded))) == b"onetwo"


def small_blocks(content: bytes) -> bytes:
    return bz2.compress(content, 1)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lzma.compress, small_blocks])
def test_all_good_bytes_come_before_the_damage(pack: object) -> None:
    content = os.urandom(300_000)
    assert callable(pack)
    packed = pack(content)
    stream = ByteStream(io.BytesIO(packed[:-1000]))
    found = stream.take(len(content))
    with pytest.raises(Damaged) as caught:
        stream.read(1)
    assert caught.value.reason is Reason.TRUNCATED_INPUT
    assert content.startswith(found)
    assert len(found) > 150_000


def test_looking_ahead_takes_nothing() -> None:
    stream = ByteStream(io.BytesIO(b"abcdef"))
    assert (stream.peek(3), stream.peek(100), stream.offset) == (b"abc", b"abcdef", 0)
    assert (stream.take(2), stream.peek(2), stream.offset) == (b"ab", b"cd", 2)
    assert (stream.look(3), stream.look(100), stream.offset) == (3, 4, 2)
    assert (stream.peek(2, behind=1), stream.peek(9, behind=3), stream.take(9)) == (
        b"de", b"f", b"cdef",
    )  # fmt: skip


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_what_stands_behind_a_stream_and_is_none_is_damage(pack: Callable[[bytes], bytes]) -> None:
    stream = ByteStream(io.BytesIO(pack(b"one") + b"and a trailer"))
    assert stream.take(100) == b"one"
    assert stream.damage is not None
    assert stream.damage.reason is Reason.BAD_FILE


def test_a_stream_that_wants_more_memory_than_any_sane_one_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 29}]
    stream = ByteStream(io.BytesIO(lzma.compress(b"one", filters=filters)))
    assert stream.take(100) == b""
    assert stream.damage is not None
    assert stream.damage.reason is Reason.BAD_FILE


def test_a_text_that_begins_like_bzip2_is_a_text() -> None:
    assert all_of(ByteStream(io.BytesIO(b"BZh1 is the name of a star."))).startswith(b"BZh1 is")


@pytest.mark.parametrize("kind", ["gzip", "zstd", "bzip2", "xz"])
def test_a_bomb_costs_no_more_than_the_limit(kind: str) -> None:
    program = f"""
import bz2, io, lzma, resource, sys, zstandard, zlib
from tasks.readers.inflate import Damaged
from tasks.readers.streams import ByteStream
packed = io.BytesIO()
engine = {{
    "gzip": lambda: zlib.compressobj(wbits=31),
    "zstd": lambda: zstandard.ZstdCompressor().compressobj(),
    "bzip2": lambda: bz2.BZ2Compressor(1),
    "xz": lambda: lzma.LZMACompressor(preset=0),
}}[{kind!r}]()
for _ in range(600): packed.write(engine.compress(bytes(1_000_000)))
packed.write(engine.flush())
packed.seek(0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try: ByteStream(packed).read_whole(1_000_000)
except Damaged as damaged: print(damaged.reason)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    reason, grown = done.stdout.split()
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB here
    assert reason == "too_large"
    assert int(grown) * unit < 100_000_000


@given(st.binary(max_size=400))
def test_rubbish_behind_a_magic_is_damage_and_nothing_else(tail: bytes) -> None:
    marks = (b"BZh91AY&SY", b"\xfd7zXZ\0")
    for magic in (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18", *marks):
        stream = ByteStream(io.BytesIO(magic + tail))
        stream.take(10_000)
        found = stream.damage.reason if stream.damage else None
        assert found in {None, Reason.TRUNCATED_INPUT, Reason.BAD_FILE}


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("a.html.gz", "a.html"),
        ("a.WARC.GZ", "a.WARC"),
        ("a.jsonl.zst", "a.jsonl"),
        ("a.tar.xz", "a.tar"),
        ("a.tar.bz2", "a.tar"),
        ("gz", "gz"),
    ],
)
def test_the_name_of_what_is_inside_has_no_suffix_of_compression(name: str, inner: str) -> None:
    assert without_compression_suffix(name) == inner
