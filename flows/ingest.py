"""The line: acquire, extract, clean, dedupe, load, audit, publish; for one batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from expectations.sites.rules import BaselineRules
from flows.artifacts import tell_prefect
from flows.batch_name import check_batch_name, new_batch_name
from flows.fetching import open_web
from flows.leftovers import can_be_taken_up, sweep
from flows.options import Options
from flows.session import Session, session_for, session_is_open
from flows.settings import load_settings
from flows.shard_line import AS_IS, ShardLine
from flows.signals import tell_of_batch
from flows.sources import columns, gaps, named, treatments
from tasks.acquire import acquire, begin_fetching
from tasks.audit import Gated, GateRules, audit
from tasks.dedupe import dedupe
from tasks.desk import Desk
from tasks.errors import BooksUnbalanced, CopydeskError, DeskBusy, UsageError
from tasks.file_memory import FileMemory
from tasks.load import load
from tasks.model import RULES_VERSION, Source, Stage
from tasks.publish import publish
from tasks.report import build_reports
from tasks.stage import StageResult
from tasks.taking import Taking
from tasks.web_memory import DeskMemory
from warehouse import ledger, outages, staging, store
from warehouse.errors import UnknownBatch, WarehouseError
from warehouse.ledger import BatchRow

logger = logging.getLogger(__name__)

SHARDS_AT_ONCE = 3
"""Shards in work: one being written, while the workers have the next ones waiting."""
RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=SHARDS_AT_ONCE)
RUN = "run"
REPLAY = "replay"
"""Kinds of batches, with AS_IS."""


@flow(
    name="ingest",
    validate_parameters=False,
    persist_result=False,
    task_runner=RUNNER,
)
def ingest(
    sources: Sequence[str],
    home: str | None = None,
    batch: str | None = None,
    kind: str | None = None,
    limit: int | None = None,
) -> dict[str, Any] | State[Any]:
    """Run SOURCES through the line as one batch; first finish what was interrupted.

    Returns the report of the batch (batch_id, status, counts, seconds and more). When another
    run holds the desk, the flow ends at once in a state named Busy.
    """
    settings = load_settings(home)
    try:
        with session_for(settings, purpose=f"run {batch or ''}".strip()) as session:
            finished = resume_interrupted(session, but=batch)
            options = Options(limit=limit, treatments=treatments(session.settings))
            row = _begin(session, sources, batch=batch, kind=kind, options=options)
            with session.desk.writing("open batch") as connection:
                before = ledger.options_before(connection, row.batch_id)
            anew = Options.of_json(row.options).treated_anew(before)
            return run_batch(session, row) | {"resumed": finished, "treated_anew": anew}
    except DeskBusy as busy:
        if session_is_open():
            raise
        return Completed(name="Busy", message=str(busy))


def resume_interrupted(session: Session, *, but: str | None) -> list[str]:
    """Finish every interrupted batch from its last complete stage, through the gate."""
    with session.desk.writing("resume") as connection:
        waiting = ledger.interrupted_batches(connection)
        sweep(connection, session.desk.home)
    finished = []
    for row in waiting:
        if row.batch_id != but:
            run_batch(session, row, resumed=True)
            finished.append(row.batch_id)
    return finished


def _begin(
    session: Session,
    sources: Sequence[str],
    *,
    batch: str | None,
    kind: str | None,
    options: Options,
) -> BatchRow:
    name = new_batch_name() if batch is None else check_batch_name(batch)
    found = [named(session.settings, word, kind) for word in sources]
    with session.desk.writing("open batch") as connection:
        try:
            row = ledger.find_batch(connection, name)
        except UnknownBatch:
            return ledger.open_batch(
                connection,
                name,
                kind=RUN,
                rules_version=RULES_VERSION,
                options=options.as_json(),
                sources=[(s.locator, s.kind, s.name) for s in found],
            )
        if can_be_taken_up(connection, row):
            ledger.reopen_batch(connection, name)
        elif row.gate is not None:
            raise UsageError(f"batch {name} is finished", "give the new batch another name")
        begun = [source.locator for source in ledger.sources_of(connection, name)]
        if begun != [source.locator for source in found]:
            raise UsageError(
                f"batch {name} was begun with other sources: {', '.join(begun)}",
                "name the same ones, or give the new batch another name",
            )
        return row


def run_batch(session: Session, row: BatchRow, *, resumed: bool = False) -> dict[str, Any]:
    """Take one batch from its last complete stage to its end; return its report."""
    started = time.monotonic()
    session.begun[row.batch_id] = ()
    try:
        counts, gated = _line(session, row, resumed=resumed)
    except BaseException as error:
        session.sandbox.stop()  # or the flow would wait until whole shards are through
        if isinstance(error, Exception):
            _note_failure(session, row, error)
        raise
    with session.desk.writing("report") as connection:
        status, why = store.status_of(connection, row.batch_id)
        found = ledger.sources_of(connection, row.batch_id)
        unread = outages.unread_sources(connection, row.batch_id)
        met = outages.outages_of(connection, row.batch_id)
    page = _report_page(session, row)
    report = {
        "batch_id": row.batch_id,
        "status": status,
        "counts": counts,
        "seconds": round(time.monotonic() - started, 3),
        "why": why,
        "sources": len(found),
        "source_errors": [source.error for source in found if source.error],
        "failing": [outage.source for outage in met if not outage.is_over],
        "data_docs": gated.report_path,
        "report": str(page) if page else None,
        "report_url": _address(session, page) if page else None,
    }
    tell_prefect(report)
    if not session.rehearsal:
        sources = {s.locator: s.error or unread.get(s.locator) for s in found}
        tell_of_batch(session.settings, report, sources, met, gated.held_sites, gated.silent_sites)
    return report


def _report_page(session: Session, row: BatchRow) -> Path | None:
    """Bring the report pages up to date; what is published stays so when that fails."""
    try:
        limits = session.settings.keep.limits
        return build_reports(session.desk, session.sandbox, batch_id=row.batch_id, limits=limits)
    except Exception:
        logger.exception("the report of batch %s was not built", row.batch_id)
        return None


def _address(session: Session, page: Path) -> str:
    """Return where a person opens a report page: where it is served, else on this disk."""
    base = session.settings.report.url
    below = page.relative_to(session.desk.reports).as_posix()
    return f"{base.rstrip('/')}/{quote(below)}" if base else page.as_uri()


def _line(session: Session, row: BatchRow, *, resumed: bool) -> tuple[dict[str, int], Gated]:
    desk, batch_id = session.desk, row.batch_id
    options = Options.of_json(row.options)
    with desk.writing("resume") as connection:
        sources = ledger.sources_of(connection, batch_id)
        session.begun[batch_id] = [source.locator for source in sources]
    line = ShardLine(session, row, options.treatments)
    unread = [
        (s.source_no, Source(locator=s.locator, kind=s.kind, name=s.name))
        for s in sources
        if s.read_at is None
    ]
    rules, fetch = None if options.look_again else row.rules_version, session.settings.fetch
    with open_web(session.settings, DeskMemory(desk, batch_id), desk.work(batch_id)) as web:
        taking = Taking(
            max_bytes=fetch.max_bytes,
            limit=options.limit,
            resumed=resumed,
            documents=options.documents,
            rules=rules,
            web=web,
            recall=FileMemory(desk, rules=rules) if rules and fetch.trust_file_times else None,
            gap_seconds=gaps(session.settings),
            columns=columns(session.settings),
            hand_on=line.send,
        )
        for shard in _raw_shards(desk, batch_id):
            line.send(shard)
        begin_fetching(desk, batch_id, unread, taking)
        for source_no, source in unread:
            acquire(desk, batch_id, source_no, source, taking)
    raw = _raw_shards(desk, batch_id)
    shards = line.cleaned(raw)
    session.auditor_ready.join()
    with desk.writing(f"publish {batch_id}") as connection:
        verdicts = dedupe(connection, desk, batch_id, shards, row.rules_version, options.look_again)
        staged = load(connection, row, raw, shards, verdicts)
        gated = audit(connection, desk, row, staged, _gate_rules(session, as_is=row.kind == AS_IS))
        nothing_read = bool(sources) and all(
            s.error for s in ledger.sources_of(connection, batch_id)
        )
        return publish(connection, desk, row, staged, gated, nothing_read), gated


def _raw_shards(desk: Desk, batch_id: str) -> list[StageResult]:
    """Return every raw shard that the ledger knows of a batch, whoever wrote it.

    Raises BooksUnbalanced when one is gone: what it held can be neither published nor counted.
    """
    with desk.writing("acquire") as connection:
        known = ledger.shards_of(connection, batch_id, Stage.ACQUIRE)
    for shard in known:
        if not (desk.home / shard.path).exists():
            raise BooksUnbalanced(
                f"batch {batch_id}: {desk.home / shard.path} is gone with {shard.taken} documents",
                "put the file back and name the batch with --batch, or run its sources again",
            )
    return [StageResult.of(shard, desk.home) for shard in known]


def _gate_rules(session: Session, *, as_is: bool) -> GateRules:
    gate = session.settings.gate
    return GateRules(
        min_documents=gate.min_documents,
        max_refused_share=gate.max_refused_share,
        keep_runs=session.settings.keep.data_docs_runs,
        refuse_rows=not as_is,
        baselines=BaselineRules(**session.settings.baselines.model_dump()),
    )


def _note_failure(session: Session, row: BatchRow, error: Exception) -> None:
    """Close a batch that a defect stopped, so that it does not stop every later run.

    What the world did (a full disk, a busy file, a kill) leaves it open: the next run finishes it.
    """
    known = isinstance(error, CopydeskError | WarehouseError)
    if known and not isinstance(error, BooksUnbalanced | UsageError):
        return
    if isinstance(error, OSError | MemoryError) or "interrupted" in str(error).lower():
        return  # DuckDB raises a RuntimeError, "Query interrupted", when a signal arrives
    if type(error).__module__.partition(".")[0] in ("prefect", "httpx"):  # its API went away
        return
    with session.desk.writing("failure") as connection:
        staging.clear_staging(connection, row.batch_id)
        ledger.close_batch(connection, row.batch_id, gate="failed", why=str(error)[:500])
        session.desk.refresh_reading_copy(connection)
