"""The site suite through the real audit: what is held, what is silent, and what is not believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from expectations.auditor import (
    AuditReport,
    BaselineRules,
    Calendar,
    ReadDay,
    SiteAudit,
    SiteDays,
    SiteProfiles,
    verdict,
)
from expectations.sites import frame

Profile = dict[str, Any]


def site(**changes: object) -> Profile:
    """Describe a day of a site, sound but for the changes."""
    day: Profile = {
        "site": "a.example",
        "weekday": 1,
        "source_key": "feeds",
        "documents": 60,
        "fresh": 50,
        "staged": 45,
        "refused": 3,
        "duplicate": 2,
        "median_chars": 2400.0,
        "share_title": 1.0,
        "share_date": 0.95,
        "share_author": 0.8,
        "share_removed": 0.1,
        "share_repeated": 0.0,
        "share_new_repeats": 0.0,
        "reasons": {"too_short": 3},
        "languages": {"de": 44, "en": 1},
        "released": False,
    }
    return {**day, **changes}


def past(days: int = 12, **changes: object) -> list[Profile]:
    """Give so many days that differ a little."""
    return [
        site(fresh=50 + day % 5, median_chars=2300.0 + 20 * (day % 7), **changes)
        for day in range(days)
    ]


def audited(
    desk: Any,
    *now: Profile,
    history: list[Profile] | None = None,
    may_hold: bool = True,
    calendar: Calendar | None = None,
) -> AuditReport:
    known = past() if history is None else history
    desk.profile()

    def profiles(_: Mapping[str, tuple[str, ...]]) -> SiteProfiles:
        return SiteProfiles(now=now, history={row["site"]: known for row in now}, calendar=calendar)

    report: AuditReport = desk.audit(
        site_audit=SiteAudit(rules=BaselineRules(), profiles=profiles, may_hold=may_hold)
    )
    return report


def held(report: AuditReport) -> dict[str, str]:
    said = verdict(report, documents=30, min_documents=20)
    assert not said.hold, said.why
    return dict(said.held_sites)


def test_a_usual_day_passes_every_check(desk: Any) -> None:
    report = audited(desk, site())
    assert report.faults == ()
    assert held(report) == {}
    assert sum(result.suite == "sites" for result in report.results) == 12


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"fresh": 9, "staged": 8, "refused": 0}, "volume_is_usual"),
        ({"fresh": 500}, "volume_is_usual"),
        ({"median_chars": 190.0}, "length_is_usual"),
        ({"share_title": 0.1}, "titles_are_usual"),
        ({"share_date": 0.02}, "dates_are_usual"),
        ({"share_author": 0.0}, "authors_are_usual"),
        ({"languages": {"en": 45}}, "languages_are_usual"),
        ({"refused": 40}, "refusals_are_usual"),
        ({"duplicate": 40}, "duplicates_are_usual"),
        ({"share_repeated": 0.4}, "repeated_lines_are_usual"),
        ({"share_new_repeats": 0.96}, "repeated_lines_are_known"),
    ],
)
def test_a_site_whose_pages_changed_shape_is_held_alone(
    desk: Any, changes: dict[str, object], check: str
) -> None:
    report = audited(desk, site(**changes), site(site="b.example"))
    found = held(report)
    assert list(found) == ["a.example"]
    assert check in found["a.example"]
    (result,) = [
        r for r in report.results if r.expectation == check and r.column_name == "a.example"
    ]
    assert "usually" in str(result.observed)
    assert json.loads(str(result.details))["batches"] == 12


def test_with_less_history_than_it_needs_every_check_is_silent(desk: Any) -> None:
    report = audited(desk, site(share_date=0.0), history=past(7))
    assert held(report) == {}
    assert not [result for result in report.results if result.suite == "sites"]


def test_a_weekday_never_seen_says_nothing_of_the_volume(desk: Any) -> None:
    report = audited(desk, site(weekday=6, fresh=5, staged=5))
    assert held(report) == {}


def test_other_sources_say_nothing_of_the_volume(desk: Any) -> None:
    assert held(audited(desk, site(source_key="one page", fresh=6, staged=6))) == {}


def test_a_few_documents_say_nothing_of_shares(desk: Any) -> None:
    few = site(fresh=4, staged=4, share_date=0.0, source_key="one page")
    assert held(audited(desk, few)) == {}


def test_a_release_teaches(desk: Any) -> None:
    history = [*past(), site(share_date=0.0, released=True)]
    assert held(audited(desk, site(share_date=0.05), history=history)) == {}


@pytest.mark.parametrize("name", ["", "*"])
def test_the_whole_batch_and_documents_of_no_site_only_warn(desk: Any, name: str) -> None:
    report = audited(desk, site(site=name, share_date=0.0))
    assert held(report) == {}
    (result,) = [r for r in report.results if r.expectation == "dates_are_usual"]
    assert (result.severity, result.success) == ("warn", False)
    assert result.suite == ("history" if name == "*" else "sites")


def test_a_replay_only_warns(desk: Any) -> None:
    assert held(audited(desk, site(share_date=0.0), may_hold=False)) == {}


def test_a_site_that_is_missing_is_named_and_holds_nothing(desk: Any) -> None:
    days = [date(2026, 3, 2) + timedelta(days=number) for number in range(30)]
    today = datetime(2026, 4, 1, 12, tzinfo=UTC)
    calendar = Calendar(
        now=today,
        read=[ReadDay(day=day, batches=2, until_seconds=0) for day in days],
        sites={
            "a.example": SiteDays(days=days, last_new_on=today.date()),
            "gone.example": SiteDays(days=days, last_new_on=days[-1]),
        },
    )
    report = audited(desk, site(), calendar=calendar)
    assert report.faults == ()
    assert held(report) == {}
    said = verdict(report, documents=30, min_documents=20).silent_sites
    assert said == {
        "gone.example": "silence_is_usual (1.00 (last on 2026-03-31), usually 0.00 to 0.00)"
    }
    results = {r.column_name: r for r in report.results if r.expectation == "silence_is_usual"}
    missing = results["gone.example"]
    assert (missing.suite, missing.severity, missing.success) == ("sites", "warn", False)
    assert json.loads(str(missing.details))["batches"] == 60
    assert results["a.example"].success


def test_a_check_that_judged_fewer_sites_than_were_measured_is_a_fault(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = frame.show

    def forgetful(connection: Any, measured: frame.Measured) -> None:
        show(connection, measured)
        connection.execute("UPDATE copydesk_audited_site SET share_date = NULL")

    monkeypatch.setattr(frame, "show", forgetful)
    report = audited(desk, site())
    assert report.faults == ("sites: dates_are_usual judged 0 of 1 sites measured",)


def test_profiles_that_lack_a_column_are_a_fault(desk: Any) -> None:
    now = site()
    del now["share_date"]
    assert "share_date" in audited(desk, now).faults[0]
