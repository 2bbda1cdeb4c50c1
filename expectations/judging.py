"""One frame is judged twice: by Great Expectations, and by the plain SQL of its checks.

`trust` says whether the two may be believed. Importing this module is cheap; the first judgement
imports Great Expectations (seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from expectations import frame, trust
from expectations.check import Check

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from great_expectations.core import ExpectationSuiteValidationResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What stays the same while one batch is audited."""

    connection: DuckDBPyConnection
    batch_id: str
    audited_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One thing to judge: a view, what judges it, and what must be true of it whatever they say."""

    suite: str
    view: str
    key: str
    checks: tuple[Check, ...]
    rows_expected: int
    never_null: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was said of one frame, and what speaks against believing it."""

    judgements: Mapping[str, trust.Judgement]
    failures: Mapping[str, frame.Failures]
    faults: tuple[str, ...]
    validation: ExpectationSuiteValidationResult | None


NOTHING = Judged(judgements={}, failures={}, faults=(), validation=None)


def judge(run: Run, judged: Frame) -> Judged:
    """Judge one frame by its suite, and collect what speaks against believing it."""
    from expectations import engine

    connection = run.connection
    validation = engine.run_suite(
        connection,
        suite=judged.suite,
        view=judged.view,
        checks=judged.checks,
        audited_at=run.audited_at,
    )
    judgements = [
        trust.judgement(
            engine.check_name(result), result.success, result.result, result.exception_info
        )
        for result in validation.results
    ]
    unsound = {judgement.name for judgement in judgements if judgement.raised is not None}
    failures = frame.failing_rows(
        connection,
        judged.view,
        [check for check in judged.checks if check.name not in unsound],
        key=judged.key,
    )
    found = frame.count_rows(connection, judged.view)
    faults = trust.faults_of_suite(
        judged.suite,
        declared=[check.name for check in judged.checks],
        judgements=judgements,
        rows_expected=judged.rows_expected,
        rows_found=found,
        failing={name: failure.rows for name, failure in failures.items()},
    )
    nulls = frame.count_nulls(connection, judged.view, judged.never_null)
    return Judged(
        judgements={judgement.name: judgement for judgement in judgements},
        failures=failures,
        faults=(*faults, *trust.faults_of_nulls(judged.suite, nulls, rows=found)),
        validation=validation,
    )


def blocked(fault: str) -> Judged:
    """Return that nothing could be judged, and why: a fault of the audit."""
    return Judged(judgements={}, failures={}, faults=(fault,), validation=None)
