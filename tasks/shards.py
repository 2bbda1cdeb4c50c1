"""Shards: Parquet files of records, the only ones that stages hand each other.

A shard is written beside its final name, synced and renamed, so that it is whole or not there.
Row groups are the pieces that one worker takes at a time. Payloads may be films of 20 MB, so who
writes or reads a shard has one piece of it in memory, never the whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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
"""What a shard of raw documents holds: what is lost with a kill."""

FIRST_DOCUMENTS = 4 * UNIT_ROWS
"""What the first shard of a batch holds: the workers wait for it, and each gets two units."""

MOST_RECORDS = 10 * MOST_DOCUMENTS
"""Where many documents come without a payload, for they are known: they are no work for anyone,
while each shard costs a dozen looks into the warehouse and two tasks."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAYLOAD = "payload"
_BUFFER_BYTES = 1 << 20
"""What is read of a file at once, and about what a page of payloads holds: those of a whole row
group would be in memory twice while one of them is wanted."""
_EMPTY_BYTES = 4 << 10
"""A column without a value takes less in a row group; what takes more has one."""


def write(path: Path, schema: pa.Schema, records: Iterable[Record]) -> None:
    """Write a whole shard, as its records come: beside its name, then synced and renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for half in path.parent.glob(f".{path.name}.*.new"):  # of a run that died, or met a full disk
        half.unlink(missing_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    with pq.ParquetWriter(beside, schema, compression="zstd", **_options(schema)) as writer:
        for unit in _units(records):
            writer.write_batch(_batch(unit, schema))
    descriptor = os.open(beside, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)


def _batch(unit: list[Record], schema: pa.Schema) -> pa.RecordBatch:
    """Make Arrow's rows of a unit, and empty it: its payloads would be in memory twice."""
    batch = pa.RecordBatch.from_pylist(unit, schema=schema)
    unit.clear()
    return batch


def _options(schema: pa.Schema) -> dict[str, Any]:
    """Return how a schema is written: payloads a page each once they are large.

    A dictionary of payloads, and the least and the greatest of them, would say nothing to anyone,
    and making them costs four copies of a film and a quarter of the CPU.
    """
    if _PAYLOAD not in schema.names:
        return {}
    told = [name for name in schema.names if name != _PAYLOAD]
    return {
        "use_dictionary": told,
        "write_statistics": told,
        "data_page_size": _BUFFER_BYTES,
        "write_batch_size": 1,
    }


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
    """Return the row groups of a shard where a column has no value."""
    with _opened(path) as file:
        return frozenset(n for n in range(file.num_row_groups) if _is_empty(file, n, column))


def _is_empty(file: pq.ParquetFile, group: int, column: str) -> bool:
    leaves = [file.metadata.schema.column(leaf).path for leaf in range(file.metadata.num_columns)]
    chunk = file.metadata.row_group(group).column(leaves.index(column))
    if chunk.total_uncompressed_size > _EMPTY_BYTES:
        return False
    values = file.read_row_group(group, columns=[column], use_threads=False).column(0)
    return bool(values.null_count == len(values))


def read(path: str, *, columns: list[str] | None = None) -> Iterator[Record]:
    """Yield the records of a shard; of its payloads one is in memory at a time."""
    with _opened(path) as file:
        for group in range(file.num_row_groups):
            yield from _records(file, group, columns or file.schema_arrow.names, _each)


def read_group(
    path: str, group: int, *, wants_payload: Callable[[Record], bool] | None = None
) -> Iterator[Record]:
    """Yield the records of one row group of a shard; of its payloads one is in memory at a time.

    `wants_payload` is asked with the record without it; where it says no, the payload is None.
    """
    with _opened(path) as file:
        yield from _records(file, group, file.schema_arrow.names, wants_payload or _each)


def _each(_record: Record) -> bool:
    return True


def _opened(path: str) -> pq.ParquetFile:
    return pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False)


def _records(
    file: pq.ParquetFile, group: int, columns: list[str], wants_payload: Callable[[Record], bool]
) -> Iterator[Record]:
    facts = [name for name in columns if name != _PAYLOAD]
    records = _rows(file.read_row_group(group, facts, use_threads=False))
    if _PAYLOAD not in columns:
        yield from records
        return
    wanted = [wants_payload(record) for record in records]
    if not any(wanted):
        yield from (record | {_PAYLOAD: None} for record in records)
        return
    batches = file.iter_batches(1, [group], [_PAYLOAD], use_threads=False)
    for record, is_wanted in zip(records, wanted, strict=True):
        yield record | {_PAYLOAD: _next_payload(batches, is_wanted=is_wanted)}


def _rows(table: pa.Table) -> list[Record]:
    """Return the rows of a table; all its instants are microseconds in UTC.

    Arrow's own `to_pylist` imports pandas before it makes an instant of any unit: .4 s and 30 MB of
    each worker.
    """
    columns = [
        _instants(column) if pa.types.is_timestamp(column.type) else column.to_pylist()
        for column in table.columns
    ]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def _instants(column: pa.ChunkedArray[Any]) -> list[datetime | None]:
    microseconds: list[int | None] = column.cast(pa.int64()).to_pylist()
    return [None if n is None else _EPOCH + timedelta(microseconds=n) for n in microseconds]


def _next_payload(batches: Iterator[pa.RecordBatch], *, is_wanted: bool) -> bytes | None:
    """Return the next payload; a function, so that nothing holds it while it is worked on."""
    value = next(batches).column(0)[0]
    payload: bytes | None = value.as_py() if is_wanted else None
    return payload
