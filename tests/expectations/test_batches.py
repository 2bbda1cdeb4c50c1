"""Every check of the batch suite catches a seeded profile that no other check catches."""

from __future__ import annotations

from typing import Any

import pytest

from expectations.auditor import AuditReport, verdict
from expectations.batches import (
    COUNTED_COLUMNS,
    PROFILE_COLUMNS,
    SHARES,
    batch_checks,
)

CHECKS = batch_checks(rows_staged=0, max_refused_share=0.5)

SEEDS: dict[str, dict[str, Any]] = {
    "batch_has_documents": {"documents": 0, "unchanged": 0},
    "books_balance": {"balance": 1},
    "staged_rows_are_counted": {"staged": 2},
    "refused_share_in_bounds": {"refused": 16, "quarantined": 16, "refused_share": 0.53},
    "failed_share_in_bounds": {"failed": 16},
    "duplicate_share_in_bounds": {"duplicate": 20, "duplicate_share": 0.67},
    "titles_are_known": {"share_title": 0.4},
    "dates_are_known": {"share_date": 0.4},
    "authors_are_known": {"share_author": 0.1},
    "languages_are_known": {"share_language": 0.8},
    "languages_are_few": {"distinct_languages": 41},
    "median_length_is_of_news": {"median_text_chars": 120.0},
}


def failed(report: AuditReport) -> dict[str, str]:
    return {r.expectation: r.severity for r in report.results if not r.success}


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_every_check_catches_its_seeded_profile_and_no_other(desk: Any, check: Any) -> None:
    desk.profile(**SEEDS[check.name])
    report = desk.audit()
    assert report.faults == ()
    assert failed(report) == {check.name: check.severity}
    result = next(r for r in report.results if r.expectation == check.name)
    assert (result.evaluated_count, result.unexpected_count) == (1, 1)
    assert result.observed is not None
    documents = SEEDS[check.name].get("documents", 30)
    held = verdict(report, documents=documents, min_documents=20)
    assert held.hold is (check.severity == "hold")
    assert (check.name in held.why) is held.hold


def test_the_seeds_cover_the_suite_and_names_are_unique() -> None:
    names = [check.name for check in CHECKS]
    assert len(names) == len(set(names))
    assert SEEDS.keys() == set(names)
    assert {check.column for check in CHECKS} <= {*PROFILE_COLUMNS, "failed_share"}
    assert set(names) > SHARES


def test_the_batch_suite_runs_where_nothing_is_staged(desk: Any) -> None:
    desk.profile(share_title=None, share_date=None, share_author=None, median_text_chars=None)
    report = desk.audit()
    assert {r.suite for r in report.results} == {"batches"}
    assert failed(report) == {}
    assert report.faults == ()
    nothing = next(r for r in report.results if r.expectation == "titles_are_known")
    assert (nothing.evaluated_count, nothing.observed) == (0, None)


def test_a_share_of_few_documents_warns(desk: Any) -> None:
    desk.profile(documents=19, unchanged=3, quarantined=16, refused=16, refused_share=0.84)
    report = desk.audit()
    assert failed(report) == {"refused_share_in_bounds": "warn"}
    assert verdict(report, documents=19, min_documents=20).hold is False


def test_a_broken_book_of_few_documents_holds(desk: Any) -> None:
    desk.profile(documents=3, unchanged=2, balance=1)
    report = desk.audit()
    assert failed(report) == {"books_balance": "hold"}
    assert verdict(report, documents=3, min_documents=20).hold is True


def test_rows_that_the_row_suite_refuses_count_as_refused(desk: Any) -> None:
    desk.stage(*(desk.article(f"sound {number}") for number in range(9)))
    desk.stage(*(desk.article(f"odd {number}", language="English") for number in range(21)))
    desk.profile()
    report = desk.audit()
    assert failed(report) == {
        "language_is_iso_639_1": "quarantine",
        "refused_share_in_bounds": "hold",
    }
    shown = next(r for r in report.results if r.expectation == "refused_share_in_bounds")
    assert shown.observed == "0.700"
    held = verdict(report, documents=30, min_documents=20)
    assert held.hold is True
    assert len(held.quarantine) == 21


@pytest.mark.parametrize("column", COUNTED_COLUMNS)
def test_a_hole_in_the_books_is_a_fault(desk: Any, column: str) -> None:
    desk.profile(**{column: None})
    report = desk.audit()
    assert any(column in fault or "profile is of None" in fault for fault in report.faults)
    assert verdict(report, documents=30, min_documents=20).hold is True
