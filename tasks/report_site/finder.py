"""Make the finder: its page, and those of its data files in which something changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from tasks.report_site.contents import Contents
from tasks.report_site.shelf import Shelf, signature_of
from tasks.reporting import names
from tasks.reporting.pages.finder import finder_data, finder_page, part_of
from warehouse.connect import Connection
from warehouse.report_rows import rows

Row = Mapping[str, Any]


def changed_parts(shelf: Shelf, contents: Contents) -> dict[int, list[str]]:
    """Ask for every data file; return those that must be made, and the batches they tell of."""
    return {
        number: batch_ids
        for number, batch_ids in _batches_by_part(contents).items()
        if shelf.wants(
            names.finder_data(number),
            signature_of(
                [
                    (b, contents.marks[b]["signature"], contents.batch_pages[b]["before"])
                    for b in batch_ids
                ]
            ),
        )
    }


def make_finder(
    connection: Connection,
    shelf: Shelf,
    contents: Contents,
    changed: Mapping[int, Sequence[str]],
    documents: Mapping[str, Sequence[Row]],
) -> None:
    """Make the finder's page and those of its data files that changed; `documents` by batch."""
    for number, batch_ids in changed.items():
        listed = [
            row
            for batch_id in batch_ids
            for row in reversed(documents[batch_id])
            if part_of(row["ordinal"]) == number
        ]
        shelf.put(names.finder_data(number), finder_data(listed))
    newest_first = list(_batches_by_part(contents))
    reasons = [row["reason"] for row in rows(connection, "reasons")]
    batches = [row["batch_id"] for row in reversed(contents.batches)]
    pages, total = len(contents.document_pages), contents.totals["documents"]
    shelf.make(
        names.FINDER,
        signature_of(newest_first, pages, total, reasons, batches[:100]),
        partial(
            finder_page,
            files=newest_first,
            documents=pages,
            total=total,
            reasons=reasons,
            batches=batches,
        ),
    )


def _batches_by_part(contents: Contents) -> dict[int, list[str]]:
    """Find which batches have documents in which data file; both the newest first."""
    parts: dict[int, list[str]] = defaultdict(list)
    for batch in reversed(contents.batches):
        if batch["batch_id"] in contents.marks:
            first, last = batch["before"], batch["before"] + batch["room"] - 1
            for number in range(part_of(last), part_of(first) - 1, -1):
                parts[number].append(batch["batch_id"])
    return parts
