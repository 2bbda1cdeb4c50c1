"""The frame of the site suite, one row a site, and its results: each site by each check.

What was measured is laid before Great Expectations as a table; what it counts is compared with
what was measured, so that a check that was silently skipped is seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from expectations.frame import NO_FAILURES, Failures
from expectations.report import CheckResult
from expectations.sites.measure import Measure
from expectations.sites.suite import (
    HISTORY_SUITE,
    NO_SITE,
    SITE_CHECKS,
    SITES_VIEW,
    SUITE,
    WHOLE_BATCH,
)
from expectations.trust import Judgement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from expectations.check import Check

Measured = Mapping[str, Sequence[Measure]]


def show(connection: DuckDBPyConnection, measured: Measured) -> None:
    """Lay the measures out as `SITES_VIEW`, a temporary table: null where a check is silent."""
    columns: dict[str, list[object]] = {"site": list(measured)}
    for check in SITE_CHECKS:
        found = [
            next((m for m in measures if m.check == check.name), None)
            for measures in measured.values()
        ]
        columns[check.column] = [m and m.value for m in found]
        columns[f"{check.column}_low"] = [m and m.band.low for m in found]
        columns[f"{check.column}_high"] = [m and m.band.high for m in found]
    lists = ", ".join(
        f"unnest(${name}::{'VARCHAR' if name == 'site' else 'DOUBLE'}[]) AS {name}"
        for name in columns
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {SITES_VIEW} AS SELECT {lists}", columns)


def faults_of(measured: Measured, judgements: Mapping[str, Judgement]) -> list[str]:
    """Say which checks judged another number of sites than were measured."""
    faults = []
    for check in SITE_CHECKS:
        expected = sum(m.check == check.name for found in measured.values() for m in found)
        judgement = judgements.get(check.name)
        if judgement is not None and judgement.raised is None and judgement.evaluated != expected:
            faults.append(
                f"{SUITE}: {check.name} judged {judgement.evaluated} of {expected} sites measured"
            )
    return faults


def results_of(
    measured: Measured,
    judgements: Mapping[str, Judgement],
    failures: Mapping[str, Failures],
    *,
    may_hold: bool,
) -> tuple[CheckResult, ...]:
    """Make a result of each site by each check that spoke; `column_name` is the site.

    The whole batch (`history`) and documents of no site warn at most: neither is one template.
    """
    results = []
    for check in SITE_CHECKS:
        judgement = judgements.get(check.name)
        if judgement is None or judgement.raised is not None:
            continue
        failing = failures.get(check.name, NO_FAILURES).keys
        for site, measures in measured.items():
            results += [
                _result(check, site, measure, failed=site in failing, may_hold=may_hold)
                for measure in measures
                if measure.check == check.name
            ]
    return tuple(results)


def _result(
    check: Check, site: str, measure: Measure, *, failed: bool, may_hold: bool
) -> CheckResult:
    alone = may_hold and site not in (NO_SITE, WHOLE_BATCH)
    details = {
        "measure": check.column,
        "usual_low": round(measure.band.low, 4),
        "usual_high": round(measure.band.high, 4),
        "batches": measure.batches,
    }
    if failed:
        details = {"expected": check.meaning, **details}
    return CheckResult(
        suite=HISTORY_SUITE if site == WHOLE_BATCH else SUITE,
        expectation=check.name,
        column_name={NO_SITE: None, WHOLE_BATCH: check.column}.get(site, site),
        severity=check.severity if alone else "warn",
        success=not failed,
        evaluated_count=1,
        unexpected_count=int(failed),
        observed=_observed(measure, failed=failed),
        details=json.dumps(details, ensure_ascii=False),
        failing_ids=(),
    )


def _observed(measure: Measure, *, failed: bool) -> str:
    about = f" ({measure.about})" if measure.about else ""
    shown = f"{_number(measure.value)}{about}"
    if not failed:
        return shown
    low, high = measure.band.low, measure.band.high
    return f"{shown}, usually {_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"
