"""The list of batches, and the page of one: its books, refusals, checks, times."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from tasks.model import Outcome
from tasks.reporting import charts, names, shown
from tasks.reporting.page import render
from tasks.reporting.trends import Row

_CHECKS = 200
"""Checks of a kind on one page: each site adds a dozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """All rows of one batch, as the queries named `batch_*` give them."""

    batch: Row
    reasons: Sequence[Row] = ()
    documents: Sequence[Row] = ()
    checks: Sequence[Row] = ()
    stages: Sequence[Row] = ()
    sources: Sequence[Row] = ()
    sites: Sequence[Row] = ()
    decisions: Sequence[Row] = ()
    earlier: str | None = None
    later: str | None = None
    data_docs: bool = False
    shown_documents: int = field(default=200)
    shown_examples: int = field(default=5)


def batches_page(rows: Sequence[Row], *, total: int) -> str:
    """Return the list of batches; `rows` the oldest first."""
    return render("batches.html.j2", page=names.BATCHES, rows=list(reversed(rows)), total=total)


def batch_page(facts: BatchFacts, *, document_pages: Collection[str]) -> str:
    """Return the page of a batch."""
    batch = facts.batch
    ended = batch["finished_at"]
    failed = [row for row in facts.checks if not row["success"]]
    passed = [row for row in facts.checks if row["success"]]
    return render(
        "batch.html.j2",
        page=names.batch_page(batch["batch_id"]),
        batch=batch,
        duration=(ended - batch["started_at"]).total_seconds() if ended else None,
        earlier=facts.earlier,
        later=facts.later,
        data_docs=facts.data_docs,
        book=_book(batch),
        decisions=facts.decisions,
        reasons=[_with_examples(row, facts) for row in facts.reasons],
        failed=failed[:_CHECKS],
        passed=passed[:_CHECKS],
        all_failed=len(failed),
        all_passed=len(passed),
        stages=facts.stages,
        timing=_timing(facts),
        sites=facts.sites,
        documents=[r for r in facts.documents if r["of_batch"] <= facts.shown_documents],
        sources=facts.sources,
        document_pages=document_pages,
    )


def _book(batch: Row) -> Markup:
    parts: dict[str, int] = {name: batch[name] for name in Outcome}
    told = ", ".join(f"{value:,} {name}" for name, value in parts.items() if value)
    return charts.book(
        parts,
        name="The books",
        sentence=f"Of {batch['documents']:,} documents {told or 'nothing came'}",
    )


def _with_examples(row: Row, facts: BatchFacts) -> dict[str, Any]:
    examples = [
        document
        for document in facts.documents
        if document["reason"] == row["reason"]
        and document["outcome"] == row["outcome"]
        and document["of_reason"] <= facts.shown_examples
    ]
    return {**row, "examples": examples}


def _timing(facts: BatchFacts) -> Markup:
    began, ended = facts.batch["started_at"], facts.batch["finished_at"]
    bars = [
        charts.Span(
            label=row["stage"],
            began=(row["began_at"] - began).total_seconds(),
            ended=(row["ended_at"] - began).total_seconds(),
            note=f"{shown.seconds(row['seconds'])} of work in {row['shards']} shards",
        )
        for row in facts.stages
    ]
    if bars and ended is not None:
        last = max(bar.ended for bar in bars)
        whole = (ended - began).total_seconds()
        note = f"{shown.seconds(max(whole - last, 0))}: dedupe, load, audit, publish"
        bars.append(charts.Span(label="dedupe to publish", began=last, ended=whole, note=note))
    told = ", ".join(f"{bar.label} {shown.seconds(bar.ended - bar.began)}" for bar in bars)
    return charts.spans(bars, name="Stages over the time of the batch", sentence=told)
