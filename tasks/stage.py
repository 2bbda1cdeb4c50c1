"""What a stage hands on: which shard, and books that balance; and how one runs in the sandbox."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks import shards
from tasks.desk import Desk
from tasks.errors import BooksUnbalanced
from tasks.model import Stage, Treatments
from tasks.records import Record
from tasks.sandbox import Death, Sandbox, Unit
from warehouse import ledger
from warehouse.ledger import ShardRow

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """One stage of one shard: taken = given + refused, or it is an error."""

    stage: str
    shard_no: int
    path: str
    taken: int
    given: int
    refused: int
    seconds: float
    source_no: int | None = None

    def __post_init__(self) -> None:
        """Check the books of the stage."""
        if self.taken != self.given + self.refused:
            raise BooksUnbalanced(
                f"stage {self.stage}, shard {self.shard_no}: took {self.taken}, gave {self.given}, "
                f"refused {self.refused}",
                "this is a defect of copydesk: nothing was published, please report it",
            )

    def row(self, home: Path) -> ShardRow:
        """Return what the ledger keeps of it: paths below the home, so that a home can move."""
        return ShardRow(
            stage=self.stage,
            shard_no=self.shard_no,
            source_no=self.source_no,
            path=str(Path(self.path).relative_to(home)),
            taken=self.taken,
            given=self.given,
            refused=self.refused,
            seconds=self.seconds,
        )

    @classmethod
    def of(cls, row: ShardRow, home: Path) -> StageResult:
        """Read a stage that an interrupted run completed."""
        return cls(
            stage=row.stage,
            shard_no=row.shard_no,
            source_no=row.source_no,
            path=str(home / row.path),
            taken=row.taken,
            given=row.given,
            refused=row.refused,
            seconds=row.seconds,
        )


def log_stage(log: logging.Logger, batch_id: str, result: StageResult) -> None:
    """Write the one line of a complete stage of a shard; handlers find the result on the record."""
    log.info(
        "batch %s, %s, shard %d: took %d, gave %d, refused %d in %.1f s",
        batch_id,
        result.stage,
        result.shard_no,
        result.taken,
        result.given,
        result.refused,
        result.seconds,
        extra={"stage_result": result},
    )


def run_in_sandbox(
    desk: Desk,
    batch_id: str,
    before: StageResult,
    *,
    stage: Stage,
    sandbox: Sandbox,
    treatments: Treatments,
    as_is: bool,
    schema: pa.Schema,
    content: str,
    pass_by: Callable[[Record, str], Any],
    flatten: Callable[[Any], Record],
    bury: Callable[[Record, Death, str], Any],
) -> StageResult:
    """Run a stage's function over a shard, write the next shard and enter it in the ledger.

    Row groups with nothing in the column `content` need no worker: `pass_by` makes the document of
    a record (and the path of its shard) that has nothing to be worked on. `flatten` makes a record
    of a document, `bury` makes the document of one that killed its worker. Refused are the
    documents that this stage refuses; those refused earlier pass along.
    """
    started = time.monotonic()
    groups = list(enumerate(shards.row_groups(before.path)))
    idle = shards.empty_groups(before.path, content)
    units = [
        Unit(
            path=before.path,
            group=group,
            rows=tuple(range(rows)),
            treatments=treatments,
            as_is=as_is,
        )
        for group, rows in groups
        if group not in idle
    ]
    worked = zip(units, sandbox.run(stage, units), strict=True)
    refused = 0

    def documents() -> Iterator[Any]:
        for group, _ in groups:
            if group in idle:
                for record in shards.read_group(before.path, group):
                    yield pass_by(record, before.path)
            else:
                yield from _lived(*next(worked), bury)

    def records() -> Iterator[Record]:
        nonlocal refused
        for document in documents():
            record = flatten(document)
            refused += record["stage"] == stage
            yield record

    path = desk.work(batch_id) / f"{stage}-{before.shard_no:05d}.parquet"
    shards.write(path, schema, records())
    result = StageResult(
        stage=stage,
        shard_no=before.shard_no,
        source_no=before.source_no,
        path=str(path),
        taken=before.given,
        given=before.given - refused,
        refused=refused,
        seconds=time.monotonic() - started,
    )
    with desk.writing(stage) as connection:
        ledger.record_shard(connection, batch_id, result.row(desk.home))
    log_stage(logger, batch_id, result)
    return result


def _lived(
    unit: Unit, results: list[Any], bury: Callable[[Record, Death, str], Any]
) -> Iterator[Any]:
    """Yield what became of the documents of a unit, those that killed their worker buried."""
    raw: list[Record] = []
    for row, result in enumerate(results):
        if isinstance(result, Death):
            raw = raw or list(shards.read_group(unit.path, unit.group, wants_payload=_none))
            yield bury(raw[row], result, unit.path)
        else:
            yield result


def _none(_record: Record) -> bool:
    return False
