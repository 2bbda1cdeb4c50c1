"""A person's own query on the reading copy: answered, refused in one line, or stopped.

DuckDB looks for Ctrl-C itself while it works in the main thread, and now and then never comes back
from it (1.5.5; three of eleven endless queries). So it works in a thread here, and the main thread
waits, and interrupts it when the user asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import duckdb

from warehouse.connect import Connection
from warehouse.errors import QueryRefused

if TYPE_CHECKING:
    import pyarrow as pa

_AGAIN_SECONDS = 0.1
"""An interrupt that comes just before the query begins is lost, so it is sent until it is heard."""
_TRIES = 3
_ROWS = 10_000  # of a batch that nobody reads
_SHOW = '`copydesk sql "SHOW TABLES"` lists what there is'
_T = TypeVar("_T")


class Rows(Protocol):
    """What has rows to be fetched: a connection of DuckDB's, or an `Answer`."""

    @property
    def description(self) -> list[Any] | None:
        """One tuple a column, its name first."""

    def fetchmany(self, size: int = ..., /) -> list[Any]:
        """Return the next rows; none at the end."""


class Answer:
    """The rows of one query. Each step may be stopped by the user (KeyboardInterrupt)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def description(self) -> list[Any] | None:
        """One tuple a column, its name first."""
        return self._connection.description

    def fetchmany(self, size: int = 1, /) -> list[Any]:
        """Return the next rows; none at the end."""
        return _stoppable(self._connection, lambda: self._connection.fetchmany(size))

    def to_arrow_reader(self, rows: int) -> pa.RecordBatchReader:
        """Return a reader of record batches of so many rows."""
        import pyarrow as pa

        reader = _stoppable(self._connection, lambda: self._connection.to_arrow_reader(rows))

        def batches() -> Iterator[pa.RecordBatch]:
            while (batch := _stoppable(self._connection, lambda: next(reader, None))) is not None:
                yield batch

        return pa.RecordBatchReader.from_batches(reader.schema, batches())


@contextmanager
def answer(connection: Connection, sql: str) -> Iterator[Answer]:
    """Run one query and give its rows; raises QueryRefused with DuckDB's own words, in one line.

    Of several statements the last one answers. A query may fail at any of its rows: read them
    within the context. Raises KeyboardInterrupt when the user stops it; nothing of it goes on then.
    """
    running = None
    try:
        for statement in connection.extract_statements(sql):
            running = statement
            _execute(connection, statement)
        if running is None:
            raise QueryRefused("the query holds no statement", _SHOW)
        yield Answer(connection)
    except (duckdb.Error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # Arrow passes on what a query met as an OSError, too, but without a number
        raise QueryRefused(_reason(connection, running, error), _SHOW) from error


def _execute(connection: Connection, statement: duckdb.Statement) -> None:
    _stoppable(connection, lambda: connection.execute(statement))


def _stoppable(connection: Connection, work: Callable[[], _T]) -> _T:
    """Return what `work` returns on a connection; interrupts it when the user presses Ctrl-C."""
    future: Future[_T] = Future()
    stopped = threading.Event()
    done = threading.Event()

    def run() -> None:
        try:
            if not stopped.is_set():
                future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            future.set_exception(error)
        finally:
            done.set()

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
        done.wait()
    except KeyboardInterrupt:
        stopped.set()  # before it began, it does not begin any more
        while thread.is_alive() and not done.is_set():
            connection.interrupt()
            done.wait(_AGAIN_SECONDS)
        raise
    return future.result()


def _reason(connection: Connection, statement: duckdb.Statement | None, error: Exception) -> str:
    """Say what DuckDB has against a query, where need be by asking it again.

    Where one of its threads fails, the others are interrupted, and DuckDB 1.5 tells now and then
    of an interruption instead of the error (of 3,200 failing queries on a busy machine, 85).
    """
    for _ in range(_TRIES):
        said = " ".join(_words(error).split())
        if statement is None or not said.startswith("INTERRUPT Error"):
            return said
        try:
            _execute(connection, statement)
            for _batch in Answer(connection).to_arrow_reader(_ROWS):
                pass
        except (duckdb.Error, OSError) as again:
            error = again
    return "one of its threads failed, and DuckDB does not say why"


def _words(error: Exception) -> str:
    return str(error).split("\n\nLINE")[0].rpartition("pending query result\nError: ")[2]
