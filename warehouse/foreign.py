"""Queries that are sources: SQL of the user's over files and databases, read as a stream.

It runs in a DuckDB of its own, in memory: nothing of ours can be reached by accident, and what the
query attaches is the user's affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from warehouse.errors import QueryRefused

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 256


@contextmanager
def rows_of(sql: str) -> Iterator[pa.RecordBatchReader]:
    """Run a query and give its rows a few at a time; raises QueryRefused with DuckDB's words."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET preserve_insertion_order = true")
        connection.execute("SET enable_progress_bar = false")
        try:
            reader = connection.execute(sql).to_arrow_reader(ROWS_AT_ONCE)
        except duckdb.Error as error:
            said = " ".join(str(error).split("\n\nLINE")[0].split())
            raise QueryRefused(said[:300], "try it with `duckdb` first") from error
        yield reader
