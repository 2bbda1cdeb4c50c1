"""A batch in staging: loaded from its shards, and prepared for the checks that may refuse it.

Every function takes an open connection, and whoever writes holds the writer's lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import duckdb

from warehouse.connect import Connection, transaction
from warehouse.rows import Row, rows_of
from warehouse.sql import query

ROWS_TABLE = "staged_article"
PROFILE_TABLE = "staged_profile"
SITES_TABLE = "staged_site"

_AUDIT_MB, _AUDIT_MOST_MB = 128, 1_000
_COPIES = 3
"""What judging takes, beside the blocks it read: sums and sorts (more of them go to disk), and of
each thread's vector of texts the texts and what is made of them at once. Measured over texts of 3,
11 and 112 kB: between 96 MB with 1.5 and 128 MB with 2.5 of them an audit runs out of memory."""


def load(
    connection: Connection,
    *,
    batch_id: str,
    batch_sequence: int,
    paths: Sequence[str],
    verdicts: str,
    rules_version: str,
) -> int:
    """Stage a batch from its shards in one transaction, first emptying what it staged before.

    Returns the number of documents staged; loading twice equals loading once.
    """
    shards = {"paths": list(paths), "verdicts": verdicts}
    with transaction(connection):
        clear_staging(connection, batch_id)
        connection.execute(
            query("load_documents"),
            shards
            | {
                "batch_id": batch_id,
                "batch_sequence": batch_sequence,
                "rules_version": rules_version,
            },
        )
        connection.execute(query("load_articles"), shards | {"batch_id": batch_id})
        connection.execute(query("load_removed_lines"), shards | {"batch_id": batch_id})
        return _count(
            connection, "SELECT count(*) FROM staging.document WHERE batch_id = $b", batch_id
        )


def clear_staging(connection: Connection, batch_id: str) -> None:
    """Empty what a batch has in staging."""
    for table in ("document", "article", "removed_line"):
        connection.execute(
            f"DELETE FROM staging.{table} WHERE batch_id = $batch_id", {"batch_id": batch_id}
        )


def _count(connection: Connection, sql: str, batch_id: str) -> int:
    row = connection.execute(sql, {"b": batch_id}).fetchone()
    return int(row[0]) if row else 0


def staged_rows(connection: Connection, batch_id: str) -> int:
    """Prepare the temporary view that the row suite judges; return how many rows it has."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE staged_key AS " + query("audit_rows"), {"batch_id": batch_id}
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {ROWS_TABLE} AS"
        " SELECT * FROM staging.article SEMI JOIN staged_key USING (batch_id, document_id)"
    )
    row = connection.execute(f"SELECT count(*) FROM {ROWS_TABLE}").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def little_memory(connection: Connection, batch_id: str) -> Iterator[None]:
    """Let a connection keep no more of a staged batch in memory than its audit needs.

    By itself DuckDB keeps each block that it once read, up to most of the machine's memory. So it
    stays where the audit needs much: where texts are long, or where it could not give back enough.
    """
    row = connection.execute(
        "SELECT current_setting('memory_limit'),"
        " current_setting('threads') * coalesce(max(chars), 0) / 1e6 FROM ("
        "SELECT sum(text_chars) AS chars FROM staging.article WHERE batch_id = $batch_id"
        " GROUP BY rowid // 2048)",  # a vector of DuckDB's
        {"batch_id": batch_id},
    ).fetchone()
    before, texts = row or ("", 0.0)
    needed = _AUDIT_MB + round(_COPIES * texts)
    if needed <= _AUDIT_MOST_MB:
        with suppress(duckdb.OutOfMemoryException):
            connection.execute(f"SET memory_limit = '{needed}MB'")
    try:
        yield
    finally:
        # RESET changes what DuckDB 1.5 says of its limit, not the limit; what it says is rounded
        connection.execute(f"SET memory_limit = '{before}'")


def refuse_checked(
    connection: Connection, batch_id: str, refused: Mapping[str, tuple[str, str]]
) -> None:
    """Quarantine staged documents (document id -> reason, detail) whose rows failed a check."""
    if not refused:
        return
    connection.execute(
        query("refuse_checked"),
        {
            "batch_id": batch_id,
            "document_ids": list(refused),
            "reasons": [reason for reason, _ in refused.values()],
            "details": [detail for _, detail in refused.values()],
        },
    )


def profile(connection: Connection, batch_id: str, *, documents_taken: int) -> Row:
    """Prepare the temporary table that the batch suite judges (one row), and return the row."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {PROFILE_TABLE} AS " + query("batch_profile"),
        {"batch_id": batch_id, "documents_taken": documents_taken},
    )
    return rows_of(connection, f"SELECT * FROM {PROFILE_TABLE}", {})[0]


def profile_sites(
    connection: Connection, batch_id: str, *, refused: Mapping[str, str]
) -> list[dict[str, object]]:
    """Prepare what each site of the staged batch looks like; return its rows.

    `refused` are staged documents (id -> reason) that the row checks refuse. The temporary table
    becomes history when the batch is published on this connection.
    """
    connection.execute(
        query("site_profile"),
        {
            "batch_id": batch_id,
            "document_ids": list(refused),
            "reasons": list(refused.values()),
        },
    )
    return rows_of(connection, f"SELECT * EXCLUDE (repeats) FROM {SITES_TABLE} ORDER BY site", {})


def site_history(
    connection: Connection, *, batch_sequence: int, batches: int
) -> dict[str, list[Row]]:
    """Return the usual past of each site prepared by `profile_sites`, the newest batch first."""
    history: dict[str, list[Row]] = {}
    for row in rows_of(
        connection,
        query("site_history"),
        {"batch_sequence": batch_sequence, "batches": batches},
    ):
        history.setdefault(str(row["site"]), []).append(row)
    return history


def staged_by_site(connection: Connection, batch_id: str) -> dict[str | None, int]:
    """Return how many articles of each site ask to be published."""
    return dict(
        connection.execute(
            "SELECT site, count(*) FROM staging.document "
            "WHERE batch_id = $batch_id AND outcome = 'staged' GROUP BY site",
            {"batch_id": batch_id},
        ).fetchall()
    )
