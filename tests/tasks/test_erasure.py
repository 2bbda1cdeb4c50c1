"""What is erased from a raw shard is all that a server said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.erasure import drop_payloads
from tasks.shards import RAW, read, write
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
    assert [first[n] for n in ("payload", "http_headers", "http_earlier")] == [None] * 3
    assert second == records[1]
