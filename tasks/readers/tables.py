"""Tables as sources: CSV, Parquet, Arrow, the rows of a query. A row is a record like a JSON line.

Which column holds what is guessed from its name (`tasks/extraction/record.py` lists the names), or
said by the settings. Rows are read a few at a time, so that memory does not grow with the table.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.extraction.record import FIELDS
from tasks.model import RawItem, Reason
from tasks.readers.inflate import Damaged
from tasks.readers.jsonl import record_item
from tasks.readers.origin import Origin
from tasks.readers.seekable import Readable, seekable
from tasks.readers.sniff import PREFIX_BYTES
from tasks.readers.streams import ByteStream

ROWS_AT_ONCE = 64
MESSAGE_BYTES = 2**30
"""The largest record batch of a stream: many times what writers make, and within any machine."""
_ARROW_FILE = b"ARROW1"
_DELIMITERS = ",;\t|"
_NO_VALUE = (ValueError, OverflowError, KeyError)
"""What pyarrow raises for a cell that Python has no value for: a year beyond 9999, a time zone that
nobody knows."""
_BROKEN = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What it raises for a whole table; the last one for names of columns that are no UTF-8."""
_BYTES_OF = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}
_KNOWN = {name: ours for ours, names in FIELDS.items() for name in names}

Row = Mapping[str, object]


class NoColumns(Exception):
    """No column of a table is known to hold an article; `str()` says which columns there are."""


def guess_columns(columns: Sequence[str]) -> dict[str, str]:
    """Return which of our fields each column is taken for: column -> field."""
    guessed = {}
    for column in columns:
        ours = _KNOWN.get("".join(c for c in column.lower() if c not in " _-\t"))
        if ours is not None:
            guessed[column] = ours
    return guessed


def read_csv(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield each row of a CSV or TSV whose first line names its columns."""
    text = io.TextIOWrapper(
        io.BufferedReader(Readable(stream), PREFIX_BYTES),
        encoding=_encoding(stream.peek(PREFIX_BYTES)),
        errors="replace",
        newline="",
    )
    csv.field_size_limit(max(origin.max_bytes, 1024))
    head = stream.peek(PREFIX_BYTES).split(b"\n", 1)[0].decode("latin-1")
    delimiter = max(_DELIMITERS, key=head.count)
    rows = csv.reader(text, delimiter=delimiter)
    try:
        names = next(rows, [])
        yield from _rows_of(_csv_rows(rows, names), names, origin)
    except Damaged as damaged:
        yield origin.refused(damaged.reason, damaged.detail, locator=origin.inside("end"))
    except csv.Error as error:
        yield origin.refused(Reason.BAD_FILE, f"no readable CSV: {error}")


def _csv_rows(rows: Iterator[list[str]], names: list[str]) -> Iterator[Row | str]:
    """Yield rows; a text in place of a row says what is wrong with it."""
    while True:
        try:
            values = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"a broken row: {error}"
            continue
        if len(values) > len(names):
            yield f"{len(values)} values under {len(names)} columns"
        elif values:
            yield {name: value for name, value in zip(names, values, strict=False) if value}


def read_parquet(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield each row of a Parquet file."""
    try:
        with seekable(stream, origin) as file, pq.ParquetFile(file, pre_buffer=False) as table:
            batches = table.iter_batches(ROWS_AT_ONCE, use_threads=False)
            yield from read_batches(batches, table.schema_arrow.names, origin)
    except Damaged as damaged:
        yield origin.refused(damaged.reason, damaged.detail)
    except _BROKEN as error:
        yield origin.refused(Reason.BAD_FILE, f"no readable Parquet file: {_said(error)}")


def read_arrow(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield each row of an Arrow file (also called Feather) or stream, batch by batch."""
    if stream.peek(len(_ARROW_FILE)) != _ARROW_FILE:
        yield from _read_arrow_stream(stream, origin)
        return
    try:
        with seekable(stream, origin) as file, pa.ipc.open_file(cast(io.IOBase, file)) as table:
            batches = (table.get_batch(n) for n in range(table.num_record_batches))
            yield from read_batches(batches, table.schema.names, origin)
    except Damaged as damaged:
        yield origin.refused(damaged.reason, damaged.detail)
    except _BROKEN as error:
        yield origin.refused(Reason.BAD_FILE, f"no readable Arrow file: {_said(error)}")


def _read_arrow_stream(stream: ByteStream, origin: Origin) -> Iterator[RawItem]:
    """Yield the rows of the format without a directory; cut off, `#end` is one more document."""
    messages = _Messages(Readable(stream), PREFIX_BYTES)
    has_begun = False
    try:
        with pa.ipc.open_stream(cast(io.IOBase, messages)) as table:
            has_begun = True
            yield from read_batches(table, table.schema.names, origin)
    except Damaged as damaged:
        yield origin.refused(damaged.reason, damaged.detail, locator=origin.inside("end"))
    except _BROKEN as error:
        if not has_begun:
            yield origin.refused(Reason.BAD_FILE, f"no readable Arrow stream: {_said(error)}")
            return
        detail = f"the Arrow stream breaks off: {_said(error)}"
        yield origin.refused(Reason.TRUNCATED_INPUT, detail, locator=origin.inside("end"))


class _Messages(io.BufferedReader):
    """A stream of messages that state their length: one that asks for too much is refused."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as many bytes as a message says it has; raises `Damaged`."""
        if size is not None and size > MESSAGE_BYTES:
            raise Damaged(Reason.TOO_LARGE, f"an Arrow message of {size} bytes")
        return super().read(size)


def read_batches(
    batches: Iterable[pa.RecordBatch], columns: Sequence[str], origin: Origin
) -> Iterator[RawItem]:
    """Yield each row of record batches."""

    def rows() -> Iterator[Row | str]:
        for batch in map(_sound, batches):
            for start in range(0, batch.num_rows, ROWS_AT_ONCE):
                yield from _rows_in(batch.slice(start, ROWS_AT_ONCE))

    yield from _rows_of(rows(), columns, origin)


def _sound(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch whose places all lie within it: Arrow believes them, and dies of a lie.

    Text that is no UTF-8 becomes bytes. Raises `pa.ArrowInvalid` for a batch that is broken.
    """
    columns = []
    for column in batch.columns:
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            as_bytes = _BYTES_OF.get(column.type)
            if as_bytes is None:
                raise
            column = column.view(as_bytes)  # noqa: PLW2901 - the same column, read otherwise
            column.validate(full=True)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _rows_in(batch: pa.RecordBatch) -> Iterator[Row | str]:
    """Yield rows; a text in place of a row says which of its cells nothing can be made of."""
    try:
        yield from batch.to_pylist()
    except _NO_VALUE:
        for number in range(batch.num_rows):
            yield _row_in(batch.slice(number, 1))


def _row_in(batch: pa.RecordBatch) -> Row | str:
    row = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            row[name] = _cell(column)
        except (*_NO_VALUE, pa.ArrowException) as error:
            return f"the cell under {name[:40]} cannot be read: {_said(error)}"
    return row


def _cell(column: pa.Array[Any]) -> object:
    """Return the one value of a column; what Python has no value for comes as text."""
    try:
        return column[0].as_py()
    except _NO_VALUE:
        if pa.types.is_timestamp(column.type):  # its zone may be the one that nobody knows
            column = column.cast(pa.timestamp(column.type.unit))
        return column.cast(pa.string())[0].as_py()


def read_query(batches: pa.RecordBatchReader, origin: Origin) -> Iterator[RawItem]:
    """Yield each row of a query; where it breaks off, `#end` is one more document, `failed`."""
    try:
        yield from read_batches(batches, batches.schema.names, origin)
    except _BROKEN as error:
        detail = f"the query broke off: {_said(error)}"
        yield origin.refused(Reason.TRUNCATED_INPUT, detail, locator=origin.inside("end"))


def _rows_of(
    rows: Iterable[Row | str], columns: Sequence[str], origin: Origin
) -> Iterator[RawItem]:
    """Yield rows as records; a table without an article in it is one refused document."""
    try:
        renamed = _renamed(columns, origin.columns)
    except NoColumns as nothing:
        yield origin.refused(Reason.BAD_RECORD, str(nothing))
        return
    for number, row in enumerate(rows, start=1):
        locator = origin.inside(number)
        if locator in origin.skip:
            continue
        if isinstance(row, str):
            yield origin.refused(Reason.BAD_LINE, f"row {number}: {row}", locator=locator)
            continue
        held = {renamed.get(n, n): _plain(v) for n, v in row.items() if v is not None}
        content = json.dumps(held, ensure_ascii=False, default=str).encode("utf-8", "replace")
        if len(content) > origin.max_bytes:
            yield origin.refused(Reason.TOO_LARGE, f"{len(content)} bytes", locator=locator)
        else:
            yield record_item(content, locator, origin)


def _renamed(columns: Sequence[str], stated: Mapping[str, str]) -> dict[str, str]:
    """Return column -> our field, as the settings say (field -> column); else names stay.

    Raises NoColumns where a stated column is missing, or none holds text or HTML.
    """
    shown = ", ".join(str(column)[:40] for column in columns)[:300] or "none"
    missing = [column for column in stated.values() if column not in columns]
    if missing:
        raise NoColumns(f"no column is named {missing[0]}; there are: {shown}")
    fields = set(guess_columns(columns).values()) | set(stated)
    if not fields & {"html", "text"}:
        raise NoColumns(f"no column is known to hold text or HTML; there are: {shown}")
    return {column: field for field, column in stated.items()}


def _plain(value: object) -> object:
    """Return what JSON can hold of a cell."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("windows-1252", "replace")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _encoding(prefix: bytes) -> str:
    """Name the encoding of a CSV: by its mark, else UTF-8, else what spreadsheets write."""
    if prefix.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if prefix.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(prefix)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
