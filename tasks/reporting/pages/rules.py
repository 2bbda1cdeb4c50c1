"""The rules: how often each fires, and what it took, so that one that eats prose is seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tasks.reporting import charts, names
from tasks.reporting.limits import SAMPLE_DOCUMENTS
from tasks.reporting.page import render
from tasks.reporting.trends import Row

_KINDS = (
    ("longest", "Its longest lines", "is_long"),
    ("repeated", "Lines it took most often", "is_repeated"),
    ("chance", "Some of the rest", "is_chance"),
)


def rules_page(
    rules: Sequence[Row],
    batches: Mapping[str, Mapping[str, int]],
    *,
    total: int,
    order: Sequence[str],
) -> str:
    """Return the list of rules. `batches`: rule -> batch -> lines; `order`: oldest first.

    `total`: how many documents did not come unchanged (no line is taken of others).
    """
    rows = [
        {
            **rule,
            "share_documents": rule["documents"] / total,
            "spark": charts.spark(
                [batches.get(rule["rule"], {}).get(batch, 0) for batch in order[-30:]],
                name="lines in the last batches",
            ),
        }
        for rule in rules
    ]
    return render("rules.html.j2", page=names.RULES, rows=rows)


def rule_page(
    rule: Row,
    *,
    total: int,
    samples: Sequence[Row],
    lines: Sequence[tuple[str, int]],
    document_pages: Collection[str],
) -> str:
    """Return the page of a rule. `lines`: (label of a batch, lines taken), the oldest first.

    `total`: how many documents did not come unchanged (no line is taken of others). `samples`: of
    the newest of these.
    """
    kinds = []
    told: set[str] = set()
    for key, heading, column in _KINDS:
        rows = [row for row in samples if row[column] and row["text"] not in told]
        if column == "is_repeated":
            rows.sort(key=lambda row: -row["times"])
        told |= {row["text"] for row in rows}
        kinds.append((key, heading, rows))
    return render(
        "rule.html.j2",
        page=names.rule_page(rule["rule"]),
        rule=rule,
        total=total,
        sampled=min(total, SAMPLE_DOCUMENTS),
        samples=kinds,
        volume=charts.columns(
            [charts.Column(label=label, parts={"removed": count}) for label, count in lines],
            series=("removed",),
            name="Lines taken by batch",
            sentence=f"{rule['lines']:,} lines in all",
            height=120,
        ),
        document_pages=document_pages,
    )
