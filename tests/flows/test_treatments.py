"""What a source says of its own articles reaches every worker, after a kill and in a replay too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.commands.run import conclude
from flows.settings import load_settings
from tests.conftest import Desk, story
from tests.flows.conftest import BACKSTOP_SECONDS

CREDIT = "Photo: Jo Marsh / Harbour Press"
AUTHOR = "Ada Quill has reported on the port and its trade for this newspaper since 2009."
PAGE = (
    "<html><head><title>Fish market moves</title></head><body><nav><a href='/'>Home</a></nav>"
    "<article><h1>Fish market moves</h1>{text}<p class='author-bio'>{author}</p></article>"
    "</body></html>"
)
DOUBTFUL = "Feri ke pulau akan berlayar semula pada hari Isnin"
"""Indonesian or Malay: the detector takes the two for one another."""

pytestmark = pytest.mark.prefect


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A text with a leftover, a page with a paragraph in doubt, a text in one of two languages."""
    made = tmp_path / "articles"
    made.mkdir()
    (made / "text.txt").write_text(story(1, note=CREDIT), "utf-8")
    paragraphs = "".join(f"<p>{line}</p>" for line in story(2).split("\n") if line)
    (made / "page.html").write_text(PAGE.format(text=paragraphs, author=AUTHOR), "utf-8")
    (made / "malay.txt").write_text((DOUBTFUL + ", kata lembaga pelabuhan. ") * 4, "utf-8")
    return made


@pytest.fixture
def settings(desk: Desk) -> Callable[..., None]:
    """Write the settings of the desk: one source, with these lines beside its name and locator."""

    def write(locator: Path, *lines: str, more: str = "") -> None:
        desk.home.mkdir(exist_ok=True)
        source = ["[[sources]]", 'name = "gazette"', f'locator = "{locator}"', *lines]
        (desk.home / "copydesk.toml").write_text("\n".join([*source, more]) + "\n", "utf-8")

    return write


OWN = ('language = "id"', 'extraction = "recall"', 'skip_rules = ["photo_credit"]')


def seen(desk: Desk) -> dict[str, Any]:
    """What of the three overrides is seen in the articles."""
    (row,) = desk.sql(
        f"SELECT count_if(text LIKE '%{CREDIT}%') AS kept, "
        f"count_if(text LIKE '%{AUTHOR}%') AS recalled, count_if(language = 'id') AS indonesian, "
        "count_if(site = 'gazette') AS named, count(*) AS articles FROM articles"
    )
    return row


EVERYTHING = {"kept": 1, "recalled": 1, "indonesian": 1, "named": 3, "articles": 3}
NOTHING = EVERYTHING | {"kept": 0, "recalled": 0, "indonesian": 0}


@pytest.mark.parametrize("words", [("gazette",), ()], ids=["by name", "when due"])
def test_the_line_treats_a_source_as_its_settings_say(
    desk: Desk, folder: Path, settings: Callable[..., None], words: tuple[str, ...]
) -> None:
    settings(folder, *OWN)
    assert desk("run", *words).counts["published"] == 3
    assert seen(desk) == EVERYTHING
    assert desk.value("SELECT count(*) FROM removed_lines WHERE rule = 'photo_credit'") == 0
    assert desk.value("SELECT count(*) FROM articles WHERE extractor LIKE '%, recall'") == 1


def test_a_source_that_says_nothing_is_treated_as_all(
    desk: Desk, folder: Path, settings: Callable[..., None]
) -> None:
    settings(folder)
    assert desk("run", "gazette").counts["published"] == 3
    assert seen(desk) == NOTHING


def test_a_schedule_treats_a_source_the_same(
    desk: Desk, folder: Path, settings: Callable[..., None]
) -> None:
    from flows.deployments import deployments
    from flows.ingest import ingest

    schedule = '[[schedules]]\nname = "often"\nsources = ["gazette"]\ninterval_seconds = 60'
    settings(folder, *OWN, more=schedule)
    (served,) = deployments(load_settings(str(desk.home)))
    ingest(**served.parameters)
    assert seen(desk) == EVERYTHING


def test_a_replay_knows_whose_documents_it_takes_and_what_the_settings_say_now(
    desk: Desk, folder: Path, settings: Callable[..., None]
) -> None:
    settings(folder, *OWN)
    desk("run", "gazette")
    assert desk("replay").counts["unchanged"] == 3
    settings(folder)
    assert desk("replay").counts["published"] >= 2
    assert seen(desk)["kept"] == seen(desk)["recalled"] == 0
    assert seen(desk)["named"] == 3


def test_the_first_run_after_a_change_says_that_known_documents_stay_as_they_are(
    desk: Desk, folder: Path, settings: Callable[..., None]
) -> None:
    settings(folder, *OWN)
    assert desk("run", "gazette").object["treated_anew"] == []
    settings(folder)
    said = desk("run", "gazette")
    assert (said.object["treated_anew"], said.counts["unchanged"]) == (["gazette"], 3)
    assert desk("run", "gazette").object["treated_anew"] == []


def test_a_change_is_told_in_one_line_that_names_the_source_and_the_command(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = dict.fromkeys(
        ("documents", "published", "unchanged", "duplicate", "quarantined", "failed", "held"), 0
    )
    report = {
        "batch_id": "b", "status": "nothing_new", "counts": counts, "seconds": 1.0, "why": None,
        "sources": 1, "source_errors": [], "treated_anew": ["gazette"], "data_docs": None,
        "report": None,
    }  # fmt: skip
    assert conclude(report, load_settings(str(desk.home)), as_json=False) == 0
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "gazette" in line]
    assert "`copydesk replay`" in line


def test_after_a_kill_a_batch_goes_on_as_it_was_begun(
    desk: Desk, folder: Path, settings: Callable[..., None], tmp_path: Path
) -> None:
    settings(folder, *OWN)
    killed = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", "gazette", "--home", str(desk.home)],
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + BACKSTOP_SECONDS
    while not list(desk.home.glob("raw/*/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.002)
    killed.kill()
    killed.wait()
    settings(folder)
    other = tmp_path / "other.txt"
    other.write_text("Menu", "utf-8")
    assert len(desk("run", other).object["resumed"]) == 1
    assert seen(desk) == EVERYTHING


def test_a_check_and_a_preview_show_what_the_line_would_make(
    desk: Desk, folder: Path, settings: Callable[..., None]
) -> None:
    settings(folder / "text.txt", *OWN)
    checked = desk("sources", "check", "gazette").object["sources"][0]
    assert checked["article"]["text"].endswith(CREDIT)
    assert checked["article"]["site"] == "gazette"
    assert checked["removed_lines"] == []
    previewed = desk("preview", "gazette").object
    assert previewed == {k: v for k, v in checked.items() if k != "name"}
    settings(folder / "page.html", *OWN)
    assert AUTHOR in desk("preview", "gazette").object["article"]["text"]
    settings(folder / "malay.txt", *OWN)
    assert desk("preview", "gazette").object["article"]["language"] == "id"
    assert desk("preview", folder / "malay.txt").object["article"]["language"] == "ms"


def test_a_dry_run_says_what_the_run_would(
    desk: Desk, tmp_path: Path, settings: Callable[..., None]
) -> None:
    people = ("Jo Marsh", "Ada Quill", "Ben Tarn", "Eve Lock", "Sam Pike", "Ivy Reed", "Lea Hill")
    lines = "\n".join(f"Photo: {name} / Harbour Press" for name in people)
    text = tmp_path / "gallery.txt"
    text.write_text(f"The market moved.\n{lines}\n", "utf-8")
    settings(text)
    assert desk("run", "gazette", "--dry-run").counts["quarantined"] == 1
    settings(text, *OWN)
    assert desk("run", "gazette", "--dry-run").counts["published"] == 1
    assert desk("run", "gazette").counts["published"] == 1


def test_a_list_of_sources_shows_what_each_says(
    desk: Desk, folder: Path, settings: Callable[..., None]
) -> None:
    settings(folder, *OWN)
    (listed,) = desk("sources", "list").object["sources"]
    assert (listed["language"], listed["extraction"]) == ("id", "recall")
    assert listed["skip_rules"] == ["photo_credit"]


def test_a_batch_of_an_earlier_version_is_still_read() -> None:
    from flows.options import Options

    assert Options.of_json('{"limit": 3, "look_again": false, "documents": null}').limit == 3
    assert json.loads(Options().as_json())["treatments"] == {}
