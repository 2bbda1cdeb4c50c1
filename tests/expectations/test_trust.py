"""Every way in which an audit could pass on nothing blocks the gate, one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from expectations import batches, trust
from expectations.articles import suite as articles
from expectations.articles.fields import FIELDS
from expectations.articles.keys import KEYS
from expectations.auditor import AuditReport, verdict
from expectations.check import condition, present
from expectations.trust import Judgement, faults_of_suite, raised


def blocks(report: AuditReport, words: str) -> bool:
    """Say whether a fault with these words was found, and holds the batch refusing nobody."""
    held = verdict(report, documents=100, min_documents=20)
    return (
        any(words in fault for fault in report.faults)
        and held.hold
        and "cannot be trusted" in held.why
        and not held.quarantine
    )


@pytest.fixture(autouse=True)
def short_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge by a few checks only: the rules are the same, and there are many tests."""
    kept = (*KEYS, *(check for check in FIELDS if check.column == "language"))
    monkeypatch.setattr(articles, "ROW_CHECKS", kept)


def a_sound_batch(desk: Any) -> None:
    desk.stage(desk.article("one"), desk.article("two", language="English"))
    desk.profile()


def test_a_sound_batch_is_trusted(desk: Any) -> None:
    a_sound_batch(desk)
    report = desk.audit()
    assert report.faults == ()
    held = verdict(report, documents=100, min_documents=20)
    assert held.hold is False
    assert held.quarantine == {"two": ("language_is_iso_639_1",)}


def test_an_empty_row_suite_blocks(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "ROW_CHECKS", ())
    a_sound_batch(desk)
    assert blocks(desk.audit(), "articles: the suite declares no expectation")


def test_an_empty_batch_suite_blocks(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "batch_checks", lambda **_: ())
    a_sound_batch(desk)
    assert blocks(desk.audit(), "batches: the suite declares no expectation")


def test_an_empty_frame_where_staging_is_not_empty_blocks(desk: Any) -> None:
    desk.profile()
    assert blocks(desk.audit(rows_staged=7), "7 rows were staged, the frame has 0")


@pytest.mark.parametrize("rows_staged", [0, 1, 3])
def test_rows_judged_other_than_rows_staged_block(desk: Any, rows_staged: int) -> None:
    a_sound_batch(desk)
    report = desk.audit(rows_staged=rows_staged)
    assert blocks(report, f"{rows_staged} rows were staged, the frame has 2")
    assert blocks(report, f"judged 2 of {rows_staged} rows")


@pytest.mark.parametrize("column", articles.KEY_COLUMNS)
def test_an_all_null_key_blocks(desk: Any, column: str) -> None:
    desk.stage(*(desk.article(f"row {n}", **{column: None}) for n in range(3)))
    desk.profile()
    assert blocks(desk.audit(), f"{column} is null in all of 3 rows")


@pytest.mark.parametrize("column", articles.KEY_COLUMNS)
def test_a_single_null_key_blocks(desk: Any, column: str) -> None:
    desk.stage(*(desk.article(f"row {n}") for n in range(3)), desk.article("x", **{column: None}))
    desk.profile()
    assert blocks(desk.audit(), f"{column} is null in 1 of 4 rows")


@pytest.mark.parametrize(
    ("sql", "words"),
    [("no_such_function(text)", "no_such_function"), ("CAST(title AS INTEGER) > 1", "Conversion")],
)
def test_an_expectation_that_raises_blocks(
    desk: Any, monkeypatch: pytest.MonkeyPatch, sql: str, words: str
) -> None:
    broken = condition("broken", "text", "warn", "It cannot be asked.", fails_when=sql)
    monkeypatch.setattr(articles, "ROW_CHECKS", (*articles.ROW_CHECKS, broken))
    a_sound_batch(desk)
    report = desk.audit()
    assert blocks(report, "broken raised: ")
    assert words in next(fault for fault in report.faults if "broken" in fault)
    result = next(r for r in report.results if r.expectation == "broken")
    assert (result.success, result.evaluated_count) == (False, 0)
    assert result.details is not None
    assert "raised" in result.details
    others = [r for r in report.results if r.suite == "articles" and r.expectation != "broken"]
    assert [r.expectation for r in others if not r.success] == ["language_is_iso_639_1"]


def test_an_expectation_on_a_missing_column_blocks(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    astray = present("astray", "no_such_column", "warn", "It asks for what is not there.")
    monkeypatch.setattr(articles, "ROW_CHECKS", (*articles.ROW_CHECKS, astray))
    a_sound_batch(desk)
    assert blocks(desk.audit(), "astray raised: ")


def test_a_count_that_ours_does_not_confirm_blocks(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = tuple(
        replace(check, fails_when="false") if check.name == "language_is_iso_639_1" else check
        for check in articles.ROW_CHECKS
    )
    monkeypatch.setattr(articles, "ROW_CHECKS", blind)
    a_sound_batch(desk)
    words = "language_is_iso_639_1 counts 1 failing rows, our own count is 0"
    assert blocks(desk.audit(), words)


def test_a_frame_without_a_column_blocks(desk: Any) -> None:
    a_sound_batch(desk)
    desk.connection.execute("ALTER TABLE staged DROP COLUMN date_flag")
    assert blocks(desk.audit(), "staged lacks date_flag")


def test_a_profile_without_a_column_blocks(desk: Any) -> None:
    a_sound_batch(desk)
    desk.connection.execute("ALTER TABLE profile DROP COLUMN refused")
    assert blocks(desk.audit(), "profile lacks refused")


def test_no_profile_blocks(desk: Any) -> None:
    desk.stage(desk.article("one"))
    assert blocks(desk.audit(), "batches: 1 rows were staged, the frame has 0")


def test_two_profiles_block(desk: Any) -> None:
    a_sound_batch(desk)
    desk.profile()
    assert blocks(desk.audit(), "batches: 1 rows were staged, the frame has 2")


def test_the_profile_of_another_batch_blocks(desk: Any) -> None:
    desk.stage(desk.article("one"))
    desk.profile(batch_id="yesterday")
    assert blocks(desk.audit(), "the profile is of yesterday")


def judged(**changes: Any) -> Judgement:
    given = {"name": "a", "success": True, "rows": 2, "nulls": 0, "failing": 0, "raised": None}
    return Judgement(**{**given, **changes})


def faults(*judgements: Judgement, declared: tuple[str, ...] = ("a",)) -> list[str]:
    return faults_of_suite(
        "suite",
        declared=declared,
        judgements=judgements,
        rows_expected=2,
        rows_found=2,
        failing={"a": 0},
    )


def test_a_full_judgement_is_no_fault() -> None:
    assert faults(judged()) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (faults, "1 expectations were declared, 0 evaluated"),
        (lambda: faults(judged(), judged()), "1 expectations were declared, 2 evaluated"),
        (lambda: faults(judged(), declared=("b",)), "1 expectations were declared, 1 evaluated"),
        (lambda: faults(judged(rows=None)), "gave no counts"),
        (lambda: faults(judged(failing=None)), "gave no counts"),
        (lambda: faults(judged(rows=1)), "judged 1 of 2 rows"),
        (lambda: faults(judged(success=False)), "says success=False with 0 failing rows"),
        (lambda: faults(judged(failing=1)), "says success=True with 1 failing rows"),
        (lambda: faults(judged(raised="boom")), "raised: boom"),
    ],
)
def test_a_judgement_that_is_not_whole_is_a_fault(
    make: Callable[[], list[str]], words: str
) -> None:
    assert any(words in fault for fault in make())


@pytest.mark.parametrize(
    "exception_info",
    [
        {"raised_exception": True, "exception_message": "boom", "exception_traceback": "..."},
        {"raised_exception": True},
        {"raised_exception": None},
        {"('metric', 'id')": {"raised_exception": True, "exception_message": "boom"}},
        {"('metric', 'id')": {"raised_exception": False, "exception_message": None}},
        {"one": {"exception_message": "boom"}, "two": {"exception_message": "bang"}},
        {"one": "odd"},
        {},
        None,
        "no",
        [],
    ],
)
def test_every_odd_shape_of_exception_info_counts_as_raised(exception_info: object) -> None:
    assert raised(exception_info)


def test_only_a_plain_no_counts_as_not_raised() -> None:
    plain = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    assert raised(plain) is None


def test_a_reason_is_one_short_line() -> None:
    reason = raised({"raised_exception": True, "exception_message": "two\nlines " * 100})
    assert reason is not None
    assert "\n" not in reason
    assert len(reason) <= trust.MESSAGE_CHARS
