"""Data Docs: one page for each audited batch, and an index of them.

Great Expectations renders what it judged; the frame around it is ours, because its own pages
load styles and scripts from eight hosts and stay blank or spy when opened from a file. A page is
written once, beside a small note (`<batch>.json`) from which the index is made, so that a run
costs the same with hundreds of runs before it. Importing this module imports Great Expectations.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

from expectations.engine import check_name

if TYPE_CHECKING:
    from datetime import datetime

    from great_expectations.core import ExpectationSuiteValidationResult

    from expectations.report import AuditReport

_TEMPLATES = Path(__file__).parent / "templates"
_RUNS = "runs"


def write(
    folder: Path,
    *,
    batch_id: str,
    audited_at: datetime,
    report: AuditReport,
    validations: Sequence[ExpectationSuiteValidationResult],
    keep_runs: int,
) -> Path:
    """Write the page of one batch and the index, and give the page's path.

    The page is `runs/<batch_id>.html`, the index `index.html`; both work from a file URL. Auditing
    a batch again replaces its page. Pages beyond the newest `keep_runs` are removed; what they
    said stays in the `checks` table. Every file appears whole or not at all. Raises OSError.
    """
    runs = folder / _RUNS
    runs.mkdir(parents=True, exist_ok=True)
    view = DefaultJinjaPageView(custom_views_directory=str(_TEMPLATES))
    failed = [result for result in report.results if not result.success]
    page = runs / f"{batch_id}.html"
    _replace(
        page,
        view.env.get_template("audit.html").render(
            batch_id=batch_id,
            audited_at=_stamp(audited_at),
            faults=report.faults,
            failed=[(result, _examples(result.details)) for result in failed],
            checks=len(report.results),
            suites=[_suite(validation, report) for validation in validations],
        ),
    )
    note = {
        "batch_id": batch_id,
        "audited_at": _stamp(audited_at),
        "checks": len(report.results),
        "faults": len(report.faults),
        **{s: sum(r.severity == s for r in failed) for s in ("hold", "quarantine", "warn")},
    }
    _replace(runs / f"{batch_id}.json", json.dumps(note))
    _replace(
        folder / "index.html",
        view.env.get_template("audits.html").render(runs=_kept(runs, keep_runs)),
    )
    return page


def _suite(validation: ExpectationSuiteValidationResult, report: AuditReport) -> dict[str, Any]:
    """Render a suite's results to the parts of a page, with our short quotes as its examples."""
    quotes = {
        result.expectation: [
            html.escape(f"{example['document_id']}: {example['excerpt']}")
            for example in _examples(result.details)
        ]
        for result in report.results
    }
    for result in validation.results:
        if result.result:
            result.result["partial_unexpected_list"] = quotes.get(check_name(result), [])
    document = ValidationResultsPageRenderer().render(validation).to_json_dict()
    sections = document["sections"]
    sections[0]["content_blocks"] = [
        block for block in sections[0]["content_blocks"] if block["content_block_type"] == "table"
    ]
    return {"name": validation.suite_name, "sections": sections}


def _examples(details: str | None) -> list[dict[str, str]]:
    examples: list[dict[str, str]] = json.loads(details).get("examples", []) if details else []
    return examples


def _kept(runs: Path, keep_runs: int) -> list[dict[str, Any]]:
    """Read the notes of all runs, newest first, and remove the runs beyond the first few."""
    notes = [json.loads(path.read_text("utf-8")) for path in runs.glob("*.json")]
    notes.sort(key=lambda note: (note["audited_at"], note["batch_id"]), reverse=True)
    for note in notes[keep_runs:]:
        for suffix in (".html", ".json"):
            (runs / f"{note['batch_id']}{suffix}").unlink(missing_ok=True)
    return notes[:keep_runs]


def _replace(path: Path, text: str) -> None:
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    whole.write_text(text, "utf-8")
    whole.replace(path)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
