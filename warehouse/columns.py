"""Rows that are dataclasses, and the columns of their tables: one field, one column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def names_of(kind: type[DataclassInstance]) -> list[str]:
    """Return the names of the columns of a kind of row."""
    return [field.name for field in fields(kind)]


def columns_of(rows: Sequence[DataclassInstance]) -> dict[str, list[object]]:
    """Turn rows of one kind, at least one, into columns by name."""
    return {name: [getattr(row, name) for row in rows] for name in names_of(type(rows[0]))}
