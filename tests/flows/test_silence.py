"""A site that is missing from a batch: where it is told, and whose batches are left alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tasks.desk import Desk as Home
from tests.conftest import Desk, story
from tests.flows.conftest import ask
from tests.flows.listening import Listener
from tests.flows.test_events import events_of

pytestmark = pytest.mark.prefect
SITES = ("bright.example", "old.example")
Feed = Callable[..., Path]


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    """Write what a source gives on a day: two articles of each of some sites."""
    folder = tmp_path_factory.mktemp("feeds")

    def write(number: int, sites: Sequence[str] = SITES, *, name: str = "feed") -> Path:
        file = folder / f"{name}-{number}.jsonl"
        lines = [
            {
                "url": f"https://{site}/{place}",
                "title": f"The fish market of Port {place} moves",
                "text": story(place),
                "date": "2026-03-02",
            }
            for site in sites
            for article in range(2)
            for place in (10 * number + article + 5000 * SITES.index(site),)
        ]
        file.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
        return file

    return write


@pytest.fixture(scope="module")
def three_weeks(feed: Feed, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """A home with three batches of both sites, one, two and three weeks ago."""
    home = tmp_path_factory.mktemp("weeks") / "home"
    for number in range(3):
        said = ask("run", feed(number), "--batch", f"week{number}", "--json", "--home", home)
        assert said.code == 0
    with Home(home=home).writing("test") as connection:
        connection.execute(
            "UPDATE ops.batch SET started_at = started_at - to_days(28 - 7 * sequence::INTEGER)"
        )
    return home


@pytest.fixture
def known(desk: Desk, three_weeks: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of that home, where so few batches are history enough."""
    monkeypatch.setenv("COPYDESK_BASELINES__MIN_BATCHES", "3")
    shutil.copytree(three_weeks, desk.home)
    return desk


def silences(desk: Desk, batch: str) -> dict[str, bool]:
    rows = desk.sql(
        "SELECT column_name AS site, success FROM checks "
        f"WHERE batch_id = '{batch}' AND expectation = 'silence_is_usual'"
    )
    return {row["site"]: row["success"] for row in rows}


def test_a_site_that_gives_nothing_is_told_until_it_comes_again(
    known: Desk, feed: Feed, listener: Listener, prefect_api: str
) -> None:
    said = known("run", feed(3, ["bright.example"]), "--batch", "silent")
    assert (said.code, said.object["status"]) == (0, "published")
    assert silences(known, "silent") == {"bright.example": True, "old.example": False}
    assert known("status").object["drifting"] == [
        {"site": "old.example", "batch_id": "silent", "checks": ["silence_is_usual"]}
    ]
    metrics = ask("status", "--metrics", "--home", known.home).out.splitlines()
    assert 'copydesk_site_drifting{site="old.example"} 1.0' in metrics
    page = (known.home / "reports" / "batches" / "silent.html").read_text("utf-8")
    assert "silence_is_usual" in page.split('id="checks"')[1].split("passed")[0]
    (heard,) = listener.heard
    assert heard["title"] == "copydesk: batch silent lacks sites that it usually has"
    assert "sites silent: old.example" in heard["message"].splitlines()
    event = events_of(prefect_api, known.home, 2)["copydesk.site.silent"]
    assert event["resource"]["prefect.resource.id"] == "copydesk.site.old.example"
    assert event["payload"]["batch_id"] == "silent"
    known("run", feed(4), "--batch", "back")
    assert silences(known, "back") == {"bright.example": True, "old.example": True}
    assert known("status").object["drifting"] == []
    over = listener.heard[1]
    assert over["title"] == "copydesk: batch back shows that trouble is over"
    assert "no longer missed: old.example" in over["message"].splitlines()


def test_a_site_that_stays_silent_is_told_once(known: Desk, feed: Feed, listener: Listener) -> None:
    for number in range(3, 6):
        known("run", feed(number, ["bright.example"]))
    assert known("status").object["drifting"][0]["site"] == "old.example"
    assert len(listener.heard) == 1


def test_a_second_reading_of_the_day_misses_nobody_who_came_with_the_first(
    known: Desk, feed: Feed
) -> None:
    known("run", feed(3), "--batch", "first")
    known("run", feed(4, ["bright.example"]), "--batch", "second")
    assert silences(known, "second") == {"bright.example": True, "old.example": True}


def test_other_sources_and_replays_miss_nobody(known: Desk, feed: Feed) -> None:
    known("run", feed(3, ["bright.example"], name="folder"), "--batch", "other")
    known("replay", "week0", "--batch", "again")
    assert (silences(known, "other"), silences(known, "again")) == ({}, {})
    assert known("status").object["drifting"] == []


def test_where_no_source_could_be_read_nobody_is_missed(known: Desk, feed: Feed) -> None:
    gone = feed(3)
    gone.unlink()
    assert known("run", gone, "--batch", "gone").object["status"] == "failed"
    assert silences(known, "gone") == {}


def test_a_source_that_gives_nothing_at_all_misses_all_its_sites(known: Desk, feed: Feed) -> None:
    known("run", feed(0), "--batch", "stale")
    assert silences(known, "stale") == {"bright.example": False, "old.example": False}
