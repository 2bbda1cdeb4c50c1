"""The shards of a batch on their way through extract and clean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.session import Session
from tasks.clean import clean
from tasks.extract import extract
from tasks.model import Stage, Treatments
from tasks.stage import StageResult
from warehouse import ledger
from warehouse.ledger import BatchRow

AS_IS = "as_is"
"""A kind of batch: a replay of refused documents that a person vouches for."""


class ShardLine:
    """Sends raw shards through both stages as tasks of the running flow, several side by side.

    What an interrupted run completed is not done again.
    """

    def __init__(self, session: Session, row: BatchRow, treatments: Treatments) -> None:
        """Look up in the ledger what is done already."""
        self._desk, self._sandbox, self._batch_id = session.desk, session.sandbox, row.batch_id
        self._treatments = treatments
        self._as_is = row.kind == AS_IS
        self._extracted: dict[int, Any] = {}
        self._cleaned: dict[int, Any] = {}
        with self._desk.writing("resume") as connection:
            for stage, shards in (
                (Stage.EXTRACT, self._extracted),
                (Stage.CLEAN, self._cleaned),
            ):
                for shard in ledger.shards_of(connection, self._batch_id, stage):
                    if (self._desk.home / shard.path).exists():
                        shards[shard.shard_no] = StageResult.of(shard, self._desk.home)

    def send(self, raw: StageResult) -> None:
        """Put a raw shard on the line, unless it is on it or through already."""
        number, treated = raw.shard_no, (self._treatments, self._as_is)
        if number in self._cleaned:
            return
        if number not in self._extracted:
            self._extracted[number] = extract.submit(
                self._desk, self._batch_id, raw, self._sandbox, *treated
            )
        self._cleaned[number] = clean.submit(
            self._desk, self._batch_id, self._extracted[number], self._sandbox, *treated
        )

    def cleaned(self, raw: Iterable[StageResult]) -> list[StageResult]:
        """Send what was not sent yet of all raw shards; wait for them, return them cleaned.

        Raises what stopped a stage; extraction first, for cleaning would say that it had no input.
        """
        numbers = []
        for shard in raw:
            self.send(shard)
            numbers.append(shard.shard_no)
        for stage in (self._extracted, self._cleaned):
            for number, done in stage.items():
                stage[number] = done if isinstance(done, StageResult) else done.result()
        return [self._cleaned[number] for number in numbers]
