"""The page of a trial: made when it is asked for, beside the site that builds bring up to date."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tasks.comparison.tally import Tally
from tasks.desk import Desk
from tasks.report_site.shelf import put
from tasks.reporting import names
from tasks.reporting.page import asset
from tasks.reporting.pages.replay import replay_page


def write_trial(desk: Desk, tally: Tally, *, settings: Sequence[str], made_at: datetime) -> Path:
    """Write the page of a trial over the last one's, and return where it is; raises OSError."""
    shown = [worst.document for worst in tally.worst()]
    shown += [*tally.gained.listed, *tally.lost.listed]
    pages = {
        document.document_id
        for document in shown
        if (desk.reports / names.document_page(document.batch_id, document.document_id)).exists()
    }
    page = desk.reports / names.REPLAY
    for path in (desk.reports / names.STYLE, page):
        path.parent.mkdir(parents=True, exist_ok=True)
    for shared, name in names.ASSETS:
        put(desk.reports / shared, asset(name))
    put(page, replay_page(tally, settings=settings, made_at=made_at, document_pages=pages))
    return page


def drop_trial(reports: Path) -> None:
    """Remove the page of the last trial: it may quote what somebody takes back or has erased."""
    shutil.rmtree((reports / names.REPLAY).parent, ignore_errors=True)
