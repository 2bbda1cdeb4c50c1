"""The rows of the tables that almost every build makes anew: batches of the desk and of a site.

They are made at once, because a template that calls for each cell costs several times the row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from tasks.reporting import names
from tasks.reporting.shown import count_cells, moment, share_cells

Row = Mapping[str, Any]


def batch_rows(batches: Iterable[Row], up: str) -> Markup:
    """Return a row of the list of batches for each; `up` leads to the root of the site."""
    return Markup("\n").join(
        Markup(  # noqa: S704 - ids and statuses are words of ours, the rest is digits
            f'<tr><th scope="row">{_link(row["batch_id"], up)}</th>'
            f'<td><span class="chip c-{row["status"]}">{row["status"].replace("_", " ")}</span>'
            f'</td><td class="minor">{moment(row["started_at"])}</td>'
            f"{count_cells(row['documents'])}{_books(row)}</tr>"
        )
        for row in batches
    )


def site_batch_rows(batches: Iterable[Row], up: str, pages: Collection[str]) -> Markup:
    """Return a row for each batch of a site; `pages`: batches that have one."""
    return Markup("\n").join(
        Markup(  # noqa: S704 - ids are words of ours, the rest is digits
            f'<tr><th scope="row">{_link(batch_id, up) if batch_id in pages else batch_id}</th>'
            f"{count_cells(row['documents'], row['published'], row['quarantined'])}"
            f"{share_cells(row['share_title'], row['share_date'], row['share_author'], minor=True)}"
            f"{count_cells(row['median_chars'], minor=True)}</tr>"
        )
        for row in batches
        for batch_id in (escape(row["batch_id"]),)
    )


def _link(batch_id: str, up: str) -> str:
    return f'<a href="{up}{names.batch_page(batch_id)}">{escape(batch_id)}</a>'


def _books(row: Row) -> Markup:
    return count_cells(
        row["published"],
        row["unchanged"],
        row["duplicate"],
        row["quarantined"],
        row["failed"],
        row["held"],
        row["checks_failed"],
        minor=True,
    )
