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


def connect(target: Path | str = ":memory:", *, read_only: bool = False) -> Connection:
    """Open a DuckDB file (or memory) with times in UTC.

    Raises WarehouseBusy when another process writes it, WarehouseMissing when a file to be read
    is not there, WarehouseCorrupt when it is no database that this version reads.
    """
    if read_only and not Path(target).exists():
        raise WarehouseMissing(
            f"{target} does not exist", "run `copydesk run SOURCE` once, or name the right --home"
        )
    with translated(str(target)):
        connection = duckdb.connect(str(target), read_only=read_only)
        connection.execute("SET TimeZone = 'UTC'")
        return connection


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn DuckDB's errors about the world into ours; errors in our own SQL pass as they are."""
    try:
        yield
    except (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException) as error:
        raise _translate(what, error) from error
    except duckdb.Error as error:
        if _is_disk_full(str(error)):
            raise _translate(what, error) from error
        raise


def _is_disk_full(message: str) -> bool:
    lowered = message.lower()
    return "no space left" in lowered or "file too large" in lowered or "disk full" in lowered


def _translate(what: str, error: duckdb.Error) -> WarehouseError:
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
    return WarehouseCorrupt(
        f"{what} cannot be read as a DuckDB database ({line})",
        "restore it from a backup, or move it away and run `copydesk replay --from-raw`: "
        "the payloads are safe in raw/",
    )
