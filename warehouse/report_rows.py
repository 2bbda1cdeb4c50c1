"""What the report pages are made of: named queries over the reading copy, as plain rows.

Only the reading copy is asked, so that no page can hold a text that was withheld from readers,
and so that making pages never waits for a writer, nor makes one wait.
"""

from __future__ import annotations

from typing import Any

from warehouse.connect import Connection
from warehouse.sql import query

Row = dict[str, Any]


def rows(connection: Connection, name: str, **parameters: object) -> list[Row]:
    """Return the rows of `queries/report_<name>.sql`; its comment names grain and parameters."""
    cursor = connection.execute(query(f"report_{name}"), parameters)
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
