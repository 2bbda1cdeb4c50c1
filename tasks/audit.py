"""Let Great Expectations judge a staged batch, and the gate decide what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from expectations.auditor import AuditReport, verdict
from expectations.auditor import audit as judge
from tasks.desk import Desk
from tasks.model import CHECK_FAILED
from tasks.orchestration import verb
from warehouse import store
from warehouse.connect import Connection
from warehouse.ledger import BatchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """From how many documents on shares hold a batch, and which share of refusals is normal."""

    min_documents: int
    max_refused_share: float
    keep_runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """What the gate says of a batch: hold it (and why) or not, and every check's result.

    `staged` is the number of articles that passed the row checks.
    """

    hold: bool
    why: str | None
    staged: int
    checks: Sequence[store.Row]
    report_path: str | None


@verb("audit")
def audit(
    connection: Connection, desk: Desk, batch: BatchRow, taken: int, rules: GateRules
) -> Gated:
    """Judge the staged rows and the batch's profile; quarantine the rows that fail."""
    staged = store.staged_rows(connection, batch.batch_id)
    store.profile(connection, batch.batch_id, documents_taken=taken)
    report = judge(
        connection,
        batch_id=batch.batch_id,
        rows_table=store.ROWS_TABLE,
        profile_table=store.PROFILE_TABLE,
        rows_staged=staged,
        data_docs=desk.data_docs,
        min_documents=rules.min_documents,
        max_refused_share=rules.max_refused_share,
        keep_runs=rules.keep_runs,
    )
    said = verdict(report, documents=taken, min_documents=rules.min_documents)
    store.refuse_checked(connection, batch.batch_id, _refusals(said.quarantine))
    return Gated(
        hold=said.hold,
        why=said.why or None,
        staged=staged - len(said.quarantine),
        checks=_rows(report),
        report_path=report.report_path,
    )


def _refusals(quarantine: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, str]]:
    return {
        document_id: (f"{CHECK_FAILED}:{names[0]}", "failed " + ", ".join(names))
        for document_id, names in quarantine.items()
    }


def _rows(report: AuditReport) -> list[store.Row]:
    rows: list[store.Row] = []
    for result in report.results:
        row = asdict(result)
        del row["failing_ids"]
        rows.append(row)
    return rows
