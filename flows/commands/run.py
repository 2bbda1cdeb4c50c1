"""`run` and `replay`: start the engine and the workers, run the flow, say what came of it."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from flows.batch_name import check_batch_name
from flows.cli import DONE, ERROR, HELD, SOURCE_FAILED
from flows.commands import output
from flows.engine import prefect_engine, without_heartbeats
from flows.session import Session, open_session
from flows.settings import Settings, load_settings
from flows.sources import due
from tasks.desk import Desk
from tasks.errors import UsageError
from tasks.garbage import look_seldom
from tasks.model import Outcome
from warehouse import ledger

_ROOMS = ("flows", "tasks")
_COUNTS = ("documents", *Outcome)


def run(arguments: argparse.Namespace) -> int:
    """Run sources through the line as one batch."""
    if arguments.limit is not None and arguments.limit < 1:
        raise UsageError("--limit must be 1 or more", "leave it out to take everything")
    if arguments.workers is not None and arguments.workers < 1:
        raise UsageError("--workers must be 1 or more", "leave it out for one a core")
    if arguments.batch is not None:
        check_batch_name(arguments.batch)
    overrides = {"extract": {"workers": arguments.workers}} if arguments.workers else {}
    settings = load_settings(arguments.home, overrides)
    sources = list(arguments.sources) or _due(settings)
    if not sources:
        return _nothing_due(as_json=arguments.json)

    def line(session: Session) -> dict[str, Any]:
        from flows.ingest import ingest

        return dict(
            ingest(
                sources,
                home=str(session.settings.home),
                batch=arguments.batch,
                kind=arguments.kind,
                limit=arguments.limit,
            )
        )

    if arguments.dry_run:
        report = _dry(settings, line)
    else:
        report = with_engine(settings, line, purpose=f"run {arguments.batch or ''}".strip())
    return conclude(report, settings, as_json=arguments.json, dry_run=arguments.dry_run)


def _due(settings: Settings) -> list[str]:
    if not settings.sources:
        raise UsageError(
            "no SOURCE is named and no [[sources]] are set",
            "name one, or `copydesk sources add NAME SOURCE`",
        )
    return due(settings)


def _nothing_due(*, as_json: bool) -> int:
    """Say that every source was read a short while ago: there is no batch."""
    if as_json:
        counts = dict.fromkeys(_COUNTS, 0)
        report = {"batch_id": None, "status": "nothing_new", "counts": counts, "seconds": 0.0}
        output.print_json(report)
    else:
        output.say("no source is due: `copydesk sources list` shows when each was read")
    return DONE


def replay(arguments: argparse.Namespace) -> int:
    """Extract to publish again from the raw payloads of some batches, or of all."""
    if arguments.diff:
        from flows.commands.diffing import diff

        return diff(arguments)
    if arguments.site or arguments.sample is not None or arguments.without_rule:
        raise UsageError(
            "--site, --sample and --without-rule need --diff", "a replay takes whole batches"
        )
    if arguments.batch is not None:
        check_batch_name(arguments.batch)
    settings = load_settings(arguments.home)

    def line(session: Session) -> dict[str, Any]:
        from flows.replay import replay as flow

        return dict(
            flow(
                arguments.batches,
                home=str(session.settings.home),
                batch=arguments.batch,
                from_raw=arguments.from_raw,
            )
        )

    report = with_engine(settings, line, purpose="replay")
    return conclude(report, settings, as_json=arguments.json)


def with_engine(
    settings: Settings,
    line: Callable[[Session], dict[str, Any]],
    *,
    purpose: str,
    rehearsal: bool = False,
) -> dict[str, Any]:
    """Run a flow on the desk of these settings, with Prefect and the workers around it."""
    # A run says in one line what went wrong; Prefect would print the traceback before it.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    look_seldom()
    with (
        _logged(settings.log_level),
        open_session(settings, purpose=purpose, rehearsal=rehearsal) as session,
        prefect_engine(Desk(home=settings.home).prefect) as server,
        ExitStack() as stack,
    ):
        if server is None:
            session.sandbox.start()
        import flows.ingest  # noqa: F401 - and Prefect with it: overlaps the server's start
        from flows.commands.progress import progress

        session.warm_up()
        if server is not None:
            server.wait()
            session.sandbox.start()  # not before: all else waits for the server, and cores are few
            stack.enter_context(without_heartbeats())
        stack.enter_context(progress())
        return line(session)


@contextmanager
def _logged(level: str) -> Iterator[None]:
    """Write what the line logs to stderr, from a level on."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(level.upper())
    before = {room: logging.getLogger(room).level for room in _ROOMS}
    for room in before:
        logging.getLogger(room).addHandler(handler)
        logging.getLogger(room).setLevel(level.upper())
    try:
        yield
    finally:
        for room, was in before.items():
            logging.getLogger(room).removeHandler(handler)
            logging.getLogger(room).setLevel(was)


def _dry(settings: Settings, line: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
    """Run on a copy of the warehouse that is thrown away: the same answer, nothing changed."""
    with tempfile.TemporaryDirectory(prefix="copydesk-dry-run-") as folder:
        copy = settings.model_copy(update={"home": Path(folder)})
        real = Desk(home=settings.home)
        if real.warehouse.exists():
            with real.writing("dry run") as connection:
                connection.execute("CHECKPOINT")
                shutil.copyfile(real.warehouse, Desk(home=copy.home).warehouse)
            with Desk(home=copy.home).writing("dry run") as connection:
                for waiting in ledger.interrupted_batches(connection):  # theirs to finish, not ours
                    ledger.close_batch(connection, waiting.batch_id, gate="failed", why="dry run")
        return with_engine(copy, line, purpose="dry run", rehearsal=True) | {
            "dry_run": True,
            "data_docs": None,
            "report": None,
            "report_url": None,
        }


def conclude(
    report: Mapping[str, Any], settings: Settings, *, as_json: bool, dry_run: bool = False
) -> int:
    """Print what came of a batch and return its exit code."""
    code = _exit_code(report)
    if as_json:
        extra = {}
        if code == ERROR:
            message = "; ".join(report["source_errors"]) or str(report["why"])
            extra = {
                "error": {
                    "code": "batch_failed",
                    "message": message,
                    "remedy": "name another SOURCE",
                }
            }
        output.print_json(dict(report) | extra)
        return code
    counts = report["counts"]
    for batch in report.get("resumed", ()):
        output.say(f"finished the interrupted batch {batch} first")
    for name in report.get("treated_anew", ()):
        output.say(
            f"the settings of {name} changed since it was read last, and hold for what is new: "
            "`copydesk replay` takes what is known through the line again"
        )
    for line in report["source_errors"]:
        output.say(f"copydesk: {line}")
    title = f"batch {report['batch_id']}: {report['status']}" + (" (dry run)" if dry_run else "")
    output.print_table(_COUNTS, [[counts[name] for name in _COUNTS]], title=title)
    if report["why"]:
        output.say(f"why: {report['why']}")
    if counts["held"] or report["status"] == "held":
        site = " [--site SITE]" if report["status"] == "partly_held" else ""
        command = f"copydesk release {report['batch_id']}{site} --why ..."
        output.say(f"held for a decision: `{command}`, or reject")
    if counts["quarantined"]:
        output.say("refused documents: `copydesk quarantine list`")
    if not dry_run:
        output.say(f"articles: {Desk(home=settings.home).published}")
        output.say(f"checks:   {report['data_docs'] or Desk(home=settings.home).data_docs}")
        if report["report"]:
            output.say(f"report:   {report['report']}")
    output.say(f"done in {report['seconds']:.1f} s")
    return code


def _exit_code(report: Mapping[str, Any]) -> int:
    errors = len(report["source_errors"])
    if report["status"] == "failed" or (errors and errors == report["sources"]):
        return ERROR
    if report["status"] == "held":
        return HELD
    return SOURCE_FAILED if errors else DONE
