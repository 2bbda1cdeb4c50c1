"""What is erased from a raw shard is all that a server said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.erasure import drop_payloads
from tasks.records import RAW
from tasks.shards import read, write
from tests.tasks.test_warc_export import BEFORE, record


@pytest.mark.parametrize("payload", [b"<p>a name</p>", None])
def test_the_answers_on_the_way_to_it_are_erased_with_a_document(
    tmp_path: Path, payload: bytes | None
) -> None:
    shard = tmp_path / "00000.parquet"
    records = [record(1, payload=payload, http_earlier=BEFORE), record(2, http_earlier=BEFORE)]
    write(shard, RAW, records)
    erased = {records[0]["document_id"]}
    assert drop_payloads(shard, documents=erased, payloads=()) == (payload is not None)
    first, second = read(str(shard))
    gone = ("payload", "payload_sha256", "http_headers", "http_earlier")
    assert [first[n] for n in gone] == [None] * 4
    assert second == records[1]


def test_what_stands_for_an_erased_payload_elsewhere_names_it_no_more(tmp_path: Path) -> None:
    shard = tmp_path / "00000.parquet"
    records = [record(1, payload=None, http_status=304), record(2, payload_sha256="0" * 64)]
    write(shard, RAW, records)
    assert drop_payloads(shard, documents=(), payloads={records[0]["payload_sha256"]}) == 0
    first, second = read(str(shard))
    assert (first["payload_sha256"], first["http_headers"]) == (None, None)
    assert second == records[1]
    before = shard.stat()
    drop_payloads(shard, documents={first["document_id"]}, payloads=())
    assert shard.stat().st_ino == before.st_ino
