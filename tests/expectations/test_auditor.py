"""The audit leaves the world as it found it, but for a page; the verdict is a pure function."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import duckdb
import pytest

from expectations.auditor import AuditReport, CheckResult, verdict


def test_importing_the_auditor_imports_no_great_expectations() -> None:
    program = (
        "import sys, expectations.auditor\n"
        "heavy = {'great_expectations', 'duckdb', 'sqlalchemy', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_callers_transaction_stays_open(desk: Any) -> None:
    desk.profile(staged=1)
    desk.connection.execute("BEGIN")
    desk.stage(desk.article("uncommitted"))
    report = desk.audit()
    desk.connection.execute("ROLLBACK")
    assert report.faults == ()
    assert desk.connection.execute("SELECT count(*) FROM staged").fetchone() == (0,)


def test_an_expectation_that_raises_leaves_the_connection_usable(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from expectations.articles import suite
    from expectations.check import condition

    broken = condition("broken", "text", "warn", "No.", fails_when="no_such_function(text)")
    monkeypatch.setattr(suite, "ROW_CHECKS", (*suite.ROW_CHECKS, broken))
    desk.stage(desk.article("one"))
    desk.profile()
    desk.audit()
    assert desk.connection.execute("SELECT count(*) FROM staged").fetchone() == (1,)


def test_frames_may_be_temporary_or_in_a_schema(desk: Any) -> None:
    desk.stage(desk.article("one"))
    desk.profile()
    desk.connection.execute("CREATE SCHEMA staging")
    desk.connection.execute("CREATE VIEW staging.audit_row AS SELECT *, 1 AS more FROM staged")
    desk.connection.execute("CREATE TEMP TABLE audit_profile AS SELECT * FROM profile")
    report = desk.audit(rows_table="staging.audit_row", profile_table="audit_profile")
    assert report.faults == ()
    again = desk.audit(rows_table="staged")
    assert [r.success for r in again.results] == [r.success for r in report.results]


def test_a_frame_may_be_in_an_attached_database(desk: Any, tmp_path: Any) -> None:
    desk.stage(desk.article("one"))
    desk.profile()
    desk.connection.execute(f"ATTACH '{tmp_path / 'lake.duckdb'}' AS lake")
    desk.connection.execute("CREATE TABLE lake.main.audit_row AS SELECT * FROM staged")
    assert desk.audit(rows_table="lake.main.audit_row").faults == ()


def test_a_missing_table_is_the_databases_error(desk: Any) -> None:
    desk.profile()
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        desk.audit(rows_table="nowhere")


def test_an_audit_is_silent(desk: Any, capfd: pytest.CaptureFixture[str]) -> None:
    desk.stage(desk.article("one", language="English"))
    desk.profile()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        desk.audit()
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_every_check_gives_one_result(desk: Any) -> None:
    from expectations.articles.suite import ROW_CHECKS
    from expectations.batches import batch_checks

    desk.stage(desk.article("one"))
    desk.profile()
    given = [(r.suite, r.expectation) for r in desk.audit().results]
    declared = [("articles", c.name) for c in ROW_CHECKS]
    declared += [("batches", c.name) for c in batch_checks(rows_staged=1, max_refused_share=0.5)]
    assert given == declared


def a_result(name: str, severity: str, *, failing_ids: tuple[str, ...] = ()) -> CheckResult:
    return CheckResult(
        suite="articles",
        expectation=name,
        column_name="text",
        severity=severity,
        success=False,
        evaluated_count=9,
        unexpected_count=len(failing_ids),
        observed=f"{len(failing_ids)} of 9 rows fail",
        details=None,
        failing_ids=failing_ids,
    )


def a_report(*results: CheckResult, faults: tuple[str, ...] = ()) -> AuditReport:
    return AuditReport(results=results, faults=faults, report_path=None, seconds=0.0)


def test_warnings_alone_let_a_batch_pass() -> None:
    given = verdict(a_report(a_result("soft", "warn", failing_ids=("a",))), **LIMITS)
    assert (given.hold, given.why, given.quarantine) == (False, "", {})


def test_a_document_is_refused_for_every_check_it_fails() -> None:
    report = a_report(
        a_result("one", "quarantine", failing_ids=("a", "b")),
        a_result("two", "quarantine", failing_ids=("b",)),
    )
    assert verdict(report, **LIMITS).quarantine == {"a": ("one",), "b": ("one", "two")}


def test_a_held_batch_names_each_reason() -> None:
    report = a_report(a_result("one", "hold"), a_result("two", "hold"))
    given = verdict(report, **LIMITS)
    assert (given.hold, given.why) == (True, "one (0 of 9 rows fail); two (0 of 9 rows fail)")


def test_faults_hold_whatever_the_results_say() -> None:
    report = a_report(a_result("one", "quarantine", failing_ids=("a",)), faults=("first", "second"))
    given = verdict(report, **LIMITS)
    assert given.hold is True
    assert given.why == "the audit cannot be trusted: first (and 1 more)"
    assert given.quarantine == {}


def test_a_share_holds_from_the_first_full_batch_on() -> None:
    report = a_report(a_result("refused_share_in_bounds", "hold"))
    assert verdict(report, documents=19, min_documents=20).hold is False
    assert verdict(report, documents=20, min_documents=20).hold is True


LIMITS = {"documents": 100, "min_documents": 20}
