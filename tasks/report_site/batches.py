"""Make the pages of batches that are out of date, and the list of batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tasks.report_site.contents import Contents, decisions_by_batch
from tasks.report_site.shelf import Shelf, signature_of
from tasks.reporting import names
from tasks.reporting.limits import BATCH_DOCUMENTS, BATCH_SITES, REASON_EXAMPLES
from tasks.reporting.pages.batches import BatchFacts, batch_page, batches_page
from warehouse.connect import Connection
from warehouse.report_rows import rows

Row = Mapping[str, Any]

_AT_ONCE = 50


def make_batches(connection: Connection, data_docs: Path, shelf: Shelf, contents: Contents) -> None:
    """Make the page of every batch that changed since it was made, and the list of all."""
    audited = {page.stem for page in (data_docs / "runs").glob("*.html")}
    order = [row["batch_id"] for row in contents.batches]
    stale = []
    decisions = decisions_by_batch(contents)
    for n, row in enumerate(contents.batches):
        batch_id = row["batch_id"]
        earlier = order[n - 1] if n else None
        later = order[n + 1] if n + 1 < len(order) else None
        decided = decisions.get(batch_id, [])
        mark = contents.marks.get(batch_id)
        signature = (
            f"{row['signature']:x}.{mark['signature'] if mark else 0:x}.{earlier}.{later}"
            f".{batch_id in audited:d}.{signature_of(decided) if decided else ''}"
        )
        if shelf.wants(names.batch_page(batch_id), signature):
            facts = BatchFacts(
                batch=row,
                earlier=earlier,
                later=later,
                data_docs=batch_id in audited,
                decisions=decided,
                shown_documents=BATCH_DOCUMENTS,
                shown_examples=REASON_EXAMPLES,
            )
            stale.append(facts)
    for start in range(0, len(stale), _AT_ONCE):
        for facts in _filled(connection, stale[start : start + _AT_ONCE]):
            shelf.put(
                names.batch_page(facts.batch["batch_id"]),
                batch_page(facts, document_pages=contents.document_pages),
            )
    total = contents.totals["batches"]
    shelf.make(
        names.BATCHES,
        signature_of([row["signature"] for row in contents.batches], total),
        lambda: batches_page(contents.batches, total=total),
    )


def _filled(connection: Connection, piece: list[BatchFacts]) -> list[BatchFacts]:
    ids = [facts.batch["batch_id"] for facts in piece]

    def of_batches(name: str, **bounds: int) -> dict[str, list[Row]]:
        return _by_batch(rows(connection, f"batch_{name}", batch_ids=ids, **bounds))

    reasons, checks, stages = of_batches("reasons"), of_batches("checks"), of_batches("stages")
    documents = of_batches("documents", documents=BATCH_DOCUMENTS, examples=REASON_EXAMPLES)
    sources, sites = of_batches("sources"), of_batches("sites", sites=BATCH_SITES)
    return [
        replace(
            facts,
            reasons=reasons[batch_id],
            documents=documents[batch_id],
            checks=checks[batch_id],
            stages=stages[batch_id],
            sources=sources[batch_id],
            sites=sites[batch_id],
        )
        for facts in piece
        for batch_id in (facts.batch["batch_id"],)
    ]


def _by_batch(found: list[dict[str, Any]]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row["batch_id"]].append(row)
    return grouped
