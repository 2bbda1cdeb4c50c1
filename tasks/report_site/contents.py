"""What a site consists of today: its batches, its documents, and which of them show a raw page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from tasks.reporting.limits import Limits
from tasks.reporting.pages.documents import may_show_raw
from warehouse.connect import Connection
from warehouse.report_rows import rows

Row = Mapping[str, Any]

_WAITING_PER_BATCH = 100
"""Refused and held documents of one batch whose raw page is shown: as many as a person looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The site's table of contents. `batches` the oldest first, `documents` the newest first.

    `raw` names the documents whose page shows the page as it arrived.
    """

    limits: Limits
    totals: Row
    batches: Sequence[Row]
    documents: Sequence[Row]
    decisions: Sequence[Row]
    batch_pages: Mapping[str, Row]
    document_pages: Mapping[str, Row]
    raw: frozenset[str]


def read_contents(connection: Connection, limits: Limits) -> Contents:
    """Read the table of contents from the reading copy."""
    batches = rows(connection, "batches", batches=limits.batches)
    documents = rows(connection, "documents", batches=limits.batches, documents=limits.documents)
    return Contents(
        limits=limits,
        totals=rows(connection, "totals")[0],
        batches=batches,
        documents=documents,
        decisions=rows(connection, "decisions"),
        batch_pages={row["batch_id"]: row for row in batches},
        document_pages={row["document_id"]: row for row in documents},
        raw=frozenset(_raw(documents, limits)),
    )


def _raw(documents: Sequence[Row], limits: Limits) -> Iterator[str]:
    """Choose the documents whose raw page is worth its cost: what waits, what lost most."""
    room = limits.raw_pages
    for _, group in groupby(documents, key=itemgetter("batch_id")):
        shown = [row for row in group if row["payload_bytes"] and may_show_raw(row)]
        waiting = [row for row in shown if row["outcome"] != "published"][:_WAITING_PER_BATCH]
        printed = [row for row in shown if row["outcome"] == "published"]
        printed.sort(key=itemgetter("removed"), reverse=True)
        for row in (waiting + printed[: limits.raw_per_batch])[:room]:
            room -= 1
            yield row["document_id"]


def decisions_on(contents: Contents, row: Row) -> list[Row]:
    """Return the decisions on a document, its article, its batch, or its site there."""
    return [
        decision
        for decision in contents.decisions
        if decision["document_id"] == row["document_id"]
        or (decision["article_id"] is not None and decision["article_id"] == row["article_id"])
        or (decision["batch_id"] == row["batch_id"] and decision["site"] in (None, row["site"]))
    ]


def count_by_batch(contents: Contents) -> Counter[str]:
    """Count the documents of each batch that have a page."""
    return Counter(row["batch_id"] for row in contents.documents)
