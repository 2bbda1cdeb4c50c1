"""The ledger of batches: what was begun, from which sources, and what is done of it.

Every function takes an open connection; whoever writes holds the writer's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse import decisions
from warehouse.connect import Connection, transaction
from warehouse.decisions import Decision
from warehouse.errors import UnknownBatch
from warehouse.sql import query


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as it was begun. `gate` is None while it runs; `options` is JSON of its caller."""

    batch_id: str
    sequence: int
    kind: str
    started_at: datetime
    gate: str | None
    rules_version: str
    options: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source of a batch. `read_at` is None until it was read to its end."""

    source_no: int
    locator: str
    kind: str | None
    name: str | None
    read_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRow:
    """One complete stage of one shard: taken = given + refused."""

    stage: str
    shard_no: int
    source_no: int | None
    path: str
    taken: int
    given: int
    refused: int
    seconds: float


_BATCH = "batch_id, sequence, kind, started_at, gate, rules_version, options"


def open_batch(
    connection: Connection,
    batch_id: str,
    *,
    kind: str,
    rules_version: str,
    options: str,
    sources: Sequence[tuple[str, str | None, str | None]],
    decided: Sequence[Decision] = (),
) -> BatchRow:
    """Enter a new batch and its sources (locator, kind, name) in one transaction.

    `decided` is what a person decided with it.
    """
    with transaction(connection):
        connection.execute(
            "INSERT INTO ops.batch (batch_id, sequence, kind, started_at, rules_version, options) "
            "SELECT $batch_id, coalesce(max(sequence), 0) + 1, $kind, now(), $rules_version, "
            "$options FROM ops.batch",
            {
                "batch_id": batch_id,
                "kind": kind,
                "rules_version": rules_version,
                "options": options,
            },
        )
        for number, (locator, source_kind, name) in enumerate(sources):
            connection.execute(
                "INSERT INTO ops.batch_source (batch_id, source_no, locator, kind, name) "
                "VALUES ($batch_id, $number, $locator, $kind, $name)",
                {
                    "batch_id": batch_id,
                    "number": number,
                    "locator": locator,
                    "kind": source_kind,
                    "name": name,
                },
            )
        for decision in decided:
            decisions.record(connection, decision)
    return find_batch(connection, batch_id)


def find_batch(connection: Connection, batch_id: str) -> BatchRow:
    """Return a batch; raises UnknownBatch."""
    row = connection.execute(
        f"SELECT {_BATCH} FROM ops.batch WHERE batch_id = $batch_id", {"batch_id": batch_id}
    ).fetchone()
    if row is None:
        raise UnknownBatch(f"no batch is named {batch_id}", "`copydesk batches` lists them")
    return _batch(row)


def interrupted_batches(connection: Connection) -> list[BatchRow]:
    """Return the batches that began and did not end, oldest first."""
    rows = connection.execute(
        f"SELECT {_BATCH} FROM ops.batch WHERE gate IS NULL ORDER BY sequence"
    ).fetchall()
    return [_batch(row) for row in rows]


def _batch(row: tuple[object, ...]) -> BatchRow:
    names = ("batch_id", "sequence", "kind", "started_at", "gate", "rules_version", "options")
    return BatchRow(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]


def sources_of(connection: Connection, batch_id: str) -> list[SourceRow]:
    """Return the sources of a batch in the order its caller named them."""
    rows = connection.execute(
        "SELECT source_no, locator, kind, name, read_at, error FROM ops.batch_source "
        "WHERE batch_id = $batch_id ORDER BY source_no",
        {"batch_id": batch_id},
    ).fetchall()
    return [
        SourceRow(source_no=n, locator=loc, kind=k, name=name, read_at=at, error=error)
        for n, loc, k, name, at, error in rows
    ]


def source_read(
    connection: Connection, batch_id: str, source_no: int, *, error: str | None
) -> None:
    """Note that a source was read to its end, or could not be read at all (`error`)."""
    connection.execute(
        "UPDATE ops.batch_source SET read_at = now(), error = $error "
        "WHERE batch_id = $batch_id AND source_no = $source_no",
        {"batch_id": batch_id, "source_no": source_no, "error": error},
    )


def options_before(connection: Connection, batch_id: str) -> dict[str, str]:
    """Return, by name, the options that the sources of a batch were read with last before it."""
    return dict(connection.execute(query("options_before"), {"batch_id": batch_id}).fetchall())


def record_shard(connection: Connection, batch_id: str, shard: ShardRow) -> None:
    """Enter a complete stage of a shard; again is safe."""
    key = {"batch_id": batch_id, "stage": shard.stage, "shard_no": shard.shard_no}
    with transaction(connection):
        connection.execute(
            "DELETE FROM ops.stage_shard WHERE batch_id = $batch_id AND stage = $stage "
            "AND shard_no = $shard_no",
            key,
        )
        connection.execute(
            "INSERT INTO ops.stage_shard VALUES ($batch_id, $stage, $shard_no, $source_no, $path, "
            "$taken, $given, $refused, $seconds, now())",
            key
            | {
                "source_no": shard.source_no,
                "path": shard.path,
                "taken": shard.taken,
                "given": shard.given,
                "refused": shard.refused,
                "seconds": shard.seconds,
            },
        )


def shards_of(connection: Connection, batch_id: str, stage: str) -> list[ShardRow]:
    """Return the complete shards of a stage, in order."""
    rows = connection.execute(
        "SELECT stage, shard_no, source_no, path, taken, given, refused, seconds "
        "FROM ops.stage_shard WHERE batch_id = $batch_id AND stage = $stage ORDER BY shard_no",
        {"batch_id": batch_id, "stage": stage},
    ).fetchall()
    return [
        ShardRow(
            stage=stage_name,
            shard_no=shard_no,
            source_no=source_no,
            path=path,
            taken=taken,
            given=given,
            refused=refused,
            seconds=seconds,
        )
        for stage_name, shard_no, source_no, path, taken, given, refused, seconds in rows
    ]


def close_batch(connection: Connection, batch_id: str, *, gate: str, why: str | None) -> None:
    """End a batch that has no gate yet, with `failed`; what the gate said is never overwritten."""
    connection.execute(
        "UPDATE ops.batch SET gate = $gate, gate_why = $why, finished_at = now() "
        "WHERE batch_id = $batch_id AND gate IS NULL",
        {"batch_id": batch_id, "gate": gate, "why": why},
    )


def reopen_batch(connection: Connection, batch_id: str) -> None:
    """Let a failed batch run again from its last complete stage."""
    connection.execute(
        "UPDATE ops.batch SET gate = NULL, gate_why = NULL, finished_at = NULL "
        "WHERE batch_id = $batch_id AND gate = 'failed'",
        {"batch_id": batch_id},
    )


def replayable(
    connection: Connection, *, batches: Sequence[str] = (), site: str | None = None
) -> dict[str, str]:
    """Return the documents that stand for something now, each with its batch, oldest first.

    `batches` and `site` narrow it to theirs.
    """
    rows = connection.execute(
        query("replayable"), {"batches": list(batches) or None, "site": site, "sample": None}
    ).fetchall()
    return {document_id: batch_id for document_id, batch_id, _ in rows}


def write_replayable(
    connection: Connection,
    path: Path,
    *,
    batches: Sequence[str],
    site: str | None,
    sample: int | None,
) -> int:
    """Write the documents that `replayable` names to a Parquet file; return how many there are.

    `sample` takes so many of them, always the same ones. The rows of one raw shard stand together.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"batches": list(batches) or None, "site": site, "sample": sample}
    row = connection.execute(
        f"COPY ({query('replayable')}) TO $path (FORMAT parquet)", values | {"path": str(path)}
    ).fetchone()
    return int(row[0]) if row else 0
