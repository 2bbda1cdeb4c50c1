"""`status`: what the desk holds and what waits, for a person, a monitor or Prometheus."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from expectations.sites.suite import SILENCE
from flows.cli import DONE
from flows.commands import output
from flows.commands.reading import objects
from flows.settings import find_home
from tasks.desk import Desk
from tasks.errors import UsageError
from tasks.model import Outcome
from warehouse import lock
from warehouse.connect import Connection
from warehouse.reading_copy import is_complete, open_copy
from warehouse.report_rows import rows

_LAST = (
    "SELECT batch_id, status, why, finished_at, "
    "floor(epoch(now()) - epoch(finished_at))::BIGINT AS age_seconds "
    "FROM batches WHERE finished_at IS NOT NULL AND {} ORDER BY finished_at DESC LIMIT 1"
)
_WAITING = (
    "SELECT b.batch_id, b.status, b.held, b.why, b.finished_at AS since, "
    "floor(epoch(now()) - epoch(b.finished_at))::BIGINT AS age_seconds, "
    "(SELECT coalesce(list(DISTINCT p.site ORDER BY p.site), []) FROM documents AS d "
    "JOIN document_places AS p ON p.document_id = d.document_id "
    "WHERE d.batch_id = b.batch_id AND d.outcome = 'held' AND p.site IS NOT NULL) AS sites "
    "FROM batches AS b WHERE b.status IN ('held', 'partly_held') ORDER BY b.started_at"
)


def status(arguments: argparse.Namespace) -> int:
    """Say what the desk holds and what waits; what it says changes no exit code."""
    if arguments.metrics and arguments.json:
        raise UsageError("--json and --metrics exclude each other", "leave one of them out")
    desk = Desk(home=find_home(arguments.home))
    with contextlib.closing(open_copy(desk.published)) as connection:
        found = _facts(desk, connection)
        if arguments.metrics:
            from flows.commands.metrics import exposition

            sys.stdout.write(exposition(found, connection))
            return DONE
    if arguments.json:
        output.print_json(found)
    else:
        _print(found)
    return DONE


def _facts(desk: Desk, connection: Connection) -> dict[str, Any]:
    totals = rows(connection, "totals")[0]
    return {
        "home": str(desk.home),
        "running": lock.holder(desk.run_lock),
        **{name: totals[name] for name in ("articles", "revisions", "documents", "sites")},
        "quarantined": totals["quarantined"],
        "last_finished_at": totals["last_finished_at"],
        "last_run": next(objects(connection.execute(_LAST.format("true"))), None),
        "last_published": next(objects(connection.execute(_LAST.format("published > 0"))), None),
        "batches": dict(
            connection.execute(
                "SELECT status, count(*) FROM batches GROUP BY status ORDER BY status"
            ).fetchall()
        ),
        "outcomes": dict.fromkeys(map(str, Outcome), 0)
        | dict(
            connection.execute(
                "SELECT outcome, count(*) FROM documents GROUP BY outcome"
            ).fetchall()
        ),
        "waiting": list(objects(connection.execute(_WAITING))),
        "drifting": list(_drifting(connection)),
        "failing": list(_failing(connection)),
        "quarantine": {row["reason"]: row["documents"] for row in rows(connection, "waiting")},
        "disk": {
            "warehouse_bytes": _bytes(desk.warehouse),
            "reading_copy_bytes": _bytes(desk.published),
            "raw_bytes": sum(
                _bytes(Path(at, n)) for at, _, ns in os.walk(desk.raw(".")) for n in ns
            ),
            "free_bytes": shutil.disk_usage(desk.home).free,
        },
    }


def _drifting(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield the sites that were held for a check against their own past, or missing, at last."""
    failed = (r for r in rows(connection, "site_checks") if not r["success"])
    strayed = (r for r in failed if r["severity"] == "hold" or r["expectation"] == SILENCE.name)
    in_order = sorted(strayed, key=itemgetter("site"))
    for (site, batch_id), checks in groupby(in_order, key=itemgetter("site", "batch_id")):
        names = [check["expectation"] for check in checks]
        yield {"site": site, "batch_id": batch_id, "checks": names}


def _failing(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield the sources that fail; a copy that an earlier version made knows of none."""
    now = datetime.now(UTC)
    for row in rows(connection, "failing") if is_complete(connection) else []:
        since = row["began_at"]
        yield {
            "source": row["source"],
            "locator": row["locator"],
            "since": since,
            "age_seconds": int((now - since).total_seconds()),
            "tries": row["tries"],
            "error": row["error"],
        }


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # somebody tidies up meanwhile
        return 0


def _print(found: dict[str, Any]) -> None:
    names = ("articles", "revisions", "documents", "sites", "quarantined", "last_finished_at")
    output.print_table(
        (*names[:-1], "last run"),
        [[found[name] for name in names]],
        title=f"desk {found['home']}",
    )
    if found["running"]:
        output.say(f"at work: {found['running']}")
    if found["waiting"]:
        output.print_table(
            ("batch", "status", "held", "since", "sites", "why"),
            [
                [row[name] for name in ("batch_id", "status", "held", "since", "sites", "why")]
                for row in found["waiting"]
            ],
            title="waiting for a decision",
        )
    if found["drifting"]:
        output.print_table(
            ("site", "batch", "checks"),
            [list(row.values()) for row in found["drifting"]],
            title="sites that drift",
        )
    if found["failing"]:
        output.print_table(
            ("source", "since", "tries", "error"),
            [[row[n] for n in ("source", "since", "tries", "error")] for row in found["failing"]],
            title="sources that fail",
        )
    if found["quarantine"]:
        output.print_table(("reason", "documents"), found["quarantine"].items(), title="quarantine")
