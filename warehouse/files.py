"""The ledger of files: how each lay there when it was read, and what it held.

Every function takes an open connection; whoever writes holds the writer's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from warehouse.connect import Connection
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


_NAMES = [field.name for field in fields(FileRow)]


def record_files(connection: Connection, rows: Sequence[FileRow]) -> None:
    """Enter how files lay there, in place of what was known of them, in one transaction."""
    if not rows:
        return
    columns = {name: [asdict(row)[name] for row in rows] for name in _NAMES}
    connection.begin()
    try:
        connection.execute(
            "DELETE FROM ops.file WHERE place IN (SELECT unnest($place::VARCHAR[]))",
            {"place": columns["place"]},
        )
        connection.execute(query("record_files"), columns)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def files_as_they_lay(connection: Connection, states: Mapping[str, str]) -> list[FileRow]:
    """Return those of some files (place -> state) that lie there as when they were read."""
    found = connection.execute(
        f"SELECT {', '.join(_NAMES)} FROM ops.file SEMI JOIN (SELECT "
        "unnest($places::VARCHAR[]) AS place, unnest($states::VARCHAR[]) AS state) "
        "USING (place, state)",
        {"places": list(states), "states": list(states.values())},
    ).fetchall()
    return [FileRow(**dict(zip(_NAMES, row, strict=True))) for row in found]
