"""Records <-> Parquet: the only files that stages hand each other.

A shard is written beside its final name, synced and renamed, so that it is whole or not there.
Row groups are the pieces that one worker takes at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.model import (
    Article,
    Clean,
    Dated,
    Extracted,
    Extraction,
    Kind,
    RawDocument,
    Reason,
    Refusal,
    RemovedLine,
    Stage,
    Taken,
)

UNIT_ROWS = 30
"""Documents that a worker works on at a time; against 1, a quarter less CPU
(docs/decisions/0003)."""

UNIT_BYTES = 8 << 20
"""Payloads a worker takes at a time, unless one alone is larger: thirty pages have a third of it,
thirty pictures many times as much, and who writes or reads them holds two copies."""

MOST_DOCUMENTS = 500
MOST_BYTES = 64 << 20
"""What a shard of raw documents holds: what is in memory at a time, and lost with a kill."""

MOST_RECORDS = 10 * MOST_DOCUMENTS
"""Where many documents come without a payload, for they are known: they are no work for anyone,
while each shard costs a dozen looks into the warehouse and two tasks."""

_WHEN = pa.timestamp("us", tz="UTC")
Columns = list[tuple[str, pa.DataType]]
_REMOVED = pa.list_(
    pa.struct([("line_no", pa.int32()), ("text", pa.string()), ("rule", pa.string())])
)
_REFUSAL: Columns = [("stage", pa.string()), ("reason", pa.string()), ("detail", pa.string())]

_RAW: Columns = [
    ("document_id", pa.string()),
    ("batch_id", pa.string()),
    ("position", pa.int64()),
    ("source", pa.string()),
    ("source_name", pa.string()),
    ("locator", pa.string()),
    ("place", pa.string()),
    ("kind", pa.string()),
    ("payload", pa.binary()),
    ("payload_sha256", pa.string()),
    ("payload_bytes", pa.int64()),
    ("media_type", pa.string()),
    ("charset", pa.string()),
    ("url", pa.string()),
    ("fetched_at", _WHEN),
    ("http_status", pa.int32()),
    ("http_headers", pa.string()),
    ("http_earlier", pa.string()),
    *_REFUSAL,
]
_TAKEN: Columns = [
    ("document_id", pa.string()),
    ("position", pa.int64()),
    ("source", pa.string()),
    ("source_name", pa.string()),
    ("locator", pa.string()),
    ("place", pa.string()),
    ("kind", pa.string()),
    ("url", pa.string()),
    ("payload_sha256", pa.string()),
    ("payload_bytes", pa.int64()),
    ("media_type", pa.string()),
    ("charset", pa.string()),
    ("http_status", pa.int32()),
    ("fetched_at", _WHEN),
    ("shard_path", pa.string()),
]
_EXTRACTION: Columns = [
    ("text", pa.string()),
    ("extractor", pa.string()),
    ("title", pa.string()),
    ("title_source", pa.string()),
    ("authors", pa.list_(pa.string())),
    ("author_source", pa.string()),
    ("published_on", pa.date32()),
    ("published_at", _WHEN),
    ("date_source", pa.string()),
    ("date_flag", pa.string()),
    ("modified_at", _WHEN),
    ("site_name", pa.string()),
    ("canonical_url", pa.string()),
    ("own_url", pa.string()),
    ("language", pa.string()),
    ("section", pa.string()),
    ("tags", pa.list_(pa.string())),
    ("image_url", pa.string()),
]
_ARTICLE: Columns = [
    ("canonical_url", pa.string()),
    ("canonical_key", pa.string()),
    ("own_key", pa.string()),
    ("site_name", pa.string()),
    ("title", pa.string()),
    ("title_source", pa.string()),
    ("authors", pa.list_(pa.string())),
    ("author_source", pa.string()),
    ("published_at", _WHEN),
    ("published_on", pa.date32()),
    ("date_source", pa.string()),
    ("date_flag", pa.string()),
    ("modified_at", _WHEN),
    ("language", pa.string()),
    ("section", pa.string()),
    ("tags", pa.list_(pa.string())),
    ("image_url", pa.string()),
    ("text", pa.string()),
    ("text_sha256", pa.string()),
    ("text_chars", pa.int32()),
    ("text_words", pa.int32()),
    ("lines_removed", pa.int32()),
    ("extractor", pa.string()),
]
RAW = pa.schema(_RAW)
EXTRACTED = pa.schema([*_TAKEN, *_EXTRACTION, *_REFUSAL, ("removed", _REMOVED)])
CLEAN = pa.schema([*_TAKEN, ("site", pa.string()), *_ARTICLE, *_REFUSAL, ("removed", _REMOVED)])
VERDICT = pa.schema(
    [
        ("document_id", pa.string()),
        ("outcome", pa.string()),
        *_REFUSAL,
        ("article_id", pa.string()),
        ("twin_of", pa.string()),
    ]
)

Record = dict[str, Any]


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


def raw_record(document: RawDocument) -> Record:
    """Flatten a raw document into the columns of its shard."""
    return _columns_of(document)


def _columns_of(facts: RawDocument | Taken | Extraction | Article | RemovedLine) -> Record:
    """Return the fields by name; `asdict` copies each value, and takes many times as long."""
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def taken_of(record: Record, shard_path: str) -> Taken:
    """Make the facts that later shards repeat from a record of a raw shard."""
    names = [name for name, _ in _TAKEN if name not in {"shard_path", "kind"}]
    facts: dict[str, Any] = {name: record[name] for name in names}
    below_home = "/".join(Path(shard_path).parts[-3:])  # raw/<batch>/<shard>: a home can move
    return Taken(kind=Kind(record["kind"]), shard_path=below_home, **facts)


def refusal_of(record: Record) -> Refusal | None:
    """Read the refusal columns of a record."""
    if record["reason"] is None:
        return None
    return Refusal(
        stage=Stage(record["stage"]), reason=Reason(record["reason"]), detail=record["detail"] or ""
    )


def not_extracted(record: Record, shard_path: str) -> Extracted:
    """Make the document of a raw record that passes extraction by: refused, or known already."""
    taken = taken_of(record, shard_path)
    return Extracted(taken=taken, extraction=None, refusal=refusal_of(record))


def extracted_record(document: Extracted) -> Record:
    """Flatten a document behind the extract stage."""
    record = _columns_of(document.taken) | _refusal_columns(document.refusal)
    found = document.extraction
    if found is not None:
        facts = _columns_of(found)
        published: Dated = facts.pop("published")
        facts["own_url"] = facts.pop("url")
        record |= facts
        record |= {
            "published_on": published.on,
            "published_at": published.at,
            "date_source": published.source,
            "date_flag": published.flag,
            "removed": [_columns_of(line) for line in found.removed],
        }
    return record


def extracted_of(record: Record) -> Extracted:
    """Read a document behind the extract stage."""
    taken = taken_of(record, record["shard_path"])
    if record["text"] is None:
        return Extracted(taken=taken, extraction=None, refusal=refusal_of(record))
    names = [name for name, _ in _EXTRACTION]
    facts: dict[str, Any] = {name: record[name] for name in names}
    published = Dated(
        on=facts.pop("published_on"),
        at=facts.pop("published_at"),
        source=facts.pop("date_source"),
        flag=facts.pop("date_flag"),
    )
    facts["authors"] = tuple(facts["authors"] or ())
    facts["tags"] = tuple(facts["tags"] or ())
    facts["url"] = facts.pop("own_url")
    extraction = Extraction(published=published, removed=_removed_of(record), **facts)
    return Extracted(taken=taken, extraction=extraction, refusal=refusal_of(record))


def clean_record(document: Clean) -> Record:
    """Flatten a document behind the clean stage."""
    record = _columns_of(document.taken) | {"site": document.site}
    if document.article is not None:
        record |= _columns_of(document.article)
    record |= _refusal_columns(document.refusal)
    record["removed"] = [_columns_of(line) for line in document.removed]
    return record


def _refusal_columns(refusal: Refusal | None) -> Record:
    if refusal is None:
        return {"stage": None, "reason": None, "detail": None}
    return {"stage": refusal.stage, "reason": refusal.reason, "detail": refusal.detail}


def _removed_of(record: Record) -> tuple[RemovedLine, ...]:
    return tuple(RemovedLine(**line) for line in record["removed"] or ())
