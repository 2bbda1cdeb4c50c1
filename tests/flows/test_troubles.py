"""Laws of what is told of a trouble: when it begins, once a period while it lasts, when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.troubles import FILE_NAME, Trouble, hashed, hashed_as_usual, load, save

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
FIVE_MINUTES = timedelta(minutes=5)


def told(fails: Sequence[bool], *, every: timedelta = FIVE_MINUTES) -> list[int]:
    """Return which of some runs, one after the other, send a message of their failure."""
    trouble, sent = Trouble(), []
    for number, failed in enumerate(fails):
        now = NOW + number * every
        if not failed:
            trouble = trouble.over()
            continue
        trouble = trouble.lasting(now)
        if trouble.is_due(now, DAY):
            sent.append(number)
            trouble = trouble.told(now)
        else:
            trouble = trouble.untold()
    return sent


def test_what_fails_every_five_minutes_is_told_once_a_day() -> None:
    assert told([True] * 3 * 288) == [0, 288, 576]


def test_what_fails_once_a_week_is_told_each_time() -> None:
    assert told([True, False, True], every=7 * DAY) == [0, 2]


def test_what_comes_and_goes_is_told_once_a_day() -> None:
    assert told([True, False] * 288) == [0, 288]


def test_what_is_back_is_told_when_it_stays() -> None:
    assert told([True, False] + [True] * 30) == [0, 2 + 12]


def test_how_many_messages_were_held_back_is_counted_from_the_last_one() -> None:
    trouble = Trouble().lasting(NOW).told(NOW).untold().untold()
    assert trouble.held_back == 2
    assert trouble.told(NOW + DAY).held_back == 0


def test_troubles_outlive_their_process_and_are_dropped_when_they_are_long_over(
    tmp_path: Path,
) -> None:
    lasting = Trouble().lasting(NOW).told(NOW).untold()
    troubles = {"lasts": lasting, "is over": lasting.over(), "is new": Trouble().lasting(NOW)}
    save(tmp_path, troubles, now=NOW, period=DAY)
    assert load(tmp_path) == troubles
    save(tmp_path, load(tmp_path), now=NOW + DAY, period=DAY)
    assert set(load(tmp_path)) == {"lasts", "is new"}


@pytest.mark.parametrize(
    "damage",
    [
        "", "{", "[]", '{"a": 1}', '{"a": {}}', '{"a": {"since": "never", "told_at": null}}',
        '{"a": {"since": "2026-03-02T08:00:00", "told_at": null}}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_an_empty_one(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE_NAME).write_text(damage, "utf-8")
    assert load(tmp_path) == {}


def test_a_file_that_cannot_be_written_costs_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save(tmp_path / "nowhere", {}, now=NOW, period=DAY)
    assert len(caplog.messages) == 1


def test_dated_folders_are_one_source_and_the_order_of_sources_is_none() -> None:
    assert hashed(["/in/2026-03-02", "/b"]) == hashed(["/b", "/in/2026-03-03"])
    assert hashed(["/in/20260302T0800/a"]) == hashed(["/in/20260303T0915/a"])
    assert hashed(["/a"]) != hashed(["/b"])


def test_numbers_that_are_no_date_tell_sources_apart_but_not_what_is_usual_of_them() -> None:
    assert hashed_as_usual(["/in/feed1"]) == hashed_as_usual(["/in/feed2"])
    assert hashed(["https://a.example/feed1.xml"]) != hashed(["https://a.example/feed2.xml"])
    assert hashed(["http://10.0.0.1/"]) != hashed(["http://10.0.0.2/"])
    assert hashed(["/in/20260302"]) != hashed(["/in/20260302/1"])


def test_what_a_clock_that_ran_ahead_has_told_was_not_told() -> None:
    ahead = Trouble().lasting(NOW).told(NOW + 3650 * DAY)
    assert ahead.is_due(NOW, DAY)
