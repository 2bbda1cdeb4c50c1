"""Commands that only read: they open the reading copy, and wait for nobody."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from flows.cli import DONE
from flows.commands import output
from flows.commands.warc import export_warc
from flows.settings import find_home
from flows.termination import Terminated
from tasks.desk import Desk
from tasks.errors import UsageError
from tasks.model import Outcome
from warehouse.answers import Answer, Rows, answer
from warehouse.connect import Connection
from warehouse.errors import QueryRefused
from warehouse.reading_copy import open_copy

_CHUNK = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_TABLE_ROWS = 1_000


def open_reading_copy(arguments: argparse.Namespace) -> Connection:
    """Open the reading copy of the home that the command names."""
    return open_copy(Desk(home=find_home(arguments.home)).published)


def sql(arguments: argparse.Namespace) -> int:
    """Run one query, or a prompt of them."""
    if arguments.query is None:
        if arguments.json or not sys.stdin.isatty():
            raise UsageError("sql without a QUERY is a prompt", "give the query as one argument")
        return _prompt(arguments)
    if arguments.json and arguments.format not in (None, "json"):
        raise UsageError(
            f"--json and --format {arguments.format} exclude each other", "leave one of them out"
        )
    with (
        closing(open_reading_copy(arguments)) as connection,
        answer(connection, arguments.query) as result,
    ):
        if arguments.json:
            output.print_json({"rows": list(objects(result))})
        else:
            _print(result, arguments.format or "table")
    return DONE


def _prompt(arguments: argparse.Namespace) -> int:
    import readline  # noqa: F401 - line editing for input()

    connection = open_reading_copy(arguments)
    output.say("SQL on the reading copy; an empty line or Ctrl-D ends")
    while True:
        try:
            query = input("copydesk> ").strip()
            if not query:
                return DONE
            with answer(connection, query) as result:
                _print(result, arguments.format or "table")
        except EOFError:
            return DONE
        except KeyboardInterrupt as stop:
            if isinstance(stop, Terminated):
                raise
            output.say("stopped")
        except QueryRefused as error:
            output.say(str(error))


def _print(result: Answer, form: str) -> None:
    if form == "parquet":
        _print_parquet(result)
    elif form == "csv":
        sys.stdout.write(_csv_line(_names(result)))
        for row in _rows(result):
            sys.stdout.write(_csv_line([_csv_cell(value) for value in row]))
    elif form == "json":
        _print_array(result)
    else:
        rows = result.fetchmany(_TABLE_ROWS + 1)
        output.print_table(_names(result), rows[:_TABLE_ROWS])
        if len(rows) > _TABLE_ROWS:
            output.say(f"only the first {_TABLE_ROWS} rows are shown; --format csv prints all")


def _print_parquet(result: Answer) -> None:
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise UsageError("parquet is binary", "send stdout to a file")
    reader = result.to_arrow_reader(_CHUNK)
    with pq.ParquetWriter(sys.stdout.buffer, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _print_array(result: Rows) -> None:
    separator = "["
    for row in objects(result):
        sys.stdout.write(separator + output.json_of(row))
        separator = ",\n"
    sys.stdout.write("]\n" if separator != "[" else "[]\n")


def _names(result: Rows) -> list[str]:
    return [column[0] for column in result.description or ()]


def _rows(result: Rows) -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(_CHUNK):
        yield from rows


def objects(result: Rows) -> Iterator[dict[str, Any]]:
    """Yield the rows of a result by their columns' names."""
    names = _names(result)
    for row in _rows(result):
        yield dict(zip(names, row, strict=True))


def _csv_cell(value: object) -> str | None:
    """Return a value exactly: lists as JSON, times as ISO 8601, bytes in hex; null is None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | dict):
        return output.json_of(value)
    if isinstance(value, Decimal):
        return str(value)
    return str(output.plain(value))


def _csv_line(cells: Sequence[str | None]) -> str:
    """Return a line of CSV (RFC 4180, ended by one newline). Null is empty, empty text is `""`.

    Own code because the standard writer leaves a lone carriage return unquoted, which its reader
    then refuses, and writes null and empty text alike. A lone null is quoted: readers pass over
    empty lines.
    """
    if list(cells) == [None]:
        return '""\n'
    return ",".join("" if cell is None else _quoted(cell) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    if cell and not any(c in cell for c in ',"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def batches(arguments: argparse.Namespace) -> int:
    """List the newest batches with their books."""
    connection = open_reading_copy(arguments)
    limit = f" LIMIT {int(arguments.limit)}" if arguments.limit > 0 else ""
    found = list(
        objects(connection.execute("SELECT * FROM batches ORDER BY started_at DESC" + limit))
    )
    if arguments.json:
        output.print_json({"batches": found})
        return DONE
    names: Sequence[str] = (
        "batch_id",
        "status",
        "started_at",
        "documents",
        *Outcome,
        "why",
    )
    output.print_table(names, [[row[name] for name in names] for row in found])
    return DONE


def export(arguments: argparse.Namespace) -> int:
    """Write the published articles to a file, beside its name first; as WARC, what was fetched."""
    if arguments.format == "warc":
        return export_warc(arguments)
    connection = open_reading_copy(arguments)
    target = Path(os.path.abspath(Path(arguments.path).expanduser()))  # noqa: PTH100 - keeps links
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "cannot be made: its folder does not exist"
        raise UsageError(f"{target} {what}", "name a file in a folder that exists")
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    result = connection.execute("SELECT * FROM articles ORDER BY article_id")
    try:
        count = _write(result, beside, arguments.format, exact=arguments.exact)
        beside.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(target)) from error
    finally:
        beside.unlink(missing_ok=True)
    if arguments.json:
        output.print_json({"path": str(target), "format": arguments.format, "articles": count})
    else:
        output.say(f"{count} articles written to {target}")
    return DONE


def _write(result: Connection, path: Path, form: str, *, exact: bool) -> int:
    if form == "parquet":
        import pyarrow.parquet as pq

        count = 0
        reader = result.to_arrow_reader(_CHUNK)
        with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
                count += batch.num_rows
        return count
    with path.open("w", encoding="utf-8", newline="") as file:
        if form == "jsonl":
            return _write_jsonl(result, file)
        return _write_csv(result, file, exact=exact)


def _write_jsonl(result: Connection, file: IO[str]) -> int:
    count = 0
    for row in objects(result):
        file.write(output.json_of(row) + "\n")
        count += 1
    return count


def _write_csv(result: Connection, file: IO[str], *, exact: bool) -> int:
    file.write(_csv_line(_names(result)))
    count = 0
    for row in _rows(result):
        cells = [
            _unformula(cell) if isinstance(value, str) and cell and not exact else cell
            for value, cell in zip(row, map(_csv_cell, row), strict=True)
        ]
        file.write(_csv_line(cells))
        count += 1
    return count


def _unformula(cell: str) -> str:
    """Escape a text that a spreadsheet would run as a formula, with an apostrophe (OWASP)."""
    return "'" + cell if cell.startswith(_FORMULA) else cell
