"""What Prefect's pages show of a batch: its books as a table, its story as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

_KEY = "copydesk-batch"
_BOOKS_KEY = "copydesk-books"


def tell_prefect(report: Mapping[str, Any]) -> None:
    """Leave the report of a batch as artifacts of the flow run."""
    lines = [f"# Batch `{report['batch_id']}`: {report['status']}", ""]
    if report["why"]:
        lines += [f"Why: {_plain(report['why'])}", ""]
    lines += [f"- could not be read: {_plain(error)}" for error in report["source_errors"]]
    lines += [f"- source that fails: {_plain(source)}" for source in report["failing"]]
    if report["report_url"]:
        lines.append(f"- [report page](<{report['report_url']}>)")
    lines += [f"- checks: `{report['data_docs']}`", f"- {report['seconds']:.1f} s"]
    create_markdown_artifact(key=_KEY, markdown="\n".join(lines), description=report["status"])
    create_table_artifact(
        key=_BOOKS_KEY,
        table=[{"outcome": name, "documents": n} for name, n in report["counts"].items()],
        description=f"books of batch {report['batch_id']}",
    )


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return "".join("\\" + c if c in r"\`*_{}[]()<>#+!|" else c for c in text)
