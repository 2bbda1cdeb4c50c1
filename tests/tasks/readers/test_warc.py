"""WARCs by an independent library, then mangled: the good is kept, the rest is on record."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tasks.model import Kind, RawItem, Reason
from tasks.readers.origin import Origin
from tasks.readers.streams import ByteStream
from tasks.readers.warc import read_warc

Take = Callable[..., list[RawItem]]
PAGE = b"<!doctype html><html><body><p>The bridge reopened.</p></body></html>"
DATE = "2024-03-05T06:07:08Z"

# The library that writes these archives leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function SpooledTemporaryFile:"
    "pytest.PytestUnraisableExceptionWarning"
)


def reason_of(item: RawItem) -> Reason | None:
    return item.refusal.reason if item.refusal else None


class Archive:
    """A WARC in the making; `write` returns it as bytes."""

    def __init__(self, *, compress: bool = True, version: str = "1.1") -> None:
        self._file = io.BytesIO()
        self._writer = WARCWriter(self._file, gzip=compress, warc_version=version)
        info = self._writer.create_warcinfo_record("test.warc", {"software": "a test"})
        self._writer.write_record(info)
        self.starts: list[int] = []

    def add(
        self,
        body: bytes = PAGE,
        *,
        url: str = "https://example.org/a",
        status: str = "200 OK",
        headers: list[tuple[str, str]] | None = None,
        kind: str = "response",
        content_type: str | None = None,
        **fields: str,
    ) -> Archive:
        """Add a record with an HTTP head (unless it is a resource or conversion)."""
        self.starts.append(self._file.tell())
        head = None
        if kind in {"response", "revisit"}:
            sent = [("Content-Type", "text/html")] if headers is None else headers
            head = StatusAndHeaders(status, sent, protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            http_headers=head,
            warc_content_type=content_type or "",
            warc_headers_dict={
                "WARC-Date": DATE,
                **{f"WARC-{name.replace('_', '-')}": value for name, value in fields.items()},
            },
        )
        self._writer.write_record(record)
        return self

    def write(self) -> bytes:
        return self._file.getvalue()


def plain(number: int, body: bytes = PAGE, *, length: int | None = None) -> bytes:
    """One uncompressed record, by hand, whose Content-Length may lie."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\n"
        b"WARC-Record-ID: <urn:uuid:%d>\r\nWARC-Target-URI: https://example.org/%d\r\n"
        b"Content-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
    ) % (number, number, len(block) if length is None else length, block)


@pytest.fixture
def of(tmp_path: Path, take: Take) -> Callable[..., list[RawItem]]:
    def of(content: bytes, name: str = "a.warc.gz", **options: int) -> list[RawItem]:
        (tmp_path / name).write_bytes(content)
        return take(tmp_path / name, **options)

    return of


Of = Callable[..., list[RawItem]]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("compress", [True, False])
def test_a_page_comes_with_what_the_archive_knows(
    of: Of, tmp_path: Path, version: str, compress: bool
) -> None:
    archive = Archive(compress=compress, version=version).add(
        headers=[("Content-Type", "text/html; charset=ISO-8859-2"), ("X-Two", "a"), ("X-Two", "b")],
        Record_ID="<urn:uuid:11>",
    )
    (item,) = of(archive.write(), "a.warc")
    assert item.payload == PAGE
    assert item.kind is Kind.HTML
    assert item.locator == f"{tmp_path}/a.warc#urn:uuid:11"
    assert (item.url, item.media_type, item.charset) == (
        "https://example.org/a",
        "text/html",
        "iso-8859-2",
    )
    assert item.http_status == 200
    assert json.loads(item.http_headers or "")[1:] == [["X-Two", "a"], ["X-Two", "b"]]
    assert item.fetched_at == datetime(2024, 3, 5, 6, 7, 8, tzinfo=UTC)


def test_an_archive_in_one_gzip_member_reads_as_one_of_many(of: Of) -> None:
    archive = Archive(compress=False).add().add(b"<html>two")
    assert [i.payload for i in of(gzip.compress(archive.write()))] == [PAGE, b"<html>two"]


def test_an_archive_in_zstd_with_its_dictionary_is_read(of: Of) -> None:
    samples: list[bytes | bytearray | memoryview] = [plain(n) for n in range(500)]
    dictionary = zstandard.train_dictionary(2000, samples)
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    frames = b"".join(compressor.compress(record) for record in samples[:3])
    for stored in (dictionary.as_bytes(), zstandard.compress(dictionary.as_bytes())):
        head = b"\x5d\x2a\x4d\x18" + len(stored).to_bytes(4, "little") + stored
        assert [item.payload for item in of(head + frames, "a.warc.zst")] == [PAGE] * 3


@pytest.mark.parametrize(
    ("declared", "body", "kind"),
    [
        (None, PAGE, Kind.HTML),
        ("", PAGE, Kind.HTML),
        ("application/octet-stream", PAGE, Kind.HTML),
        ("image/jpeg", PAGE, Kind.HTML),
        ("text/plain", PAGE, Kind.HTML),
        ("application/xhtml+xml", b"<?xml version='1.0'?><html xmlns='x'>", Kind.HTML),
        ("text/html", b"Words that no tag surrounds", Kind.HTML),
        ("text/plain; charset=utf-8", b"Just words.", Kind.TEXT),
        (None, b"Just words.", Kind.TEXT),
    ],
)
def test_content_decides_what_is_a_page_not_the_declared_type(
    of: Of, declared: str | None, body: bytes, kind: Kind
) -> None:
    headers = [] if declared is None else [("Content-Type", declared)]
    (item,) = of(Archive().add(body, headers=headers).write())
    assert (item.kind, item.refusal, item.payload) == (kind, None, body)


@pytest.mark.parametrize(
    ("status", "declared", "body", "reason"),
    [
        ("200 OK", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(64), Reason.UNSUPPORTED_MEDIA_TYPE),
        ("200 OK", "application/json", b'{"a": 1}', Reason.UNSUPPORTED_MEDIA_TYPE),
        ("200 OK", "text/css", b"body { color: red }", Reason.UNSUPPORTED_MEDIA_TYPE),
        ("200 OK", "text/html", b"<?xml version='1.0'?><rss/>", Reason.UNSUPPORTED_MEDIA_TYPE),
        ("200 OK", "text/html", b"\x89PNG\r\n\x1a\n" + bytes(64), Reason.NOT_HTML),
        ("200 OK", "text/html", b"", Reason.EMPTY_BODY),
        ("204 No Content", "text/html", b"", Reason.EMPTY_BODY),
        ("301 Moved Permanently", "text/html", b"<p>moved", Reason.REDIRECT_PAGE),
        ("302 Found", "text/html", b"", Reason.REDIRECT_PAGE),
        ("304 Not Modified", "text/html", b"", Reason.HTTP_ERROR),
        ("404 Not Found", "text/html", PAGE, Reason.HTTP_ERROR),
        ("410 Gone", "text/html", PAGE, Reason.HTTP_ERROR),
        ("503 Service Unavailable", "text/html", PAGE, Reason.HTTP_ERROR),
        ("206 Partial Content", "text/html", PAGE, Reason.TRUNCATED_INPUT),
    ],
)
def test_every_record_that_is_no_page_has_its_reason(
    of: Of, status: str, declared: str, body: bytes, reason: Reason
) -> None:
    archive = Archive().add(body, status=status, headers=[("Content-Type", declared)]).add()
    refused, good = of(archive.write())
    assert (reason_of(refused), reason_of(good)) == (reason, None)
    assert refused.http_status == int(status[:3])
    if reason is Reason.HTTP_ERROR:
        assert status[:3] in (refused.refusal.detail if refused.refusal else "")


def test_a_partial_response_that_holds_everything_is_a_page(of: Of) -> None:
    whole = [("Content-Range", f"bytes 0-{len(PAGE) - 1}/{len(PAGE)}")]
    (item,) = of(Archive().add(status="206 Partial Content", headers=whole).write())
    assert item.payload == PAGE


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = b"".join(b"%x;x=y\r\n%s\r\n" % (len(p), p) for p in (body[:half], body[half:]))
    return parts + b"0\r\n\r\n"


RAW_DEFLATE = zlib.compressobj(wbits=-15)
DEFLATED = RAW_DEFLATE.compress(PAGE) + RAW_DEFLATE.flush()


@pytest.mark.parametrize(
    ("encoding", "transfer", "body"),
    [
        ("gzip", None, gzip.compress(PAGE)),
        ("x-gzip", None, gzip.compress(PAGE) + b"\0\0"),
        ("gzip", "chunked", chunked(gzip.compress(PAGE))),
        ("gzip", "chunked", gzip.compress(PAGE)),
        ("gzip", None, PAGE),
        (None, "chunked", chunked(PAGE)),
        (None, "chunked", PAGE),
        ("deflate", None, zlib.compress(PAGE)),
        ("deflate", None, DEFLATED),
        ("br", None, brotli.compress(PAGE)),
        ("br", None, PAGE),
        ("zstd", None, zstandard.compress(PAGE)),
        ("br, gzip", None, gzip.compress(brotli.compress(PAGE))),
        ("identity", None, PAGE),
        ("utf-8", None, PAGE),
    ],
)
def test_encodings_are_undone_as_far_as_they_were_done(
    of: Of, encoding: str | None, transfer: str | None, body: bytes
) -> None:
    headers = [("Content-Type", "text/html")]
    headers += [("Content-Encoding", encoding)] if encoding else []
    headers += [("Transfer-Encoding", transfer)] if transfer else []
    (item,) = of(Archive().add(body, headers=headers).write())
    assert (item.payload, item.refusal) == (PAGE, None)


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ([("Content-Encoding", "gzip")], gzip.compress(PAGE)[:-12], Reason.TRUNCATED_INPUT),
        ([("Content-Encoding", "deflate")], zlib.compress(PAGE)[:-9], Reason.TRUNCATED_INPUT),
        ([("Content-Encoding", "br")], brotli.compress(PAGE * 9)[:-9], Reason.TRUNCATED_INPUT),
        ([("Content-Encoding", "zstd")], zstandard.compress(PAGE)[:-9], Reason.TRUNCATED_INPUT),
        ([("Transfer-Encoding", "chunked")], chunked(PAGE)[:-5], Reason.TRUNCATED_INPUT),
        ([("Transfer-Encoding", "chunked")], chunked(PAGE)[:-20], Reason.TRUNCATED_INPUT),
        ([("Content-Length", str(len(PAGE) + 1))], PAGE, Reason.TRUNCATED_INPUT),
        ([("Content-Encoding", "gzip")], gzip.compress(PAGE)[:-8] + bytes(8), Reason.BAD_FILE),
        ([("Content-Encoding", "gzip")], bytes(range(256)) * 4, Reason.BAD_FILE),
        ([("Content-Encoding", "gzip")], gzip.compress(b"0" * 9_000_000), Reason.TOO_LARGE),
        ([("Content-Encoding", "br")], brotli.compress(b"0" * 9_000_000), Reason.TOO_LARGE),
        ([("Content-Encoding", "zstd")], zstandard.compress(b"0" * 9_000_000), Reason.TOO_LARGE),
        ([("Content-Encoding", "x")], bytes(range(256)) * 4, Reason.UNSUPPORTED_MEDIA_TYPE),
    ],
)
def test_a_body_that_is_cut_off_or_broken_is_no_page(
    of: Of, headers: list[tuple[str, str]], body: bytes, reason: Reason
) -> None:
    archive = Archive().add(body, headers=[("Content-Type", "text/html"), *headers]).add()
    refused, good = of(archive.write(), max_bytes=100_000)
    assert (reason_of(refused), reason_of(good)) == (reason, None)


def test_a_body_longer_than_its_header_says_was_decoded_by_the_writer(of: Of) -> None:
    headers = [("Content-Encoding", "gzip"), ("Content-Length", "40")]
    (item,) = of(Archive().add(PAGE, headers=headers).write())
    assert item.payload == PAGE


def test_requests_and_metadata_are_no_documents(of: Of) -> None:
    archive = (
        Archive().add(b"GET / HTTP/1.1\r\n\r\n", kind="request").add(b"x", kind="metadata").add()
    )
    assert len(of(archive.write())) == 1


def test_resources_and_conversions_are_documents(of: Of) -> None:
    archive = (
        Archive()
        .add(kind="resource", content_type="text/html")
        .add(b"Plain words.", kind="conversion", content_type="text/plain")
        .add(b"\x89PNG\r\n\x1a\n" + bytes(64), kind="resource", content_type="image/png")
    )
    items = of(archive.write())
    assert [item.kind for item in items[:2]] == [Kind.HTML, Kind.TEXT]
    assert [reason_of(item) for item in items] == [None, None, Reason.UNSUPPORTED_MEDIA_TYPE]


@pytest.mark.parametrize("compress", [True, False])
def test_a_revisit_takes_the_page_that_it_saw_unchanged(of: Of, compress: bool) -> None:
    digest = "sha1:" + base64.b32encode(hashlib.sha1(PAGE).digest()).decode()
    archive = (
        Archive(compress=compress)
        .add(b"<html>other")
        .add()
        .add(b"", kind="revisit", url="https://example.org/b", Payload_Digest=digest)
    )
    _, original, revisit = of(archive.write(), "a.warc")
    assert revisit.payload == original.payload == PAGE
    assert revisit.url == "https://example.org/b"
    assert revisit.locator != original.locator


def test_a_revisit_whose_page_is_elsewhere_never_had_it(of: Of) -> None:
    archive = Archive().add(
        b"",
        kind="revisit",
        Payload_Digest="sha1:ELSEWHERE",
        Refers_To_Target_URI="https://example.org/first",
    )
    (item,) = of(archive.write())
    assert reason_of(item) is Reason.TRUNCATED_INPUT
    assert "https://example.org/first" in (item.refusal.detail if item.refusal else "")


def test_what_the_crawler_cut_off_is_no_page(of: Of) -> None:
    (item,) = of(Archive().add(Truncated="length").write())
    assert reason_of(item) is Reason.TRUNCATED_INPUT


@pytest.mark.parametrize("date", ["", "yesterday", "0001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_an_absurd_date_of_fetching_becomes_the_time_of_taking_in(of: Of, date: str) -> None:
    record = plain(1).replace(b"WARC-Type", b"WARC-Date: %s\r\nWARC-Type" % date.encode())
    (item,) = of(record, "a.warc")
    assert item.fetched_at == datetime(2024, 11, 20, 12, 0, tzinfo=UTC)


def test_a_record_without_an_id_is_named_by_its_offset(of: Of, tmp_path: Path) -> None:
    first, second = plain(1), plain(2).replace(b"WARC-Record-ID: <urn:uuid:2>\r\n", b"")
    items = of(gzip.compress(first) + gzip.compress(second))
    assert items[1].locator == f"{tmp_path}/a.warc.gz#{len(first)}"


def test_a_second_record_of_the_same_id_gets_a_name_of_its_own(of: Of) -> None:
    locators = [item.locator.rpartition("#")[2] for item in of(plain(1) * 3, "a.warc")]
    assert locators == ["urn:uuid:1", "urn:uuid:1~2", "urn:uuid:1~3"]


def test_records_taken_in_before_are_skipped(of: Of, take: Take, tmp_path: Path) -> None:
    items = of(plain(1) * 2 + plain(3), "a.warc")
    left = take(tmp_path / "a.warc", skip={items[0].locator, items[2].locator})
    assert [item.locator for item in left] == [items[1].locator]


def members(*records: bytes) -> list[bytes]:
    return [gzip.compress(record) for record in records]


@pytest.mark.parametrize("cut", range(1, 400, 7))
def test_an_archive_cut_off_anywhere_keeps_what_is_whole_and_says_that_it_is_cut(
    of: Of, cut: int
) -> None:
    whole = Archive().add().add(b"<html>two").write()
    last = gzip.compress(plain(3, PAGE * 3))
    cut = min(cut, len(last) - 1)
    items = of(whole + last[:-cut])
    assert [item.payload for item in items[:2]] == [PAGE, b"<html>two"]
    assert reason_of(items[-1]) is Reason.TRUNCATED_INPUT
    assert len(items) in {3, 4}
    assert [item.payload for item in items[2:-1]] in ([], [PAGE * 3])


@pytest.mark.parametrize("cut", range(5, 260, 9))
def test_an_uncompressed_archive_cut_off_anywhere_never_passes_a_part_as_a_page(
    of: Of, cut: int
) -> None:
    items = of((plain(1) + plain(2))[:-cut], "a.warc")
    assert [item.payload for item in items] == [PAGE, None]
    assert reason_of(items[1]) is Reason.TRUNCATED_INPUT


@pytest.mark.parametrize("lie", [10, 60, 150, 100_000, 10**12])
@pytest.mark.parametrize("packed", ["plain", "one member", "members"])
def test_a_length_that_lies_swallows_no_neighbour(of: Of, lie: int, packed: str) -> None:
    records = [plain(1), plain(2, length=lie), plain(3), plain(4)]
    content = {
        "plain": b"".join(records),
        "one member": gzip.compress(b"".join(records)),
        "members": b"".join(members(*records)),
    }[packed]
    items = of(content, "a.warc")
    assert [item.payload for item in items] == [PAGE, None, PAGE, PAGE]
    assert reason_of(items[1]) is Reason.TRUNCATED_INPUT
    assert items[1].locator.endswith("#urn:uuid:2")


def test_a_length_that_covers_the_next_member_exactly_swallows_nothing(of: Of) -> None:
    following = plain(3)
    lie = len(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE) + 4 + len(following) - 4
    items = of(b"".join(members(plain(1), plain(2, length=lie), following)))
    assert [item.payload for item in items] == [PAGE, None, PAGE]


@pytest.mark.parametrize("length", [b"", b"Content-Length: many\r\n", b"Content-Length: -4\r\n"])
def test_a_record_without_a_length_fails_alone(of: Of, length: bytes) -> None:
    bare = plain(2, length=7).replace(b"Content-Length: 7\r\n", length)
    items = of(plain(1) + bare + plain(3), "a.warc")
    assert [item.payload for item in items] == [PAGE, None, PAGE]
    assert reason_of(items[1]) is Reason.BAD_FILE


def test_a_broken_member_costs_its_record_and_no_other(of: Of) -> None:
    packed = members(*(plain(n, PAGE * 9) for n in range(5)))
    broken = bytearray(packed[2])
    broken[len(broken) // 2 :] = bytes(len(broken) - len(broken) // 2)
    items = of(b"".join([*packed[:2], bytes(broken), *packed[3:]]))
    assert [item.payload is not None for item in items] == [True, True, False, True, True]
    assert reason_of(items[2]) is Reason.BAD_FILE


def test_a_member_whose_checksum_is_wrong_gives_no_page(of: Of) -> None:
    packed = members(*(plain(n) for n in range(3)))
    packed[1] = packed[1][:-8] + bytes(4) + packed[1][-4:]
    items = of(b"".join(packed))
    assert [reason_of(item) for item in items] == [None, Reason.BAD_FILE, None]


@given(data=st.data())
@settings(max_examples=300)
def test_no_mangling_gets_a_wrong_page_through(data: st.DataObject) -> None:
    pages = [b"<html><p>page %d " % n + b"word " * n for n in range(1, 5)]
    content = bytearray(b"".join(members(*(plain(n, page) for n, page in enumerate(pages)))))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "drop", "insert"])):
            case "flip":
                content[at] ^= data.draw(st.integers(1, 255))
            case "cut":
                del content[max(at, 12) :]
            case "drop":
                del content[max(at, 12) : max(at, 12) + data.draw(st.integers(1, 40))]
            case _:
                content[at:at] = data.draw(st.binary(max_size=40))
    stream = ByteStream(io.BytesIO(bytes(content)))
    origin = Origin(
        locator="/a.warc.gz", name="a.warc", max_bytes=10_000, now=lambda: datetime.now(UTC)
    )
    items = list(read_warc(stream, origin))
    assert {item.payload for item in items if item.refusal is None} <= set(pages)
    assert len({item.locator for item in items}) == len(items)


def test_rubbish_between_records_is_one_failed_document(of: Of) -> None:
    items = of(plain(1) + b"rubbish\r\n" * 9 + plain(2), "a.warc")
    assert [item.payload for item in items] in ([PAGE, None, PAGE], [None, PAGE])
    assert len([item for item in items if item.refusal]) == 1


def test_rubbish_behind_the_last_member_is_one_failed_document(of: Of) -> None:
    items = of(Archive().add().write() + b"rubbish")
    assert [reason_of(item) for item in items] == [None, Reason.BAD_FILE]


def test_padding_is_no_damage(of: Of) -> None:
    assert len(of(Archive().add().write() + bytes(512))) == 1
    assert len(of(plain(1) + b"\r\n\r\n" + plain(2) + bytes(512), "a.warc")) == 2


def test_a_record_over_the_limit_is_refused_and_the_next_is_taken(of: Of) -> None:
    large = b"<html>" + b"0" * 3_000_000
    items = of(plain(1, large) + plain(2), "a.warc", max_bytes=100_000)
    assert [reason_of(item) for item in items] == [Reason.TOO_LARGE, None]
    assert items[0].payload is None


def test_a_large_record_that_is_no_document_is_passed_over(of: Of) -> None:
    request = plain(1, b"0" * 3_000_000).replace(b"Type: response", b"Type: request", 1)
    (item,) = of(request + plain(2), "a.warc", max_bytes=100_000)
    assert item.payload == PAGE


def test_an_archive_whose_last_request_is_cut_off_is_known_to_be_cut(of: Of) -> None:
    request = plain(2).replace(b"Type: response", b"Type: request", 1)
    items = of(plain(1) + request[:-30], "a.warc")
    assert [reason_of(item) for item in items] == [None, Reason.TRUNCATED_INPUT]


def test_a_segmented_record_is_not_whole(of: Of) -> None:
    (item,) = of(Archive().add(Segment_Number="1").write())
    assert reason_of(item) is Reason.TRUNCATED_INPUT


def test_a_response_that_is_not_http_is_no_page(of: Of) -> None:
    dns = plain(1).replace(b"https://example.org/1", b"dns:example.org")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    dns = dns.replace(b"application/http;msgtype=response", b"text/dns")
    block = b"20240305\nexample.org. 300 IN A 10.0.0.1\n"
    body = head + PAGE
    dns = dns.replace(str(len(body)).encode(), str(len(block)).encode()).replace(body, block)
    (item,) = of(dns, "a.warc")
    assert (reason_of(item), item.url) == (Reason.UNSUPPORTED_MEDIA_TYPE, None)


def test_an_archive_with_no_document_is_no_fault(of: Of) -> None:
    assert of(Archive().write()) == []
