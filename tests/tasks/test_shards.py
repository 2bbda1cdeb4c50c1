"""A shard is cut into the pieces that one worker takes: so many documents, so many bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.acquire import acquire
from tasks.desk import Desk
from tasks.model import Source
from tasks.records import RAW
from tasks.shards import UNIT_BYTES, read, row_groups, write
from tasks.taking import Taking
from tests.tasks.test_warc_export import record
from warehouse import ledger


@pytest.mark.parametrize(
    ("sizes", "units"),
    [
        ([], []),
        ([1] * 61, [30, 30, 1]),
        ([UNIT_BYTES // 2] * 5, [2, 2, 1]),
        ([1, UNIT_BYTES * 2, 1, 1], [1, 1, 2]),
        ([None, UNIT_BYTES, None, 1], [3, 1]),
        ([None] * 61, [61]),
        ([None] * 9 + [1] * 30 + [None] * 9 + [1], [48, 1]),
    ],
)
def test_a_unit_has_thirty_documents_with_work_or_eight_megabytes_at_most(
    tmp_path: Path, sizes: list[int | None], units: list[int]
) -> None:
    records = [
        record(number, payload=None if size is None else bytes(size))
        for number, size in enumerate(sizes)
    ]
    path = tmp_path / "00000.parquet"
    write(path, RAW, records)
    assert row_groups(str(path)) == units
    assert list(read(str(path))) == records


def test_a_shard_holds_no_more_bytes_than_its_bound_unless_one_document_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.shards.MOST_BYTES", 1000)
    folder = tmp_path / "pages"
    folder.mkdir()
    sizes = [400, 500, 200, 3000, 900]
    for number, size in enumerate(sizes):
        (folder / f"{number}.txt").write_text("x" * size, "utf-8")
    desk = Desk(home=tmp_path / "home")
    desk.create()
    source = Source(locator=str(folder))
    with desk.writing("test") as connection:
        ledger.open_batch(
            connection, "b", kind="run", rules_version="1", options="{}",
            sources=[(source.locator, None, None)],
        )  # fmt: skip
    made = acquire.fn(desk, "b", 0, source, Taking(max_bytes=10**6))
    kept = [[len(r["payload"]) for r in read(shard.path)] for shard in made]
    assert kept == [[400, 500], [200], [3000], [900]]
