"""A shard is cut into the pieces that one worker takes: so many documents, so many bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.acquire import acquire
from tasks.desk import Desk
from tasks.model import Source
from tasks.records import RAW
from tasks.shards import UNIT_BYTES, empty_groups, read, read_group, row_groups, write
from tasks.stage import StageResult
from tasks.taking import Taking
from tasks.waiting import MEMORY_BYTES, WaitingPayloads
from tests.tasks.test_warc_export import record
from warehouse import ledger


def acquired(desk: Desk, folder: Path, taking: Taking) -> list[StageResult]:
    """Take a folder in on a new desk, as batch b; return its raw shards."""
    desk.create()
    source = Source(locator=str(folder))
    with desk.writing("test") as connection:
        ledger.open_batch(
            connection, "b", kind="run", rules_version="1", options="{}",
            sources=[(source.locator, None, None)],
        )  # fmt: skip
    return acquire.fn(desk, "b", 0, source, taking)


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
    made = acquired(Desk(home=tmp_path / "home"), folder, Taking(max_bytes=10**6))
    kept = [[len(r["payload"]) for r in read(shard.path)] for shard in made]
    assert kept == [[400, 500], [200], [3000], [900]]


MEGABYTE = 1 << 20
ROOM = 4 * MEGABYTE
"""What else Python holds meanwhile, and one payload more."""


@contextmanager
def at_most_held(most_bytes: int) -> Iterator[None]:
    """Fail where Python, which holds every payload, held more at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most_bytes
    finally:
        tracemalloc.stop()


def test_who_writes_or_reads_a_shard_has_a_piece_of_it_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "00000.parquet"
    with at_most_held(UNIT_BYTES + ROOM):
        write(path, RAW, (record(n, payload=os.urandom(MEGABYTE)) for n in range(40)))
    with at_most_held(ROOM):
        assert sum(len(found["payload"]) for found in read(str(path))) == 40 * MEGABYTE


def test_who_takes_a_source_in_has_a_piece_of_a_shard_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02d}.txt").write_bytes(b"%02d" % number + b"word " * (MEGABYTE // 5))
    desk = Desk(home=tmp_path / "home")
    with at_most_held(MEMORY_BYTES + UNIT_BYTES + 2 * ROOM):
        (shard,) = acquired(desk, folder, Taking(max_bytes=2 * MEGABYTE, rules="1"))
    assert [found["payload"][:2] for found in read(shard.path)] == [b"%02d" % n for n in range(40)]
    assert list(desk.work("b").iterdir()) == []


def test_payloads_wait_in_a_file_that_no_kill_can_leave_behind(tmp_path: Path) -> None:
    payloads = [os.urandom(size) for size in (10, MEMORY_BYTES, 0, 3 * MEGABYTE)]
    with closing(WaitingPayloads(tmp_path / "work")) as waiting:
        for _ in range(2):
            places = [waiting.put(payload) for payload in payloads]
            assert [waiting.get(place) for place in reversed(places)] == payloads[::-1]
            assert list((tmp_path / "work").iterdir()) == []
            waiting.clear()


def test_a_payload_that_is_not_wanted_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "00000.parquet"
    records = [record(number, payload=bytes([number])) for number in range(4)]
    write(path, RAW, records)
    for wanted in [{0, 1, 2, 3}, {1, 3}, set()]:
        found = list(read_group(str(path), 0, wants_payload=lambda r, w=wanted: r["position"] in w))  # type: ignore[misc]
        assert found == [r if r["position"] in wanted else r | {"payload": None} for r in records]


def test_a_piece_is_empty_when_nothing_is_in_it_however_little(tmp_path: Path) -> None:
    path = tmp_path / "00000.parquet"
    sizes = [*[None] * 40, *[UNIT_BYTES] * 2, *[None] * 40, 1]
    records = [
        record(number, payload=None if size is None else bytes(size))
        for number, size in enumerate(sizes)
    ]
    write(path, RAW, records)
    assert row_groups(str(path)) == [41, 41, 1]
    assert empty_groups(str(path), "payload") == frozenset()
    write(path, RAW, records[:40])
    assert empty_groups(str(path), "payload") == {0}


def test_a_worker_reads_its_shard_without_a_data_frame_library(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("The council met.", "utf-8")
    (shard,) = acquired(Desk(home=tmp_path / "home"), tmp_path / "in", Taking(max_bytes=10**6))
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            """if True:
                import sys
                from tasks import shards
                (found,) = shards.read(sys.argv[1])
                print(found["fetched_at"].isoformat(), "pandas" in sys.modules)
            """,
            shard.path,
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    (row,) = pq.read_table(shard.path).to_pylist()
    assert told == [row["fetched_at"].isoformat(), "False"]
