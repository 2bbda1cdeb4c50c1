"""What there is nothing to do for needs no worker, and comes out as a worker would give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tasks import shards, worker
from tasks.clean import clean
from tasks.desk import Desk
from tasks.errors import WorkersUnavailable
from tasks.extract import extract
from tasks.model import Reason, Stage
from tasks.records import CLEAN, EXTRACTED, RAW, Record, clean_record, extracted_record
from tasks.sandbox import Sandbox, Unit
from tasks.stage import StageResult
from tests.tasks.test_warc_export import record
from warehouse import ledger

NO_WORKER_CAN_LIVE = 1


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(home=tmp_path / "home")
    desk.create()
    with desk.writing("test") as connection:
        ledger.open_batch(
            connection,
            "b",
            kind="run",
            rules_version="1",
            options="{}",
            sources=[("s", None, None)],
        )
    return desk


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=1, cpu_seconds=10, memory_mb=NO_WORKER_CAN_LIVE) as sandbox:
        yield sandbox


def raw(desk: Desk, records: list[dict[str, Any]]) -> StageResult:
    path = desk.raw("b") / "00000.parquet"
    shards.write(path, RAW, records)
    refused = sum(r["reason"] is not None for r in records)
    return StageResult(
        stage=Stage.ACQUIRE,
        shard_no=0,
        path=str(path),
        taken=len(records),
        given=len(records) - refused,
        refused=refused,
        seconds=0.0,
    )


def known(number: int, **facts: Any) -> dict[str, Any]:
    return record(number, payload=None, **facts)


def by_worker(
    before: StageResult,
    work: Callable[[Unit], list[Any]],
    flatten: Callable[[Any], Record],
    schema: pa.Schema,
) -> list[Record]:
    """What a worker's function makes of a whole shard, read back from a shard of its own."""
    units = [
        Unit(path=before.path, group=group, rows=tuple(range(rows)))
        for group, rows in enumerate(shards.row_groups(before.path))
    ]
    beside = Path(before.path).with_name("by-worker.parquet")
    shards.write(beside, schema, [flatten(found) for unit in units for found in work(unit)])
    return list(shards.read(str(beside)))


def test_documents_without_payload_pass_both_stages_where_no_worker_can_live(
    desk: Desk, sandbox: Sandbox
) -> None:
    refused = {"stage": Stage.ACQUIRE, "reason": Reason.EMPTY_BODY, "detail": "0 bytes"}
    records = [known(n) for n in range(61)] + [known(61, **refused), known(62, url=None)]
    taken = raw(desk, records)
    extracted = extract.fn(desk, "b", taken, sandbox, {})
    cleaned = clean.fn(desk, "b", extracted, sandbox, {})
    assert [(r.taken, r.given, r.refused) for r in (extracted, cleaned)] == [(62, 62, 0)] * 2
    assert list(shards.read(extracted.path)) == by_worker(
        taken, worker.extract_unit, extracted_record, EXTRACTED
    )
    assert list(shards.read(cleaned.path)) == by_worker(
        extracted, worker.clean_unit, clean_record, CLEAN
    )


def test_one_page_among_them_needs_a_worker(desk: Desk, sandbox: Sandbox) -> None:
    taken = raw(desk, [*(known(n) for n in range(30)), record(30)])
    with pytest.raises(WorkersUnavailable):
        extract.fn(desk, "b", taken, sandbox, {})
