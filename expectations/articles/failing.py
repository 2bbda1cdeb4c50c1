"""Name rows that fail the row suite without an audit: by the plain SQL that confirms each count.

A trial asks what today's checks would say of rows that nobody publishes. It needs no library that
takes seconds to import for that, and no page: a real audit judges the rows that count.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from expectations import frame
from expectations.articles.suite import ROW_CHECKS
from expectations.check import ROWS_VIEW, Check

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def failing_articles(connection: DuckDBPyConnection, rows_table: str) -> dict[str, list[Check]]:
    """Return the checks that each failing row of a table fails, in the order of the suite.

    The table has one row per article and at least `ROW_COLUMNS`. A temporary view is left behind.
    """
    frame.show_rows(connection, rows_table)
    failures = frame.failing_rows(connection, ROWS_VIEW, ROW_CHECKS, key="document_id")
    failed: dict[str, list[Check]] = defaultdict(list)
    for check in ROW_CHECKS:
        for document_id in failures[check.name].keys:
            failed[document_id].append(check)
    return dict(failed)
