"""Events for Prefect's automations: what became of a batch, its sites, a run; what was decided.

Prefect sends those of a run from a thread of its own, so that emitting costs a run nothing; it
names the flow run among the related resources by itself. A decision at a terminal is over
before Prefect could be imported (2 to 3 s): its event is one request to the API, made here. The
names are a promise: docs/operating.md lists them.
"""

from __future__ import annotations

import http.client
import json
import logging
import threading
import urllib.request
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.failures import Failure
from flows.prefect_api import configured_api, request, shown
from warehouse.outages import Outage

logger = logging.getLogger(__name__)

_PUBLISHED = ("published", "partly_held")
_ABOUT = (("site", "site"), ("batch", "batch_id"), ("article", "article_id"))
_DECISION_SECONDS = 2.0
"""How long a person waits for an API that does not answer."""
_TOLD = ("status", "why", "counts", "seconds", "source_errors", "failing", "report_url")


def emit_batch(
    home: Path,
    report: Mapping[str, Any],
    outages: Iterable[Outage],
    held_sites: Mapping[str, str],
    silent_sites: Mapping[str, str],
) -> None:
    """Fire what became of a batch, and one event for each site that waits or is missing.

    Of `outages` those are fired that began or ended with the batch.
    """
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
    for outage in outages:
        if outage.is_over or outage.is_new:
            event = "copydesk.source.recovered" if outage.is_over else "copydesk.source.failing"
            told = {"why": outage.error, "locator": outage.locator, "tries": outage.tries}
            told |= {"since": outage.began_at.isoformat(), "batch_id": batch_id}
            told["report_url"] = report["report_url"]
            _emit(event, home, "source", outage.source, told, of_batch=batch_id)


def emit_failure(home: Path, failure: Failure, batch_id: str | None) -> None:
    """Fire that a run failed: about the batch that it was at, else about the desk."""
    kind, name = ("batch", batch_id) if batch_id else ("desk", home.name)
    payload = {"code": failure.code, "why": failure.message, "remedy": failure.remedy}
    _emit("copydesk.run.failed", home, kind, name, payload)


def emit_decision(home: Path, told: Mapping[str, Any]) -> None:
    """Fire what a person decided, where a Prefect API is configured; else nobody could hear it.

    `told` is the payload: `verb`, `why`, `user_name`, and what it is about, the first of `site`,
    `batch_id`, `article_id`, or the only one of `documents`, else the desk. Never raises, and waits
    a moment at most: what the API does not take costs one warning.
    """
    api = configured_api()
    if api is None:
        return
    batch_id, documents = told.get("batch_id"), told.get("documents", ())
    about = [(kind, told.get(key)) for kind, key in _ABOUT]
    about += [("document", documents[0] if len(documents) == 1 else None), ("desk", home.name)]
    kind, name = next((kind, str(name)) for kind, name in about if name)
    event = {
        "id": str(uuid.uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": f"copydesk.decision.{told['verb']}",
        "resource": _resource(home, kind, name),
        "related": [_batch(batch_id)] if batch_id and kind != "batch" else [],
        "payload": dict(told),
    }
    said: list[str | None] = []
    # A thread of our own: a name server that hangs is bounded by no timeout of a request.
    thread = threading.Thread(target=lambda: said.append(_post(api, event)), daemon=True)
    thread.start()
    thread.join(_DECISION_SECONDS)
    wrong = said[0] if said else "no answer in time"
    if wrong is not None:
        logger.warning("Prefect's API at %s did not take %s: %s", shown(api), event["event"], wrong)


def _post(api: str, event: Mapping[str, Any]) -> str | None:
    """Give an event to the API; return what went wrong."""
    try:
        asked = request(api, "events", json.dumps([event]).encode())
        urllib.request.urlopen(asked, timeout=_DECISION_SECONDS).close()  # noqa: S310
    except OSError as error:
        return str(error)
    except (ValueError, http.client.HTTPException):  # their words may hold the key
        return "its address or key is malformed, or what answers is no web server"
    return None


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
        resource=_resource(home, kind, name),
        related=[_batch(of_batch)] if of_batch else None,
        payload=dict(payload),
    )


def _resource(home: Path, kind: str, name: str) -> dict[str, str]:
    return {
        "prefect.resource.id": f"copydesk.{kind}.{name}",
        "prefect.resource.name": name,
        "copydesk.home": str(home),
    }


def _batch(batch_id: str) -> dict[str, str]:
    return {"prefect.resource.id": f"copydesk.batch.{batch_id}", "prefect.resource.role": "batch"}
