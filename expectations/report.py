"""What an audit says, as plain values, and what follows from it: results, report, verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from expectations import batches
from expectations.sites.suite import SILENCE
from expectations.sites.suite import SUITE as SITES

if TYPE_CHECKING:
    from expectations.check import Check
    from expectations.trust import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What became of one check: a row of `checks` but for its batch.

    `severity` is `warn`, `quarantine` or `hold`. `evaluated_count` leaves out the rows whose
    column is null. `failing_ids` names the documents of all failing rows, sorted, for the row
    suite. `observed` is a few words, `details` a JSON object; None where there is nothing to say.
    """

    suite: str
    expectation: str
    column_name: str | None
    severity: str
    success: bool
    evaluated_count: int
    unexpected_count: int
    observed: str | None
    details: str | None
    failing_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The results of an audit; any of `faults` means that they cannot be trusted.

    `report_path` is the page of Data Docs.
    """

    results: tuple[CheckResult, ...]
    faults: tuple[str, ...]
    report_path: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate does: hold the batch or not, and whom it refuses (document id -> checks).

    `held_sites` are held alone (site -> why) where the batch is not. `silent_sites` (site -> why)
    should have given something and did not: there is nothing of them to hold. `why` is one line,
    empty where the batch is not held.
    """

    hold: bool
    why: str
    quarantine: Mapping[str, tuple[str, ...]]
    held_sites: Mapping[str, str] = field(default_factory=dict)
    silent_sites: Mapping[str, str] = field(default_factory=dict)


def verdict(report: AuditReport, *, documents: int, min_documents: int) -> Verdict:
    """Decide what the gate does with a batch of `documents`.

    Hold where the audit cannot be trusted (then nobody is refused on its word either), or where a
    check of severity hold fails; a share only from `min_documents` on. A check of one site holds
    that site alone.
    """
    if report.faults:
        more = len(report.faults) - 1
        why = f"the audit cannot be trusted: {report.faults[0]}"
        return Verdict(hold=True, why=f"{why} (and {more} more)" if more else why, quarantine={})
    failed = [result for result in report.results if not result.success]
    holding = [
        result
        for result in failed
        if result.severity == "hold"
        and result.suite != SITES
        and not (documents < min_documents and result.expectation in batches.SHARES)
    ]
    quarantine: dict[str, tuple[str, ...]] = {}
    for result in failed:
        if result.severity == "quarantine":
            for document_id in result.failing_ids:
                quarantine[document_id] = (*quarantine.get(document_id, ()), result.expectation)
    return Verdict(
        hold=bool(holding),
        why="; ".join(f"{result.expectation} ({result.observed})" for result in holding),
        quarantine=quarantine,
        held_sites=_sites_of([result for result in failed if result.severity == "hold"]),
        silent_sites=_sites_of([r for r in failed if r.expectation == SILENCE.name]),
    )


def _sites_of(failed: Sequence[CheckResult]) -> dict[str, str]:
    """Name the sites that failed checks of the site suite are about: site -> why, in order."""
    why: dict[str, list[str]] = {}
    for result in failed:
        if result.suite == SITES and result.column_name is not None:
            said = f"{result.expectation} ({result.observed})"
            why.setdefault(result.column_name, []).append(said)
    return {site: "; ".join(why[site]) for site in sorted(why)}


def result_of(
    suite: str,
    check: Check,
    judgement: Judgement,
    *,
    observed: object,
    failing_ids: tuple[str, ...] = (),
    examples: Sequence[Mapping[str, str]] = (),
) -> CheckResult:
    """Put what was said of one check into a result; what raised has neither counts nor success.

    `observed` is the value of a batch, or a phrase; `examples` are quotes of failing rows.
    """
    details: dict[str, object] = {}
    if judgement.raised is not None:
        details["raised"] = judgement.raised
    elif not judgement.success:
        details = {"expected": check.meaning, "type": check.type, **check.bounds}
        if examples:
            details["examples"] = examples
    return CheckResult(
        suite=suite,
        expectation=check.name,
        column_name=check.column,
        severity=check.severity,
        success=judgement.success and judgement.raised is None,
        evaluated_count=judgement.evaluated,
        unexpected_count=judgement.failing or 0,
        observed=_shown(observed) if judgement.raised is None else None,
        details=json.dumps(details, ensure_ascii=False) if details else None,
        failing_ids=failing_ids,
    )


def _shown(value: object) -> str | None:
    if value is None:
        return None
    return f"{value:.3f}" if isinstance(value, float) else str(value)
