"""Let Great Expectations judge a staged batch, and the gate decide what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC

from expectations.auditor import (
    ADAPTED_DAYS,
    AuditReport,
    BaselineRules,
    Calendar,
    ReadDay,
    SiteAudit,
    SiteDays,
    SiteProfiles,
    verdict,
)
from expectations.auditor import audit as judge
from tasks.desk import Desk
from tasks.model import CHECK_FAILED
from tasks.orchestration import verb
from warehouse import staging
from warehouse.connect import Connection
from warehouse.ledger import BatchRow
from warehouse.rows import Row
from warehouse.site_days import site_days

_RUN = "run"
"""The kind of batch that takes what its sources give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """From how many documents on shares hold a batch, and which share of refusals is normal.

    `baselines` say how far a site may stray from its own past before it is held alone.
    `refuse_rows`: failing rows are refused; False where a person vouches for them, and the failures
    are only put on record.
    """

    min_documents: int
    max_refused_share: float
    keep_runs: int
    refuse_rows: bool = True
    baselines: BaselineRules = field(default_factory=BaselineRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """What the gate says of a batch: hold it (and why) or not, and every check's result.

    `held_sites` (site -> why) wait although the batch passes; `silent_sites` (site -> why) are
    missing from it. `staged` is the number of articles that passed the row checks, `free` how many
    of them are of no held site.
    """

    hold: bool
    why: str | None
    staged: int
    checks: Sequence[Row]
    report_path: str | None
    held_sites: Mapping[str, str] = field(default_factory=dict)
    silent_sites: Mapping[str, str] = field(default_factory=dict)
    free: int = 0


@verb("audit")
def audit(
    connection: Connection, desk: Desk, batch: BatchRow, taken: int, rules: GateRules
) -> Gated:
    """Judge the staged rows, the batch's profile and its sites; quarantine the rows that fail.

    A batch that a person composed of old payloads (a replay) looks like no other: its sites are
    compared with their past for the record, and none is held, nor missing from it.
    """
    with staging.little_memory(connection, batch.batch_id):
        staged = staging.staged_rows(connection, batch.batch_id)
        staging.profile(connection, batch.batch_id, documents_taken=taken)
        report = judge(
            connection,
            batch_id=batch.batch_id,
            rows_table=staging.ROWS_TABLE,
            profile_table=staging.PROFILE_TABLE,
            rows_staged=staged,
            data_docs=desk.data_docs,
            min_documents=rules.min_documents,
            max_refused_share=rules.max_refused_share,
            keep_runs=rules.keep_runs,
            site_audit=SiteAudit(
                rules=rules.baselines,
                profiles=lambda refused: _profiles(connection, batch, refused, rules.baselines),
                may_hold=batch.kind == _RUN,
            ),
        )
    said = verdict(report, documents=taken, min_documents=rules.min_documents)
    refused = said.quarantine if rules.refuse_rows else {}
    staging.refuse_checked(connection, batch.batch_id, _refusals(refused))
    by_site = staging.staged_by_site(connection, batch.batch_id)
    held = {s: why for s, why in said.held_sites.items() if s in by_site and not said.hold}
    why = said.why or "; ".join(f"site {site}: {why}" for site, why in held.items())
    return Gated(
        hold=said.hold,
        why=why or None,
        held_sites=held,
        silent_sites=said.silent_sites,
        free=sum(count for site, count in by_site.items() if site not in held),
        staged=staged - len(refused),
        checks=_rows(report),
        report_path=report.report_path,
    )


def _profiles(
    connection: Connection,
    batch: BatchRow,
    refused: Mapping[str, tuple[str, ...]],
    rules: BaselineRules,
) -> SiteProfiles:
    reasons = {document_id: reason for document_id, (reason, _) in _refusals(refused).items()}
    return SiteProfiles(
        now=staging.profile_sites(connection, batch.batch_id, refused=reasons),
        history=staging.site_history(
            connection, batch_sequence=batch.sequence, batches=rules.window
        ),
        calendar=calendar_of(connection, batch, rules) if batch.kind == _RUN else None,
    )


def calendar_of(connection: Connection, batch: BatchRow, rules: BaselineRules) -> Calendar:
    """Look back on the days before a batch whose sites are profiled on this connection."""
    read, sites = site_days(connection, days=rules.window + ADAPTED_DAYS)
    return Calendar(
        now=batch.started_at.astimezone(UTC),
        read=[
            ReadDay(day=day, batches=batches, until_seconds=until) for day, batches, until in read
        ],
        sites={site: SiteDays(days=set(days), last_new_on=last) for site, days, last in sites},
    )


def _refusals(quarantine: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, str]]:
    return {document_id: refusal_of(names) for document_id, names in quarantine.items()}


def refusal_of(checks: Sequence[str]) -> tuple[str, str]:
    """Return reason and detail of a document that fails some checks."""
    return f"{CHECK_FAILED}:{checks[0]}", "failed " + ", ".join(checks)


def _rows(report: AuditReport) -> list[Row]:
    rows: list[Row] = []
    for result in report.results:
        row = asdict(result)
        del row["failing_ids"]
        rows.append(row)
    return rows
