"""Trends over batches, drawn the same way for the desk and for one site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tasks.model import Outcome
from tasks.reporting import charts

Row = Mapping[str, Any]

_SHARES = (
    ("with a title", "title", "share_title"),
    ("with a date", "date", "share_date"),
    ("with an author", "author", "share_author"),
)


def volume(batches: Sequence[Row]) -> Markup:
    """Draw how many documents each batch took in, by outcome; `batches` the oldest first."""
    newest = batches[-1]["documents"] if batches else 0
    return charts.columns(
        [_column(row) for row in batches],
        series=tuple(Outcome),
        name="Documents by batch and outcome",
        sentence=f"{len(batches)} batches, the newest took in {newest:,} documents",
    )


def shares(batches: Sequence[Row]) -> Markup:
    """Draw what the articles of each batch have, and which share of its documents was refused."""
    drawn = [
        charts.Line(label=label, css=css, values=[row[column] for row in batches])
        for label, css, column in _SHARES
    ]
    refused = [refused_share(row) for row in batches]
    drawn.append(charts.Line(label="refused", css="refused", values=refused))
    newest = ", ".join(
        f"{line.values[-1]:.0%} {line.label}"
        for line in drawn
        if line.values and line.values[-1] is not None
    )
    return charts.lines(
        drawn,
        labels=[_label(row) for row in batches],
        name="Shares by batch",
        sentence=f"In the newest of {len(batches)} batches: {newest or 'nothing known'}",
    )


def refused_share(row: Row) -> float | None:
    """Return the share of documents that was refused; None where there are no documents."""
    documents = row["documents"]
    return row["quarantined"] / documents if documents else None


def _column(row: Row) -> charts.Column:
    return charts.Column(label=_label(row), parts={name: row[name] for name in Outcome})


def _label(row: Row) -> str:
    label: str = row["started_at"].isoformat(" ", "minutes")[:16]
    return label
