"""The ledger of files: how each lay there when it was read, and what it held.

Every function takes an open connection; whoever writes holds the writer's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warehouse.connect import Connection, transaction
from warehouse.rows import columns_of, names_of, rows_of
from warehouse.sql import query


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file at its last reading; the columns are told in the migration."""

    place: str
    state: str
    kind: str
    media_type: str | None
    payload_sha256: str
    payload_bytes: int


def record_files(connection: Connection, rows: Sequence[FileRow]) -> None:
    """Enter how files lay there, in place of what was known of them, in one transaction."""
    if not rows:
        return
    columns = columns_of(rows)
    with transaction(connection):
        connection.execute(
            "DELETE FROM ops.file WHERE place IN (SELECT unnest($place::VARCHAR[]))",
            {"place": columns["place"]},
        )
        connection.execute(query("record_files"), columns)


def files_as_they_lay(connection: Connection, states: Mapping[str, str]) -> list[FileRow]:
    """Return those of some files (place -> state) that lie there as when they were read."""
    found = rows_of(
        connection,
        f"SELECT {', '.join(names_of(FileRow))} FROM ops.file SEMI JOIN (SELECT "
        "unnest($places::VARCHAR[]) AS place, unnest($states::VARCHAR[]) AS state) "
        "USING (place, state)",
        {"places": list(states), "states": list(states.values())},
    )
    return [FileRow(**row) for row in found]
