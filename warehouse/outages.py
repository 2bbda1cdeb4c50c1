"""Which sources fail: could be read once, and then not for hours. Derived from the ledger alone.

A reading that fails is in the books of its batch and no more: feeds have bad minutes. Six hours of
them are an outage. What counts as one is said in `views/24_source_reading.sql` and
`views/25_last_outage.sql`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from warehouse.connect import Connection
from warehouse.rows import rows_of
from warehouse.sql import query


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """An outage of a source as a batch met it.

    `source` is its name, else its locator. `is_new`: this batch made it one; `is_over`: this batch
    could read the source again. `tries` and `error` are of the readings that failed.
    """

    source: str
    locator: str
    began_at: datetime
    tries: int
    error: str
    is_new: bool
    is_over: bool


def outages_of(connection: Connection, batch_id: str) -> list[Outage]:
    """Return the outages that the sources of a batch are in, or came out of with it."""
    found = rows_of(connection, query("outages_of_batch"), {"batch_id": batch_id})
    return [Outage(**row) for row in found]


def unread_sources(connection: Connection, batch_id: str) -> dict[str, str]:
    """Return the sources of a run that gave nothing but a failure: locator -> why."""
    return dict(
        connection.execute(
            "SELECT locator, why FROM ops.source_reading "
            "WHERE batch_id = $batch_id AND why IS NOT NULL",
            {"batch_id": batch_id},
        ).fetchall()
    )
