"""Laws of silence: who has a habit is missed at once, and nobody else ever."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from expectations.sites.rules import BaselineRules
from expectations.sites.silence import ADAPTED_DAYS, Calendar, ReadDay, SiteDays, silences_of

MONDAY = date(2026, 3, 2)
NOON = 12 * 3600.0
Habit = Iterable[date]


def days(count: int, *, without: Iterable[int] = (), weekdays: Iterable[int] = range(7)) -> Habit:
    """Give the days from a Monday on, without some of them (by number), on some weekdays."""
    found = [MONDAY + timedelta(days=number) for number in range(count)]
    left_out = {MONDAY + timedelta(days=number) for number in without}
    return [day for day in found if day not in left_out and day.weekday() in set(weekdays)]


def silence(
    gave: Habit,
    now: int,
    *,
    read: Habit | None = None,
    hour: int = 12,
    until: float = NOON,
    elsewhere: date | None = None,
) -> tuple[float, float] | None:
    """Return the silence of a site on day `now` and how much is usual, None where it says nothing.

    Its sources were read on each day before, unless `read` says otherwise; `elsewhere` is the day
    on which other sources had it last.
    """
    today = MONDAY + timedelta(days=now)
    known = list(days(now) if read is None else read)
    calendar = Calendar(
        now=datetime(today.year, today.month, today.day, hour, tzinfo=UTC),
        read=[ReadDay(day=day, batches=1, until_seconds=until) for day in known],
        sites={
            "a.example": SiteDays(
                days={day for day in gave if day < today},
                last_new_on=max([*gave, *([elsewhere] if elsewhere else [])]),
            )
        },
    )
    measure = silences_of(calendar, BaselineRules()).get("a.example")
    return None if measure is None else (measure.value, measure.band.high)


def test_a_site_that_gave_something_each_day_is_missed_on_the_first_day_without() -> None:
    assert silence(days(30), 30) == (1, 0)


def test_a_site_that_gave_something_today_is_not_silent() -> None:
    assert silence(days(31), 30) == (0, 0)


@pytest.mark.parametrize("known", [1, 7, 14])
def test_with_little_history_nothing_is_said(known: int) -> None:
    assert silence(days(known), known) is None


def test_a_site_that_rests_at_weekends_is_missed_on_a_working_day_alone() -> None:
    gave = days(33, weekdays=range(5))
    assert silence(gave, 33) == (0, 0)
    assert silence(gave, 34) == (0, 0)
    assert silence(gave, 35) == (1, 0)


def test_a_silence_goes_on_over_the_days_on_which_it_would_have_rested() -> None:
    gave = days(32, weekdays=range(5))
    assert silence(gave, 32) == (1, 0)
    assert silence(gave, 33) == (1, 0)


@pytest.mark.parametrize("rhythm", [2, 3, 5])
def test_a_site_that_comes_now_and_then_is_never_missed(rhythm: int) -> None:
    gave = days(40, without=[n for n in range(40) if n % rhythm])
    assert silence(gave, 45) is None


def test_days_without_a_reading_are_no_silence() -> None:
    gave = days(30)
    assert silence(gave, 60, read=days(30)) == (1, 0)
    assert silence(gave, 60, read=days(60, without=range(30, 58))) == (3, 0)


def test_a_day_without_teaches_that_a_day_is_usual_but_a_long_silence_teaches_no_more() -> None:
    assert silence(days(30, without=[20]), 30) == (1, 1)
    assert silence(days(30, without=[20]), 31) == (2, 1)
    assert silence(days(50, without=[20, 21, 22]), 50) == (1, 1)
    assert silence(days(50, without=[20, 21, 22]), 51) == (2, 1)
    assert silence(days(60, without=[20, 21, 30, 31]), 62) == (3, 2)


def test_a_day_that_is_read_many_times_is_over_with_its_last_reading() -> None:
    assert silence(days(30), 30, hour=3, until=23.5 * 3600) == (0, 0)
    assert silence(days(30), 30, hour=23, until=23.5 * 3600) == (1, 0)
    assert silence(days(30), 31, hour=3, until=23.5 * 3600) == (1, 0)


def test_a_site_that_other_sources_still_give_is_not_silent() -> None:
    assert silence(days(20), 30, elsewhere=MONDAY + timedelta(days=30)) is None
    assert silence(days(30), 30, elsewhere=MONDAY + timedelta(days=30)) == (0, 0)


def test_what_lasts_becomes_usual() -> None:
    gave = days(40)
    last = 39 + ADAPTED_DAYS
    assert silence(gave, last) == (ADAPTED_DAYS, 0)
    assert silence(gave, last + 1) == (ADAPTED_DAYS + 1, ADAPTED_DAYS + 1)


@pytest.mark.parametrize("chance", [0.1, 0.3, 0.5, 0.6, 0.7])
def test_sites_whose_days_are_chance_are_hardly_ever_missed(chance: float) -> None:
    drawn, told, judged = random.Random(1), 0, 0
    for _ in range(20):
        gave = [day for day in days(51) if drawn.random() < chance]
        for now in range(21, 51):
            before = [day for day in gave if day <= MONDAY + timedelta(days=now)]
            said = silence(before, now)
            told += said is not None and said[0] > said[1]
            judged += 1
    assert told <= 0.01 * judged
