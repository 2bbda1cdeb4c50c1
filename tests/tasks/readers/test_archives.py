"""ZIP, WACZ and tar: every member is read, in any nesting, and no name does harm."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.model import Kind, RawItem, Reason

Take = Callable[..., list[RawItem]]
Pack = Callable[[dict[str, bytes]], bytes]


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def names(items: list[RawItem], path: Path) -> list[str]:
    return [item.locator.removeprefix(f"{path}#") for item in items]


def reasons(items: list[RawItem]) -> list[Reason | None]:
    return [item.refusal.reason if item.refusal else None for item in items]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_each_member_is_a_document_or_a_container(
    pack: Pack, take: Take, page: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.bin"
    members = {
        "pages/a.html": page,
        "pages/b.html.gz": gzip.compress(page),
        "lines.jsonl": b'{"text": "one long line"}\n{"text": "another"}\n',
        ".hidden": b"x",
        "__MACOSX/pages/a.html": b"x",
        "inner.zip": zipped({"c.txt": b"Plain words, a line of them."}),
    }
    path.write_bytes(pack(members))
    items = take(path)
    found = ["pages/a.html", "pages/b.html.gz", "lines.jsonl#1", "lines.jsonl#2", "inner.zip#c.txt"]
    assert names(items, path) == found
    assert reasons(items) == [None] * 5
    assert items[1].payload == page
    assert [item.kind for item in items] == [Kind.HTML, Kind.HTML, *[Kind.RECORD] * 2, Kind.TEXT]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("press", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_archives_are_read_from_a_pipe_and_from_compression(
    pack: Pack, press: Callable[[bytes], bytes], take: Take, page: bytes
) -> None:
    packed = press(pack({"a.html": page, "b.html": page}))
    assert [item.payload for item in take("-", stdin=packed)] == [page, page]


@pytest.mark.parametrize(("suffix", "press"), [("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_compressed_tar_keeps_what_came_before_the_cut(
    suffix: str, press: Callable[[bytes], bytes], take: Take, page: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"a.tar.{suffix}"
    archive = tarred({"a.html": page, "b.html": page + os.urandom(50_000)})
    packed = press(archive[:1024]) + press(archive[1024:])  # a header, and a page in one block
    path.write_bytes(packed)
    assert names(take(path), path) == ["a.html", "b.html"]
    path.write_bytes(packed[:-20_000])
    items = take(path)
    assert (names(items, path)[0], items[0].payload) == ("a.html", page)
    assert reasons(items)[-1] is Reason.TRUNCATED_INPUT


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["/etc/passwd", "../../up.html", "a/../../up.html", "C:/x.html"])
def test_names_that_lead_out_are_refused_and_the_rest_goes_on(
    pack: Pack, name: str, take: Take, page: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(pack({name: page, "good.html": page}))
    assert reasons(take(path)) == [Reason.BAD_RECORD, None]
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_a_web_archive_collection_gives_the_pages_of_its_warcs(
    take: Take, page: bytes, tmp_path: Path
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    record = (
        b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        b"WARC-Target-URI: https://example.org/a\r\nContent-Length: %d\r\n\r\n%s%s\r\n\r\n"
    ) % (len(head + page), head, page)
    members = {
        "datapackage.json": b"{}",
        "pages/pages.jsonl": b'{"format": "json-pages-1.0"}\n',
        "archive/data.warc.gz": gzip.compress(record),
        "indexes/index.cdx": b"x",
    }
    path = tmp_path / "crawl.wacz"
    path.write_bytes(zipped(members))
    (item,) = take(path)
    assert (item.url, item.payload, item.refusal) == ("https://example.org/a", page, None)


def test_a_bomb_of_archives_is_not_followed_down(take: Take, tmp_path: Path) -> None:
    packed = b"text at the bottom"
    for _ in range(6):
        packed = zipped({"inner.zip": packed, "note.txt": b"A note on this level, in words."})
    path = tmp_path / "a.zip"
    path.write_bytes(packed)
    assert [reason for reason in reasons(take(path)) if reason] == [Reason.TOO_COMPLEX]


def test_a_member_larger_than_a_document_may_be_is_refused(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"big.txt": b"words " * (10 << 20), "small.txt": b"Some words."}))
    assert reasons(take(path, max_bytes=1 << 20)) == [Reason.TOO_LARGE, None]


def test_what_is_cut_off_says_so_and_keeps_what_came_before(
    take: Take, page: bytes, tmp_path: Path
) -> None:
    packed = tarred({f"{n}.html": page * 20 for n in range(5)})
    path = tmp_path / "a.tar"
    path.write_bytes(packed[: len(packed) // 2])
    items = take(path)
    assert reasons(items[:2]) == [None, None]
    assert items[-1].refusal is not None
    assert items[-1].refusal.outcome == "failed"
    path.write_bytes(zipped({"a.html": page})[:-10])
    assert reasons(take(path)) == [Reason.BAD_FILE]


def test_a_member_with_a_wrong_checksum_is_one_failed_document(
    take: Take, page: bytes, tmp_path: Path
) -> None:
    packed = zipped({"a.html": page * 30, "b.html": page})
    at = packed.index(b"a.html") + 20
    path = tmp_path / "a.zip"
    path.write_bytes(packed[:at] + b"\xff\xff\xff" + packed[at + 3 :])
    assert reasons(take(path)) == [Reason.BAD_FILE, None]


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_broken_member_of_any_packing_is_one_failed_document(
    take: Take, tmp_path: Path, page: bytes, packing: int
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name in ("a.html", "b.html", "c.html"):
            archive.writestr(name, page * 20)
    broken = bytearray(buffer.getvalue())
    broken[60:70] = b"\xff" * 10
    path = tmp_path / "pages.zip"
    path.write_bytes(broken)
    items = take(path)
    assert names(items, path) == ["a.html", "b.html", "c.html"]
    assert reasons(items) == [Reason.BAD_FILE, None, None]


@pytest.mark.parametrize("place", [2**63 - 1, 2**64 - 1])
def test_a_member_that_is_said_to_begin_nowhere_is_one_failed_document(
    take: Take, tmp_path: Path, page: bytes, place: int
) -> None:
    path = tmp_path / "pages.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", page)
        archive.writestr("b.html", page)
        archive.filelist[0].header_offset = place
    assert reasons(take(path)) == [Reason.BAD_FILE, None]


def test_a_member_without_a_name_is_read_like_any_other(
    take: Take, tmp_path: Path, page: bytes
) -> None:
    path = tmp_path / "pages.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", page)
        archive.filelist[0].filename = ""
        archive.writestr("b.html", page)
    items = take(path)
    assert names(items, path) == ["", "b.html"]
    assert reasons(items) == [Reason.BAD_FILE, None]


def test_members_that_were_taken_in_are_not_read_again(
    take: Take, page: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.html": page, "b.html": page}))
    assert names(take(path, skip={f"{path}#a.html"}), path) == ["b.html"]
