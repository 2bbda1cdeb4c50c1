"""Rows as plain values: what a query gives, by the names of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse.connect import Connection

Row = Mapping[str, object]


def rows_of(
    connection: Connection, sql: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Return the rows of a query, its parameters bound by name."""
    cursor = connection.execute(sql, dict(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
