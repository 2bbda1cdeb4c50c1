"""What arrived is shown as lines, where it has any."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.records import RAW
from tasks.report_site.payloads import raw_pages
from tasks.shards import write
from tests.tasks.test_warc_export import record


@pytest.mark.parametrize(
    ("payload", "lines"),
    [
        (b"<p>One</p><p>two</p>", ["One", "two"]),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 9, ["image/jpeg, no text"]),
    ],
)
def test_a_picture_is_told_by_its_type_and_not_decoded(
    tmp_path: Path, payload: bytes, lines: list[str]
) -> None:
    shard = "raw/b/00000.parquet"
    write(tmp_path / shard, RAW, [record(1), record(2, payload=payload)])
    (found,) = raw_pages(
        tmp_path, [{"document_id": record(2)["document_id"], "shard_path": shard}]
    ).values()
    assert found.lines == lines
