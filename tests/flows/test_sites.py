from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Desk, story
from tests.flows.conftest import ask

pytestmark = pytest.mark.prefect
Day = Callable[..., Path]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Write one day of two newsrooms, eleven articles each; `undated` names one without dates."""
    folder = tmp_path_factory.mktemp("days")

    def write(number: int, *, undated: str | None = None) -> Path:
        file = folder / f"day-{number}.jsonl"
        lines = []
        for site in ("brightwater.example", "oldquay.example"):
            for article in range(11):
                place = 1000 * number + article + (500 if site < "c" else 0)
                record = {
                    "id": f"{site}-{place}",
                    "url": f"https://{site}/{place}",
                    "title": f"Fish market of Port {place} moves to the rope works",
                    "text": story(place),
                }
                if site != undated:
                    record["date"] = "2026-03-02"
                lines.append(json.dumps(record))
        file.write_text("\n".join(lines), "utf-8")
        return file

    return write


@pytest.fixture(scope="module")
def four_days(day: Day, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """A home with three days as ever, and a fourth on which one site's dates are gone."""
    home = tmp_path_factory.mktemp("four") / "home"

    def run(*words: object) -> dict[str, Any]:
        return ask("run", *words, "--json", "--home", home).object

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_BASELINES__MIN_BATCHES", "3")
        for number in range(3):
            assert run(day(number))["status"] == "published"
        said = run(day(3, undated="oldquay.example"), "--batch", "drift")
    assert said["status"] == "partly_held"
    assert (said["counts"]["published"], said["counts"]["held"]) == (11, 11)
    assert "oldquay.example: dates_are_usual" in said["why"]
    return home


@pytest.fixture
def drifted(desk: Desk, four_days: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a copy of that home in place of the desk's; return its last batch."""
    monkeypatch.setenv("COPYDESK_BASELINES__MIN_BATCHES", "3")
    shutil.copytree(four_days, desk.home)
    return "drift"


def articles(desk: Desk, batch: str) -> dict[str, int]:
    rows = desk.sql(
        f"SELECT site, count(*) AS articles FROM articles WHERE batch_id = '{batch}' GROUP BY site"
    )
    return {row["site"]: row["articles"] for row in rows}


def test_a_site_that_drifts_is_held_alone_and_released_alone(
    desk: Desk, day: Day, drifted: str
) -> None:
    assert articles(desk, drifted) == {"brightwater.example": 11}
    assert desk("status").object["waiting"][0]["batch_id"] == drifted
    (check,) = desk.sql("SELECT * FROM checks WHERE suite = 'sites' AND NOT success")
    assert (check["column_name"], check["severity"]) == ("oldquay.example", "hold")
    said = desk("release", drifted, "--site", "oldquay.example", "--why", "a new design")
    assert (said.object["status"], said.object["site"]) == ("published", "oldquay.example")
    assert articles(desk, drifted) == {"brightwater.example": 11, "oldquay.example": 11}
    assert desk.sql("SELECT verb, batch_id, site FROM decisions") == [
        {"verb": "release", "batch_id": drifted, "site": "oldquay.example"}
    ]
    taught = desk("run", day(4, undated="oldquay.example"))
    assert taught.object["status"] == "published"


def test_a_site_rejected_alone_waits_no_longer_and_can_be_turned_round(
    desk: Desk, drifted: str
) -> None:
    said = desk("reject", drifted, "--site", "oldquay.example", "--why", "broken")
    assert (said.object["status"], said.counts["held"]) == ("published", 11)
    assert desk("status").object["waiting"] == []
    again = desk("reject", drifted, "--site", "oldquay.example", "--why", "broken")
    assert "already rejected" in again.error["message"]
    desk("withdraw", drifted, "--site", "brightwater.example", "--why", "as well")
    assert articles(desk, drifted) == {}
    desk("release", drifted, "--site", "brightwater.example", "--why", "no")
    desk("release", drifted, "--site", "oldquay.example", "--why", "mended by hand")
    assert articles(desk, drifted) == {"brightwater.example": 11, "oldquay.example": 11}


def test_rejecting_the_rest_of_a_batch_leaves_what_it_shows_and_what_was_taken_back(
    desk: Desk, day: Day, drifted: str
) -> None:
    desk("withdraw", drifted, "--site", "brightwater.example", "--why", "all wrong")
    assert articles(desk, drifted) == {}
    said = desk("reject", drifted, "--why", "broken")
    assert (said.object["status"], articles(desk, drifted)) == ("rejected", {})
    desk("release", drifted, "--site", "brightwater.example", "--why", "it was right")
    assert articles(desk, drifted) == {"brightwater.example": 11}
    desk("run", day(4, undated="oldquay.example"), "--batch", "next")
    said = desk("reject", "next", "--why", "broken again")
    assert (said.object["status"], said.counts["held"]) == ("rejected", 11)
    assert articles(desk, "next") == {"brightwater.example": 11}


def test_releasing_a_batch_shows_again_what_was_taken_back_of_its_sites(
    desk: Desk, drifted: str
) -> None:
    desk("reject", drifted, "--site", "oldquay.example", "--why", "broken")
    said = desk("release", drifted, "--why", "mended by hand")
    assert (said.object["status"], said.counts["held"]) == ("published", 0)
    assert articles(desk, drifted) == {"brightwater.example": 11, "oldquay.example": 11}
    desk("withdraw", drifted, "--site", "brightwater.example", "--why", "all wrong")
    desk("release", drifted, "--why", "it was right")
    assert articles(desk, drifted) == {"brightwater.example": 11, "oldquay.example": 11}
    again = desk("release", drifted, "--why", "again")
    assert "already published" in again.error["message"]


def test_a_refused_page_of_a_folder_is_of_the_site_that_it_names(
    desk: Desk, tmp_path: Path
) -> None:
    """So that a site whose files are all walls is seen to drift."""
    wall = (
        "<div><h1>Your privacy</h1><p>We and our partners use cookies to store and access "
        "information on a device, such as identifiers, to show personalised ads.</p>"
        "<p>Accept all cookies to go on to the site, or manage your choices here.</p></div>"
    )
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, body in (("story", f"<article><p>{story(1)}</p></article>"), ("wall", wall)):
        link = f"<link rel='canonical' href='https://oldquay.example/{name}'>"
        html = f"<html><head><title>Port One</title>{link}</head><body>{body}</body></html>"
        (inbox / f"{name}.html").write_text(html)
    desk("run", inbox)
    assert desk.sql("SELECT outcome, site FROM document_places ORDER BY outcome") == [
        {"outcome": "published", "site": "oldquay.example"},
        {"outcome": "quarantined", "site": "oldquay.example"},
    ]
    assert desk.value("SELECT reason FROM quarantine") == "consent_wall"


def test_an_unknown_site_and_a_site_of_no_batch_are_named(desk: Desk, drifted: str) -> None:
    unknown = desk("release", drifted, "--site", "nowhere.example", "--why", "x")
    assert "nowhere.example" in unknown.error["message"]
    assert desk("release", "nope", "--site", "oldquay.example", "--why", "x").code == 1
    assert desk.sql("SELECT * FROM decisions") == []
