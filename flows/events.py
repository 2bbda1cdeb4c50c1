"""Events for Prefect's automations: what became of a batch, its sites, a run.

Prefect sends them from a thread of its own, so that emitting costs a run nothing; it names the flow
run among the related resources by itself. The names are a promise: docs/operating.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.failures import Failure

_PUBLISHED = ("published", "partly_held")
_TOLD = ("status", "why", "counts", "seconds", "source_errors", "report_url")


def emit_batch(
    home: Path,
    report: Mapping[str, Any],
    held_sites: Mapping[str, str],
    silent_sites: Mapping[str, str],
) -> None:
    """Fire what became of a batch, and one event for each site that waits or is missing."""
    batch_id, status = report["batch_id"], report["status"]
    payload = {name: report[name] for name in _TOLD}
    if status in _PUBLISHED:
        _emit("copydesk.batch.published", home, "batch", batch_id, payload)
    elif status == "held":
        _emit("copydesk.batch.held", home, "batch", batch_id, payload)
    elif status == "failed":
        _emit("copydesk.run.failed", home, "batch", batch_id, payload)
    for event, sites in (
        ("copydesk.site.held", held_sites),
        ("copydesk.site.silent", silent_sites),
    ):
        for site, why in sites.items():
            told = {"why": why, "batch_id": batch_id, "report_url": report["report_url"]}
            _emit(event, home, "site", site, told, of_batch=batch_id)


def emit_failure(home: Path, failure: Failure, batch_id: str | None) -> None:
    """Fire that a run failed: about the batch that it was at, else about the desk."""
    kind, name = ("batch", batch_id) if batch_id else ("desk", home.name)
    payload = {"code": failure.code, "why": failure.message, "remedy": failure.remedy}
    _emit("copydesk.run.failed", home, kind, name, payload)


def _emit(
    event: str,
    home: Path,
    kind: str,
    name: str,
    payload: Mapping[str, Any],
    of_batch: str | None = None,
) -> None:
    from prefect.events import emit_event

    emit_event(
        event,
        resource={
            "prefect.resource.id": f"copydesk.{kind}.{name}",
            "prefect.resource.name": name,
            "copydesk.home": str(home),
        },
        related=[_batch(of_batch)] if of_batch else None,
        payload=dict(payload),
    )


def _batch(batch_id: str) -> dict[str, str]:
    return {"prefect.resource.id": f"copydesk.batch.{batch_id}", "prefect.resource.role": "batch"}
