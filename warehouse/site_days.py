"""The days on which sources were read, and on which their sites gave something: what may be missed.

A site that gives nothing has no row in the batch that it is missing from, so this looks back.
"""

from __future__ import annotations

from datetime import date

from warehouse.connect import Connection
from warehouse.sql import query

Read = tuple[date, int, float]
Given = tuple[str, list[date], date]


def site_days(connection: Connection, *, days: int) -> tuple[list[Read], list[Given]]:
    """Look back from the batch that `staging.profile_sites` prepared on this connection.

    Returns the newest `days` days on which its sources were read before (day, batches, second of
    the day of the last one), the oldest first, and for each site that they gave anything on these
    (site, the days on which they did, the last day on which any source did, this batch included).
    """
    read = connection.execute(query("reading_days"), {"days": days}).fetchall()
    if not read:
        return [], []
    return read, connection.execute(query("site_days"), {"since": read[0][0]}).fetchall()
