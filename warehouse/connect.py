"""The only `connect()`: every DuckDB connection of ours is opened here, with one configuration.

DuckDB refuses one file under two configurations in one process, and allows one writing process
at a time, so that who writes must hold the writer's lock (`lock.py`) and close soon.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import (
    DiskFull,
    WarehouseBusy,
    WarehouseCorrupt,
    WarehouseError,
    WarehouseMissing,
)

Connection = duckdb.DuckDBPyConnection

_RESTORE = (
    "restore it from a backup, or move it away and run `copydesk replay --from-raw`: "
    "the payloads are safe in raw/"
)
_REMAKE = "`copydesk maintain` makes the reading copy anew"


def connect(target: Path | str = ":memory:", *, read_only: bool = False) -> Connection:
    """Open a DuckDB file (or memory) with times in UTC.

    Raises WarehouseBusy when another process writes it, WarehouseMissing when a file to be read
    is not there, WarehouseCorrupt when it is no database that this version reads.
    """
    if read_only and not Path(target).exists():
        raise WarehouseMissing(
            f"{target} does not exist", "run `copydesk run SOURCE` once, or name the right --home"
        )
    with translated(str(target), remedy=_REMAKE if read_only else _RESTORE):
        connection = duckdb.connect(str(target), read_only=read_only)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "SET enable_progress_bar = false"
        )  # on by itself where Python has no file
        return connection


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Let all of a block be done, or nothing of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def translated(what: str, *, remedy: str = _RESTORE) -> Iterator[None]:
    """Turn DuckDB's errors about the world into ours; errors in our own SQL pass as they are.

    `what` names the file, `remedy` says what to do when it is corrupt.
    """
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, _ABOUT_THE_WORLD) or _is_disk_full(str(error)):
            raise _translate(what, error, remedy) from error
        raise


_ABOUT_THE_WORLD = (
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.FatalException,
    duckdb.InternalException,
)


def explained(error: Exception, home: str) -> Exception:
    """Return what an error means that came out of reading: a damaged reading copy, else itself.

    DuckDB opens a damaged file readily, and meets the damage when it comes to that block.
    """
    try:
        with translated(f"the reading copy of {home}", remedy=_REMAKE):
            raise error
    except WarehouseError as said:
        return said
    except duckdb.Error:
        return error


def _is_disk_full(message: str) -> bool:
    lowered = message.lower()
    return "no space left" in lowered or "file too large" in lowered or "disk full" in lowered


def _translate(what: str, error: duckdb.Error, remedy: str) -> WarehouseError:
    message = str(error)
    line = " ".join(message.split())[:300]
    if "Could not set lock" in message or "Conflicting lock" in message:
        return WarehouseBusy(f"{what} is open in another process", "close it there and try again")
    if _is_disk_full(message):
        return DiskFull(
            f"no space left while writing {what}", "free some space and run the command again"
        )
    if "Permission denied" in message or "Read-only file system" in message:
        return WarehouseError(f"{what} cannot be opened: {line}", "check who owns the home folder")
    return WarehouseCorrupt(f"{what} cannot be read as a DuckDB database ({line})", remedy)
