"""The reading copy: what analysts open, rebuilt beside the old one and renamed over it.

A connection keeps the copy that it opened; a new one sees the new. The text of held or withdrawn
articles is not in it, because it is made from the views of the contract alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from warehouse.connect import Connection, connect, translated
from warehouse.errors import WarehouseCorrupt
from warehouse.migrate import checksum_of_views

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
    "failing_sources",
    "document_places",
    "batch_sites",
    "site_rules",
    "rules",
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
            connection.execute(f"COMMENT ON TABLE reading_copy.main.{TABLES[0]} IS '{_shape()}'")
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


def is_complete(connection: Connection) -> bool:
    """Say whether an open copy has the tables of today; an earlier version may have made it."""
    found = connection.execute(
        "SELECT comment FROM duckdb_tables() WHERE table_name = ? AND NOT temporary", [TABLES[0]]
    ).fetchone()
    return found == (_shape(),)


@cache
def _shape() -> str:
    """Name what the tables are made by; the copy has it as the comment of its first table."""
    return f"made by views {checksum_of_views()[:16]}"


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


def open_copy(target: Path, *, threads: int | None = None) -> Connection:
    """Open the reading copy so that SQL reaches no file, no network and no setting.

    `threads`: how many a query may take, else as many as there are cores. One is the thriftiest
    for many small queries.
    """
    try:
        connection = connect(target, read_only=True)
    except WarehouseCorrupt as error:
        raise WarehouseCorrupt(
            error.message, "`copydesk maintain` makes the reading copy anew"
        ) from error
    if threads is not None:
        connection.execute(f"SET threads = {threads:d}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
