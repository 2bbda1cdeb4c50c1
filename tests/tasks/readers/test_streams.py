"""Every good byte first, then the damage, and never more than was asked for."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys

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
    for packed in (b"".join(map(gzip.compress, parts)), frames(*parts)):
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


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
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


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_bomb_costs_no_more_than_the_limit(kind: str) -> None:
    program = f"""
import io, resource, sys, zstandard, zlib
from tasks.readers.inflate import Damaged
from tasks.readers.streams import ByteStream
packed = io.BytesIO()
if {kind!r} == "gzip":
    engine = zlib.compressobj(wbits=31)
    for _ in range(600): packed.write(engine.compress(bytes(1_000_000)))
    packed.write(engine.flush())
else:
    engine = zstandard.ZstdCompressor().compressobj()
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
    for magic in (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"):
        stream = ByteStream(io.BytesIO(magic + tail))
        stream.take(10_000)
        found = stream.damage.reason if stream.damage else None
        assert found in {None, Reason.TRUNCATED_INPUT, Reason.BAD_FILE}


@pytest.mark.parametrize(
    ("name", "inner"),
    [("a.html.gz", "a.html"), ("a.WARC.GZ", "a.WARC"), ("a.jsonl.zst", "a.jsonl"), ("gz", "gz")],
)
def test_the_name_of_what_is_inside_has_no_suffix_of_compression(name: str, inner: str) -> None:
    assert without_compression_suffix(name) == inner
