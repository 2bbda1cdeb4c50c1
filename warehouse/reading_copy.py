"""The reading copy: what analysts open, rebuilt beside the old one and renamed over it.

A connection keeps the copy that it opened; a new one sees the new. The text of held or withdrawn
articles is not in it, because it is made from the views of the contract alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.connect import Connection, connect, translated
from warehouse.errors import QueryRefused, WarehouseCorrupt

_STOPPED = "Query interrupted"  # the RuntimeError that DuckDB makes of an interrupt of the user's
_TRIES = 5
_SHOW = '`copydesk sql "SHOW TABLES"` lists what there is'
TABLES = (
    "articles",
    "article_revisions",
    "documents",
    "removed_lines",
    "quarantine",
    "batches",
    "checks",
    "decisions",
    "sites",
    "stages",
    "batch_sources",
    "document_places",
)


def rebuild(connection: Connection, target: Path) -> None:
    """Write the contract's tables to `target` in one atomic swap; readers never wait.

    The file has mode 0444, and a stray write-ahead log beside it is removed: DuckDB would replay
    one that somebody left onto the new file.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    path = str(beside).replace("'", "''")
    with _nothing_half_made(beside):
        with translated(str(target)):
            connection.execute(f"ATTACH '{path}' AS reading_copy")
        try:
            for table in TABLES:
                connection.execute(
                    f"CREATE TABLE reading_copy.main.{table} AS SELECT * FROM main.{table}"
                )
            with translated(str(target)):
                connection.execute("CHECKPOINT reading_copy")
        finally:
            connection.execute("DETACH reading_copy")
    beside.chmod(0o444)
    _sync(beside)
    stray = target.with_name(target.name + ".wal")
    stray.unlink(missing_ok=True)
    beside.replace(target)
    stray.unlink(missing_ok=True)
    beside.with_name(beside.name + ".wal").unlink(missing_ok=True)
    for dead in target.parent.glob(f".{target.name}.*.new*"):
        dead.unlink(missing_ok=True)


@contextmanager
def _nothing_half_made(beside: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        beside.unlink(missing_ok=True)
        beside.with_name(beside.name + ".wal").unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_copy(target: Path) -> Connection:
    """Open the reading copy so that SQL reaches no file, no network and no setting."""
    try:
        connection = connect(target, read_only=True)
    except WarehouseCorrupt as error:
        raise WarehouseCorrupt(
            error.message, "`copydesk maintain` makes the reading copy anew"
        ) from error
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


@contextmanager
def answer(connection: Connection, sql: str) -> Iterator[Connection]:
    """Run one query and give its rows; raises QueryRefused with DuckDB's own words, in one line.

    Of several statements the last one answers. A query may fail at any of its rows: read them
    within the context. Raises KeyboardInterrupt when the user stops it, and stops its threads.
    """
    try:
        if not connection.extract_statements(sql):
            raise QueryRefused("the query holds no statement", _SHOW)
        yield connection.execute(sql)
    except (duckdb.Error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # Arrow passes on what a query met as an OSError, too, but without a number
        raise QueryRefused(_reason(connection, sql, error), _SHOW) from error
    except RuntimeError as error:
        if str(error) != _STOPPED:
            raise
        # Threads that go on with the query would now and then keep the process from ending.
        connection.interrupt()
        raise KeyboardInterrupt from error


def _reason(connection: Connection, sql: str, error: Exception) -> str:
    """Say what DuckDB has against a query, where need be by asking it again.

    Where one of its threads fails, the others are interrupted, and DuckDB 1.5 tells now and then
    of an interruption instead of the error (of 3,200 failing queries on a busy machine, 85).
    """
    for _ in range(_TRIES):
        said = " ".join(_words(error).split())
        if not said.startswith("INTERRUPT Error"):
            return said
        try:
            for _batch in connection.execute(sql).to_arrow_reader():
                pass
        except (duckdb.Error, OSError) as again:
            error = again
    return "one of its threads failed, and DuckDB does not say why"


def _words(error: Exception) -> str:
    return str(error).split("\n\nLINE")[0].rpartition("pending query result\nError: ")[2]
