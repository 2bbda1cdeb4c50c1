"""Rows as plain values by the names of their columns, and rows that are dataclasses as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from warehouse.connect import Connection

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = Mapping[str, object]


def rows_of(
    connection: Connection, sql: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Return the rows of a query, its parameters bound by name."""
    cursor = connection.execute(sql, dict(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def names_of(kind: type[DataclassInstance]) -> list[str]:
    """Return the names of the columns of a kind of row: one field, one column."""
    return [field.name for field in fields(kind)]


def columns_of(rows: Sequence[DataclassInstance]) -> dict[str, list[object]]:
    """Turn rows of one kind, at least one, into columns by name."""
    return {name: [getattr(row, name) for row in rows] for name in names_of(type(rows[0]))}
