"""What was fetched comes out as a WARC that other tools accept and that we read again."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from tasks.model import Kind, RawDocument, Reason, Source, Stage
from tasks.readers.by_kind import read
from tasks.readers.web.earlier import Earlier, as_json
from tasks.records import RAW, raw_record
from tasks.shards import write
from tasks.warc_export import responses_in, write_warc

AT = datetime(2026, 11, 2, 10, 0, 1, tzinfo=UTC)
PAGE = "<html><body><p>Grüße</p></body></html>".encode()


def record(number: int, **facts: Any) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "document_id": f"{number:032x}", "batch_id": "b", "position": number, "source": "s",
        "source_name": None, "locator": f"https://example.org/{number}", "place": f"p{number}",
        "kind": Kind.HTML, "payload": PAGE, "payload_sha256": hashlib.sha256(PAGE).hexdigest(),
        "payload_bytes": len(PAGE), "media_type": "text/html", "charset": "utf-8",
        "url": f"https://example.org/{number}", "fetched_at": AT, "http_status": 200,
        "http_headers": json.dumps([
            ["Content-Type", "text/html"], ["Content-Encoding", "gzip"], ["Content-Length", "9"],
            ["X-Strange", "ü\u2028"],
        ]),
        "http_earlier": None, "stage": None, "reason": None, "detail": None,
    }  # fmt: skip
    return raw_record(RawDocument(**(stated | facts)))


def earlier(url: str, status: int, body: bytes | None, *headers: tuple[str, str]) -> Earlier:
    return Earlier(url=url, status=status, phrase="Seen", headers=headers, fetched_at=AT, body=body)


BEFORE = as_json(
    [
        earlier(
            "http://example.org/6", 301, b"moved",
            ("Location", "https://example.org/6"), ("Transfer-Encoding", "chunked"),
        ),
        earlier(
            "https://example.org/6", 503, gzip.compress(b"busy"), ("Content-Encoding", "gzip")
        ),
        earlier("https://example.org/6", 502, None, ("Content-Length", "90000")),
    ]
)  # fmt: skip


def write_all(folder: Path) -> Path:
    records = [
        record(1),
        record(2, payload=None, payload_bytes=0, http_status=304),
        record(3, payload=None, payload_sha256=None, payload_bytes=0, http_status=404),
        record(4, http_status=None, http_headers=None),
        record(5, payload=b"", payload_sha256=hashlib.sha256(b"").hexdigest(), payload_bytes=0),
        record(6, http_earlier=BEFORE),
        record(7, http_status=None, url=None, payload=None, http_earlier=BEFORE),
    ]
    write(folder / "raw" / "00000.parquet", RAW, records)
    path = folder / "out.warc.gz"
    with path.open("wb") as file:
        assert write_warc(file, responses_in([folder / "raw"]), software="copydesk/1") == 11
    return path


def test_what_is_written_passes_the_check_of_warcio(tmp_path: Path, capsys: Any) -> None:
    path = write_all(tmp_path)
    checker = Checker(argparse.Namespace(inputs=[str(path)], verbose=True))
    checker.process_all()
    assert checker.exit_value == 0, capsys.readouterr().out
    with path.open("rb") as file:
        types = [r.rec_type for r in ArchiveIterator(file)]
    assert types == ["warcinfo", "response", "revisit", *["response"] * 9]


def test_what_was_erased_when_it_came_is_truncated_and_kept_nowhere(tmp_path: Path) -> None:
    refusal = {"stage": Stage.ACQUIRE, "reason": Reason.WITHDRAWN, "detail": "erased for good"}
    write(tmp_path / "00000.parquet", RAW, [record(1, payload=None), record(2)])
    write(tmp_path / "00001.parquet", RAW, [record(3, payload=None, **refusal)])
    file = io.BytesIO()
    write_warc(file, responses_in([tmp_path]), software="copydesk/1")
    file.seek(0)
    names = ("WARC-Truncated", "WARC-Payload-Digest")
    found = [(r.rec_type, *map(r.rec_headers.get_header, names)) for r in ArchiveIterator(file)]
    assert [kind for kind, _, _ in found] == ["warcinfo", "revisit", "response", "response"]
    assert found[1][1] is None
    assert found[3] == ("response", "unspecified", None)


def test_the_way_to_a_page_is_written_before_it(tmp_path: Path) -> None:
    with write_all(tmp_path).open("rb") as file:
        found = [
            (
                record.rec_headers.get_header("WARC-Target-URI"),
                record.http_headers.get_statuscode(),
                record.content_stream().read(),
            )
            for record in ArchiveIterator(file, no_record_parse=False)
            if record.rec_type == "response"
        ]
    way = [
        ("http://example.org/6", "301", b"moved"),
        ("https://example.org/6", "503", b"busy"),
        ("https://example.org/6", "502", b""),
    ]
    assert found[3:] == [*way, ("https://example.org/6", "200", PAGE), *way]


def test_shards_of_an_earlier_version_are_written_too(tmp_path: Path) -> None:
    at = RAW.get_field_index("http_earlier")
    old = {name: fact for name, fact in record(1).items() if name != "http_earlier"}
    write(tmp_path / "00000.parquet", RAW.remove(at), [old])
    file = io.BytesIO()
    assert write_warc(file, responses_in([tmp_path]), software="copydesk/1") == 1


def test_what_is_written_is_read_again_as_it_was(tmp_path: Path) -> None:
    path = write_all(tmp_path)
    source = Source(locator=str(path))
    items = list(read(source, max_bytes=10**6, now=lambda: datetime.now(UTC)))
    assert len(items) == 11
    assert (items[0].payload, items[0].url) == (PAGE, "https://example.org/1")
    assert (items[0].fetched_at, items[0].http_status) == (AT, 200)
    assert ["X-Archive-Orig-Content-Encoding", "gzip"] in json.loads(items[0].http_headers or "")


def test_the_same_responses_give_the_same_records(tmp_path: Path) -> None:
    records = list(responses_in([tmp_path])) or [record(1)]
    first, second = io.BytesIO(), io.BytesIO()
    for file in (first, second):
        write_warc(file, records, software="copydesk/1")
    tail = slice(-200, None)
    assert first.getvalue()[tail] == second.getvalue()[tail]
