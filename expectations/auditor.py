"""The audit of one staged batch, and the verdict of the gate: the interface of this room.

It makes three frames of a batch (its rows, its profile, its sites), lets `judging` judge each and
puts what was said into results and a page. Importing this module is cheap; what it needs of Great
Expectations (seconds) is imported by `warm_up` or the first audit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from expectations import batches, frame, late
from expectations.articles import suite as articles
from expectations.check import PROFILE_VIEW, ROWS_VIEW, Check
from expectations.judging import NOTHING, Frame, Judged, Run, blocked, judge
from expectations.report import AuditReport, CheckResult, Verdict, result_of, verdict
from expectations.sites import frame as site_frame
from expectations.sites import suite as sites
from expectations.sites.profiles import SiteProfiles, measured_of
from expectations.sites.rules import BaselineRules
from expectations.sites.silence import ADAPTED_DAYS, Calendar, ReadDay, SiteDays

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

__all__ = [
    "ADAPTED_DAYS",
    "PROFILE_COLUMNS",
    "ROW_COLUMNS",
    "AuditReport",
    "BaselineRules",
    "Calendar",
    "CheckResult",
    "ReadDay",
    "SiteAudit",
    "SiteDays",
    "SiteProfiles",
    "Verdict",
    "audit",
    "verdict",
    "warm_up",
]

ROW_COLUMNS = articles.ROW_COLUMNS
PROFILE_COLUMNS = batches.PROFILE_COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAudit:
    """How sites are compared with their past.

    `profiles` is asked once, with what the row suite refuses (document id -> checks), because
    refusals are part of how a site looks. `may_hold` False lets every check warn at most.
    """

    rules: BaselineRules
    profiles: Callable[[Mapping[str, tuple[str, ...]]], SiteProfiles]
    may_hold: bool


def warm_up() -> None:
    """Import Great Expectations, so that a thread can do it while something else is waited for."""
    late.put_off("scipy.stats", "altair")
    from expectations import data_docs, engine  # noqa: F401 - takes seconds


def audit(
    connection: DuckDBPyConnection,
    *,
    batch_id: str,
    rows_table: str,
    profile_table: str,
    rows_staged: int,
    data_docs: Path,
    min_documents: int,
    max_refused_share: float,
    keep_runs: int = 500,
    site_audit: SiteAudit | None = None,
) -> AuditReport:
    """Judge a staged batch and write its page of Data Docs.

    `rows_table` has one row per staged article and at least `ROW_COLUMNS`; `profile_table` has
    the batch's one row and at least `PROFILE_COLUMNS`. Both are names as SQL takes them: a table,
    a view, or a temporary one of this very connection. No result may still be being read on the
    connection. An open transaction stays open, but an expectation that raises aborts it, so audit
    outside of one. Two temporary views are left behind.
    The row suite runs where anything is staged, the batch suite always, the site suite where
    `site_audit` is given and any site has history enough. Shares of batches under
    `min_documents` come back with severity `warn`. Of the pages the newest `keep_runs` stay.
    Raises OSError where the page cannot be written, and the database's own error where a table
    cannot be read at all.
    """
    began = time.perf_counter()
    run = Run(connection=connection, batch_id=batch_id, audited_at=datetime.now(UTC))
    rows = _judge_rows(run, rows_table, rows_staged)
    row_results = _row_results(connection, rows)
    refused = _refused(row_results)
    checks = batches.batch_checks(rows_staged=rows_staged, max_refused_share=max_refused_share)
    profile = _judge_profile(run, profile_table, checks, rows_refused=len(refused))
    past, site_results = _audit_sites(run, site_audit, refused)
    report = AuditReport(
        results=(
            *row_results,
            *_batch_results(connection, profile, checks, min_documents),
            *_weighed(site_results, connection, min_documents),
        ),
        faults=rows.faults + profile.faults + past.faults,
        report_path=None,
        seconds=0.0,
    )
    page = _write_page(run, data_docs, report, (rows, profile, past), keep_runs=keep_runs)
    return replace(report, report_path=str(page), seconds=time.perf_counter() - began)


def _refused(results: Sequence[CheckResult]) -> dict[str, tuple[str, ...]]:
    """Name the documents that the row suite refuses, with the checks that they fail."""
    refused: dict[str, tuple[str, ...]] = {}
    for result in results:
        if not result.success and result.severity == "quarantine":
            for document_id in result.failing_ids:
                refused[document_id] = (*refused.get(document_id, ()), result.expectation)
    return refused


def _audit_sites(
    run: Run, asked: SiteAudit | None, refused: Mapping[str, tuple[str, ...]]
) -> tuple[Judged, tuple[CheckResult, ...]]:
    """Judge each site against its past; without history there is nothing to judge, nor a fault."""
    if asked is None:
        return NOTHING, ()
    profiles = asked.profiles(refused)
    missing = [c for c in sites.PROFILE_COLUMNS for row in profiles.now[:1] if c not in row]
    if missing:
        return blocked(f"{sites.SUITE}: the profiles lack {', '.join(missing)}"), ()
    measured = measured_of(profiles, asked.rules)
    if not measured:
        return NOTHING, ()
    site_frame.show(run.connection, measured)
    past = Frame(
        suite=sites.SUITE,
        view=sites.SITES_VIEW,
        key="site",
        checks=sites.SITE_CHECKS,
        rows_expected=len(measured),
        never_null=("site",),
    )
    judged = judge(run, past)
    faults = site_frame.faults_of(measured, judged.judgements)
    judged = replace(judged, faults=(*judged.faults, *faults))
    return judged, site_frame.results_of(
        measured, judged.judgements, judged.failures, may_hold=asked.may_hold
    )


def _weighed(
    results: Sequence[CheckResult], connection: DuckDBPyConnection, min_documents: int
) -> tuple[CheckResult, ...]:
    """Let the shares of a batch that is too small for them warn; a volume is no share."""
    if not results or not _is_few(frame.profile_of(connection), min_documents):
        return tuple(results)
    return tuple(
        replace(result, severity="warn")
        if result.severity == "hold" and result.expectation != sites.VOLUME.name
        else result
        for result in results
    )


def _is_few(profile: Mapping[str, object], min_documents: int) -> bool:
    documents = profile.get("documents")
    return not isinstance(documents, int) or documents < min_documents


def _judge_rows(run: Run, table: str, rows_staged: int) -> Judged:
    missing = frame.missing_columns(run.connection, table, articles.ROW_COLUMNS)
    if missing:
        return blocked(f"{articles.SUITE}: {table} lacks {', '.join(missing)}")
    frame.show_rows(run.connection, table)
    if rows_staged == 0 and frame.count_rows(run.connection, ROWS_VIEW) == 0:
        return NOTHING
    rows = Frame(
        suite=articles.SUITE,
        view=ROWS_VIEW,
        key="document_id",
        checks=articles.ROW_CHECKS,
        rows_expected=rows_staged,
        never_null=articles.KEY_COLUMNS,
    )
    return judge(run, rows)


def _judge_profile(run: Run, table: str, checks: tuple[Check, ...], *, rows_refused: int) -> Judged:
    missing = frame.missing_columns(run.connection, table, batches.PROFILE_COLUMNS)
    if missing:
        return blocked(f"{batches.SUITE}: {table} lacks {', '.join(missing)}")
    frame.show_profile(run.connection, table, rows_refused=rows_refused)
    profile = Frame(
        suite=batches.SUITE,
        view=PROFILE_VIEW,
        key="batch_id",
        checks=checks,
        rows_expected=1,
        never_null=batches.COUNTED_COLUMNS,
    )
    judged = judge(run, profile)
    named = frame.profile_of(run.connection).get("batch_id")
    if named == run.batch_id:
        return judged
    return replace(judged, faults=(*judged.faults, f"{batches.SUITE}: the profile is of {named}"))


def _row_results(connection: DuckDBPyConnection, rows: Judged) -> tuple[CheckResult, ...]:
    results = []
    for check in articles.ROW_CHECKS:
        judgement = rows.judgements.get(check.name)
        if judgement is None:
            continue
        failure = rows.failures.get(check.name, frame.NO_FAILURES)
        quotes = frame.excerpts(connection, check, failure.keys)
        results.append(
            result_of(
                articles.SUITE,
                check,
                judgement,
                observed=f"{failure.rows} of {judgement.evaluated} rows fail",
                failing_ids=failure.keys,
                examples=[{"document_id": key, "excerpt": quote} for key, quote in quotes],
            )
        )
    return tuple(results)


def _batch_results(
    connection: DuckDBPyConnection,
    profile: Judged,
    checks: Sequence[Check],
    min_documents: int,
) -> tuple[CheckResult, ...]:
    if not profile.judgements:
        return ()
    values = frame.profile_of(connection)
    few = _is_few(values, min_documents)
    return tuple(
        result_of(
            batches.SUITE,
            replace(check, severity="warn") if few and check.is_share else check,
            profile.judgements[check.name],
            observed=values.get(check.column),
        )
        for check in checks
        if check.name in profile.judgements
    )


def _write_page(
    run: Run,
    folder: Path,
    report: AuditReport,
    judged: Sequence[Judged],
    *,
    keep_runs: int,
) -> Path:
    from expectations import data_docs

    return data_docs.write(
        folder,
        batch_id=run.batch_id,
        audited_at=run.audited_at,
        report=report,
        validations=[part.validation for part in judged if part.validation is not None],
        keep_runs=keep_runs,
    )
