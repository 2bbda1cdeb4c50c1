"""What there is most of on the pages: batches of the desk and of a site, lines of documents.

They are made at once, because a template that calls for each cell costs several times the row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from tasks.model import Outcome
from tasks.reporting import names
from tasks.reporting.marking import REMOVED, Marked
from tasks.reporting.shown import cells, count, moment, share

Row = Mapping[str, Any]

_BOOKS = (*Outcome, "checks_failed")
_TAKEN = ("documents", "published", "quarantined")
_SHARES = ("share_title", "share_date", "share_author")


def batch_rows(batches: Iterable[Row], up: str) -> Markup:
    """Return a row of the list of batches for each; `up` leads to the root of the site."""
    rows = [
        f'<tr><th scope="row">{_link(row["batch_id"], up)}</th>'
        f'<td><span class="chip c-{row["status"]}">{row["status"].replace("_", " ")}</span></td>'
        f'<td class="minor">{moment(row["started_at"])}</td>'
        f"{cells([count(row['documents'])])}"
        f"{cells([count(row[column]) for column in _BOOKS], minor=True)}</tr>"
        for row in batches
    ]
    return Markup("\n".join(rows))  # noqa: S704 - ids and statuses are words of ours


def site_batch_rows(batches: Iterable[Row], up: str, pages: Collection[str]) -> Markup:
    """Return a row for each batch of a site; `pages`: batches that have one."""
    rows = [
        f'<tr><th scope="row">{_link(batch_id, up) if batch_id in pages else escape(batch_id)}</th>'
        f"{cells([count(row[column]) for column in _TAKEN])}"
        f"{cells([escape(share(row[column])) for column in _SHARES], minor=True)}"
        f"{cells([count(row['median_chars'])], minor=True)}</tr>"
        for row in batches
        for batch_id in (row["batch_id"],)
    ]
    return Markup("\n".join(rows))  # noqa: S704 - ids are words of ours


def marked_lines(lines: Iterable[Marked], up: str) -> Markup:
    """Return an item of a list for each line of a document, the removed ones with their rule."""
    items = [
        f'<li class="removed" dir="auto"><del>{line.html}</del> '
        f'<a class="rule" href="{up}{names.rule_page(line.rule)}">{escape(line.rule)}</a></li>'
        if line.what == REMOVED and line.rule is not None
        else f'<li class="{line.what}" dir="auto">{line.html}</li>'
        for line in lines
    ]
    return Markup("\n".join(items))  # noqa: S704 - the lines are escaped already


def _link(batch_id: str, up: str) -> str:
    return f'<a href="{up}{names.batch_page(batch_id)}">{escape(batch_id)}</a>'
