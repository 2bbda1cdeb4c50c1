"""Rows to be judged on trial: in memory, so that no warehouse is held while they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from warehouse.connect import Connection, connect
from warehouse.sql import query

ROWS_TABLE = "trial_article"


@contextmanager
def trial_rows(path: str, document_ids: Collection[str]) -> Iterator[Connection]:
    """Offer some articles of a cleaned shard as `ROWS_TABLE`, on a connection of their own."""
    with connect() as connection:
        parameters = {"path": path, "document_ids": list(document_ids)}
        connection.execute(query("trial_rows"), parameters)
        yield connection
