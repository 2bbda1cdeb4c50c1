"""What a site consists of today: its batches, and which documents have a page.

Of the documents only their ids and a signature for each batch are read; `read_documents` reads
those of the batches in which something changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.reporting.limits import Limits
from warehouse.connect import Connection
from warehouse.report_rows import rows, show_documents

Row = Mapping[str, Any]

_WAITING_PER_BATCH = 100
"""Refused and held documents of one batch whose raw page is shown: as many as a person looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The site's table of contents. `batches` the oldest first.

    `document_pages`: ids of the documents that have a page. `marks`: of each batch that has such
    documents one row, with their signature. `raw_rooms`: how many documents of a batch show the
    page as it arrived.
    """

    limits: Limits
    totals: Row
    batches: Sequence[Row]
    decisions: Sequence[Row]
    batch_pages: Mapping[str, Row]
    document_pages: frozenset[str]
    marks: Mapping[str, Row]
    raw_rooms: Mapping[str, int]

    @property
    def documents(self) -> int:
        """How many documents did not come unchanged: one more than the last one's ordinal."""
        newest = self.batches[-1] if self.batches else {"before": 0, "new_documents": 0}
        return int(newest["before"] + newest["new_documents"])


def read_documents(connection: Connection, batch_ids: Collection[str]) -> dict[str, list[Row]]:
    """Return the documents with a page of some batches, in the order of taking in."""
    found: dict[str, list[Row]] = {batch_id: [] for batch_id in batch_ids}
    for row in rows(connection, "documents", batch_ids=list(found)):
        found[row["batch_id"]].append(row)
    return found


def read_contents(connection: Connection, limits: Limits) -> Contents:
    """Read the table of contents from the reading copy."""
    batches = rows(
        connection,
        "batches",
        batches=limits.batches,
        documents=limits.documents,
        batch_step=limits.batch_step,
        document_step=limits.document_step,
    )
    newest_first = [row for row in reversed(batches) if row["room"]]
    show_documents(connection, newest_first)
    marks = {row["batch_id"]: row for row in rows(connection, "document_marks")}
    return Contents(
        limits=limits,
        totals=rows(connection, "totals")[0],
        batches=batches,
        decisions=rows(connection, "decisions"),
        batch_pages={row["batch_id"]: row for row in batches},
        document_pages=frozenset().union(*(row["documents"].split() for row in marks.values())),
        marks=marks,
        raw_rooms=dict(_raw_rooms(newest_first, marks, limits)),
    )


def _raw_rooms(
    batches: Sequence[Row], marks: Mapping[str, Row], limits: Limits
) -> Iterator[tuple[str, int]]:
    """Share out the pages that show the page as it arrived, to the newest batches first."""
    worth = {
        batch["batch_id"]: min(mark["waiting"], _WAITING_PER_BATCH)
        + min(mark["printed"], limits.raw_per_batch)
        for batch in batches
        if (mark := marks.get(batch["batch_id"]))
    }
    spare = max(sum(worth.values()) - limits.raw_pages, 0)
    room = limits.raw_pages + spare % limits.raw_step
    for batch_id, wanted in worth.items():
        yield batch_id, min(wanted, room)
        room -= min(wanted, room)


def choose_raw(documents: Sequence[Row], limits: Limits, *, room: int) -> set[str]:
    """Choose the documents of a batch whose raw page is worth it: what waits, what lost most."""
    shown = [row for row in documents if row["shows_raw"]]
    waiting = [row for row in shown if row["outcome"] != "published"][:_WAITING_PER_BATCH]
    printed = [row for row in shown if row["outcome"] == "published"]
    printed.sort(key=lambda row: -row["removed"])
    chosen = (waiting + printed[: limits.raw_per_batch])[:room]
    return {row["document_id"] for row in chosen}


def decisions_on(contents: Contents, row: Row) -> list[Row]:
    """Return the decisions on a document, its article, its batch, or its site there."""
    return [
        decision
        for decision in contents.decisions
        if decision["document_id"] == row["document_id"]
        or (decision["article_id"] is not None and decision["article_id"] == row["article_id"])
        or (decision["batch_id"] == row["batch_id"] and decision["site"] in (None, row["site"]))
    ]


def decisions_by_batch(contents: Contents) -> dict[str, list[Row]]:
    """Return the decisions on each batch or a site of it."""
    found: dict[str, list[Row]] = defaultdict(list)
    for decision in contents.decisions:
        if decision["batch_id"] is not None:
            found[decision["batch_id"]].append(decision)
    return found
