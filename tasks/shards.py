"""Shards: Parquet files of records, the only ones that stages hand each other.

A shard is written beside its final name, synced and renamed, so that it is whole or not there.
Row groups are the pieces that one worker takes at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.records import Record

UNIT_ROWS = 30
"""Documents that a worker works on at a time; against 1, a quarter less CPU
(docs/decisions/0003)."""

UNIT_BYTES = 8 << 20
"""Payloads a worker takes at a time, unless one alone is larger: thirty pages have a third of it,
thirty pictures many times as much, and who writes or reads them holds two copies."""

MOST_DOCUMENTS = 500
MOST_BYTES = 64 << 20
"""What a shard of raw documents holds: what is in memory at a time, and lost with a kill."""

FIRST_DOCUMENTS = 4 * UNIT_ROWS
"""What the first shard of a batch holds: the workers wait for it, and each gets two units."""

MOST_RECORDS = 10 * MOST_DOCUMENTS
"""Where many documents come without a payload, for they are known: they are no work for anyone,
while each shard costs a dozen looks into the warehouse and two tasks."""


def write(path: Path, schema: pa.Schema, records: Iterable[Record]) -> None:
    """Write a whole shard, as its records come: beside its name, then synced and renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for half in path.parent.glob(f".{path.name}.*.new"):  # of a run that died, or met a full disk
        half.unlink(missing_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    with pq.ParquetWriter(beside, schema, compression="zstd") as writer:
        for unit in _units(records):
            writer.write_batch(pa.RecordBatch.from_pylist(unit, schema=schema))
    descriptor = os.open(beside, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)


def _units(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield records in order, so many at once as one worker takes.

    Those without payload or text are no work, and count as none.
    """
    unit: list[Record] = []
    working = unit_bytes = 0
    for record in records:
        payload_bytes = len(record.get("payload") or b"")
        is_work = bool(payload_bytes or record.get("text"))
        if is_work and (working == UNIT_ROWS or (unit and unit_bytes + payload_bytes > UNIT_BYTES)):
            yield unit
            unit, working, unit_bytes = [], 0, 0
        unit.append(record)
        working += is_work
        unit_bytes += payload_bytes
    if unit:
        yield unit


def is_full(payloads: int, size: int, coming: int) -> bool:
    """Say whether a raw shard of so many payloads and bytes takes none of `coming` bytes more."""
    return payloads >= MOST_DOCUMENTS or (payloads > 0 and size + coming > MOST_BYTES)


def row_groups(path: str) -> list[int]:
    """Return the number of rows of each row group of a shard."""
    metadata = pq.read_metadata(path)
    return [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]


def empty_groups(path: str, column: str) -> frozenset[int]:
    """Return the row groups of a shard where a column has no value, as the footer tells."""
    metadata = pq.read_metadata(path)
    leaves = [metadata.schema.column(leaf).path for leaf in range(metadata.num_columns)]
    at = leaves.index(column)
    found = set()
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        statistics = group.column(at).statistics
        if statistics is not None and statistics.null_count == group.num_rows:
            found.add(number)
    return frozenset(found)


def read(path: str, *, columns: list[str] | None = None) -> Iterator[Record]:
    """Yield the records of a shard, row group by row group."""
    with pq.ParquetFile(path) as file:
        for n in range(file.num_row_groups):
            yield from file.read_row_group(n, columns=columns).to_pylist()


def read_group(path: str, group: int) -> list[Record]:
    """Return the records of one row group of a shard."""
    with pq.ParquetFile(path) as file:
        records: list[Record] = file.read_row_group(group, use_threads=False).to_pylist()
        return records
