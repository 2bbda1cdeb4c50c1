"""What the audit asks of the database itself, beside Great Expectations: the second opinion.

It sees the caller's tables through two temporary views, so that the suites need not know what
they are called or in which catalog they stand, and it counts, names and quotes failing rows by
the plain SQL of each check. All of it runs on the caller's connection, inside whatever
transaction is open there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from expectations.check import PROFILE_VIEW, ROWS_VIEW, Check, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXAMPLES = 5
"""Failing rows that are quoted for each check."""
EXCERPT_CHARS = 100
"""A quote is short: the pages of an audit must not become a copy of what was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What fails one check: how many rows, and their keys (sorted, each once)."""

    rows: int
    keys: tuple[str, ...]


NO_FAILURES = Failures(rows=0, keys=())


def missing_columns(
    connection: DuckDBPyConnection, table: str, columns: Iterable[str]
) -> list[str]:
    """Name the columns that a table should have and has not."""
    described = connection.execute(f"SELECT * FROM {table} LIMIT 0").description or []
    names = {column[0] for column in described}
    return [column for column in columns if column not in names]


def show_rows(connection: DuckDBPyConnection, table: str) -> None:
    """Let the row suite see `table` as `ROWS_VIEW`."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {ROWS_VIEW} AS SELECT * FROM {table}")


def show_profile(connection: DuckDBPyConnection, table: str, *, rows_refused: int) -> None:
    """Let the batch suite see `table` as `PROFILE_VIEW`, with what the row suite just refused."""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {PROFILE_VIEW} AS SELECT * REPLACE ("
        f" CAST(refused_share + {int(rows_refused)} / greatest(documents, 1) AS DOUBLE)"
        " AS refused_share),"
        " CAST(failed / greatest(documents, 1) AS DOUBLE) AS failed_share"
        f" FROM {table}"
    )


def count_rows(connection: DuckDBPyConnection, view: str) -> int:
    """Count the rows of a view."""
    return _one(connection, f"SELECT count(*) FROM {view}")


def count_nulls(
    connection: DuckDBPyConnection, view: str, columns: Sequence[str]
) -> dict[str, int]:
    """Count the nulls of each column."""
    counts = ", ".join(f"count(*) FILTER (WHERE {column} IS NULL)" for column in columns)
    row = connection.execute(f"SELECT {counts} FROM {view}").fetchone() or ()
    return dict(zip(columns, row, strict=True))


def failing_rows(
    connection: DuckDBPyConnection, view: str, checks: Sequence[Check], *, key: str
) -> dict[str, Failures]:
    """Find every row of a view that fails, by name of the check, in one scan.

    `key` is the column that names a row. A row without it is counted and not named.
    """
    rows: dict[str, int] = {check.name: 0 for check in checks}
    named: dict[str, set[str]] = {check.name: set() for check in checks}
    for value, numbers in _failed(connection, view, checks, key=key):
        for number in numbers:
            name = checks[number].name
            rows[name] += 1
            if value is not None:
                named[name].add(value)
    return {name: Failures(rows=rows[name], keys=tuple(sorted(named[name]))) for name in rows}


def excerpts(
    connection: DuckDBPyConnection, check: Check, document_ids: Sequence[str]
) -> list[tuple[str, str]]:
    """Quote what fails a check, shortly, for the first few of its documents."""
    chosen = ", ".join(literal(document_id) for document_id in document_ids[:EXAMPLES])
    if not chosen:
        return []
    return connection.execute(
        f"SELECT document_id, left(coalesce({check.shown}, ''), {EXCERPT_CHARS})"
        f" FROM {ROWS_VIEW} WHERE document_id IN ({chosen})"
        f" ORDER BY document_id LIMIT {EXAMPLES}"
    ).fetchall()


def profile_of(connection: DuckDBPyConnection) -> Mapping[str, object]:
    """Read the profile as the batch suite sees it; empty where there is none."""
    found = connection.execute(f"SELECT * FROM {PROFILE_VIEW} LIMIT 1")
    names = [column[0] for column in found.description or []]
    row = found.fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def _failed(
    connection: DuckDBPyConnection, view: str, checks: Sequence[Check], *, key: str
) -> list[tuple[str | None, list[int]]]:
    if not checks:
        return []
    marks = ", ".join(
        f"CASE WHEN {check.failing} THEN {number} END" for number, check in enumerate(checks)
    )
    return connection.execute(
        f"WITH judged AS MATERIALIZED (SELECT {key} AS key,"
        f" list_filter([{marks}], lambda number: number IS NOT NULL) AS failed FROM {view})"
        " SELECT key, failed FROM judged WHERE len(failed) > 0"
    ).fetchall()


def _one(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
