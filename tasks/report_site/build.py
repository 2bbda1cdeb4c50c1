"""Make the report site: ask the reading copy, see which pages are out of date, make those.

The order is that of dependence: which documents have a page decides which links there are. What a
page is made from is known before it is made: of documents and batches the warehouse computes a
signature, so that a build after one more batch reads no text of the older ones.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path

from tasks.desk import Desk
from tasks.model import short_hash
from tasks.report_site.batches import make_batches
from tasks.report_site.contents import Contents, read_contents, read_documents
from tasks.report_site.documents import Spread, changed_batches, make_documents
from tasks.report_site.finder import changed_parts, make_finder
from tasks.report_site.overviews import make_overviews
from tasks.report_site.shelf import Shelf
from tasks.reporting import names
from tasks.reporting.limits import Limits
from tasks.reporting.page import asset, compile_templates, edition
from warehouse import lock
from warehouse.connect import Connection
from warehouse.errors import WarehouseMissing
from warehouse.reading_copy import is_complete, open_copy
from warehouse.sql import statements

_WAIT_SECONDS = 120.0
"""How long a build waits for another one: many times what a full one takes for each batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: the page to open, how many pages there are and how many it wrote."""

    page: Path
    pages: int
    written: int
    seconds: float


def build(
    desk: Desk,
    *,
    batch_id: str | None = None,
    limits: Limits | None = None,
    spread: Spread = map,
) -> Built:
    """Bring the site up to date with the reading copy; many pages of documents by way of `spread`.

    `page` is the one of `batch_id`, else the front page. Two builds at once wait for each other.
    Raises WarehouseMissing when there is no reading copy, OSError when a page cannot be written.
    """
    began = time.monotonic()
    limits = limits or Limits()
    if not desk.published.exists():
        open_copy(desk.published)  # raises the error that names the remedy
    desk.reports.mkdir(parents=True, exist_ok=True)
    with lock.hold(desk.home / "reports.lock", purpose="reports", wait_seconds=_WAIT_SECONDS):
        connection = _open_whole(desk)
        try:
            contents = read_contents(connection, limits)
            shelf = Shelf(desk.reports, edition=_edition())
            _make(connection, desk, shelf, contents, spread)
            shelf.close()
        finally:
            connection.close()
    known = batch_id is not None and batch_id in contents.batch_pages
    target = names.batch_page(batch_id) if batch_id and known else names.FRONT
    return Built(
        page=desk.reports / target,
        pages=shelf.pages,
        written=len(shelf.written),
        seconds=time.monotonic() - began,
    )


def _open_whole(desk: Desk) -> Connection:
    """Open the reading copy; one that an earlier version made is made anew first."""
    connection = open_copy(desk.published, threads=1)
    if is_complete(connection):
        return connection
    connection.close()
    if not desk.warehouse.exists():
        raise WarehouseMissing(
            f"{desk.published} is of an earlier version, and there is no {desk.warehouse} to make "
            "it anew from",
            "restore the warehouse from a backup, or run `copydesk replay --from-raw`",
        )
    desk.announce_change()
    with desk.writing("report"):
        pass  # the next writer makes the copy anew
    return open_copy(desk.published, threads=1)


@cache
def _edition() -> str:
    """Name the version of all that makes pages: a new one makes every page anew."""
    here = sorted(Path(__file__).parent.glob("*.py"))
    code = [file.read_text("utf-8") for file in here]
    queries = [text for name, text in statements("queries") if name.startswith("report_")]
    return short_hash(edition(), *code, *queries)


def warm_up() -> None:
    """Compile the templates, so that a run can have it done while it waits for its workers."""
    compile_templates()


def _make(
    connection: Connection, desk: Desk, shelf: Shelf, contents: Contents, spread: Spread
) -> None:
    for path, name in names.ASSETS:
        shelf.make(path, "asset", partial(asset, name))
    changed, parts = changed_batches(shelf, contents), changed_parts(shelf, contents)
    read = read_documents(connection, {*changed, *chain.from_iterable(parts.values())})
    make_documents(
        connection, desk.home, shelf, contents, {batch: read[batch] for batch in changed}, spread
    )
    make_batches(connection, desk.data_docs, shelf, contents)
    make_overviews(connection, shelf, contents)
    make_finder(connection, shelf, contents, parts, read)
