"""Bring the report pages up to date, at the end of a run."""

from __future__ import annotations

from pathlib import Path

from tasks.desk import Desk
from tasks.orchestration import verb
from tasks.report_site.build import build
from tasks.reporting.limits import Limits
from tasks.sandbox import Sandbox


@verb("report")
def build_reports(
    desk: Desk, sandbox: Sandbox, *, batch_id: str | None, limits: Limits | None = None
) -> Path:
    """Make what changed since the last time; return the page of the batch, else the front page.

    The workers have nothing else to do by then: they help where there are many pages.

    Reads the reading copy alone, so call it outside the writer's lock, after publishing.
    """
    return build(desk, batch_id=batch_id, limits=limits, spread=sandbox.spread).page
