"""What the report pages are made of: named queries over the reading copy, as plain rows.

Only the reading copy is asked, so that no page can hold a text that was withheld from readers,
and so that making pages never waits for a writer, nor makes one wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.connect import Connection
from warehouse.rows import rows_of
from warehouse.sql import query

Row = dict[str, Any]


def rows(connection: Connection, name: str, **parameters: object) -> list[Row]:
    """Return the rows of `queries/report_<name>.sql`; its comment names grain and parameters."""
    return rows_of(connection, query(f"report_{name}"), parameters)


def show_documents(connection: Connection, batches: Sequence[Mapping[str, Any]]) -> None:
    """Make the table of the documents with a page, which other queries of the build read.

    `batches` are rows of `report_batches.sql`, the newest first.
    """
    connection.execute(
        query("report_shown"),
        {
            "batch_ids": [row["batch_id"] for row in batches],
            "befores": [row["before"] for row in batches],
            "rooms": [row["room"] for row in batches],
        },
    )
