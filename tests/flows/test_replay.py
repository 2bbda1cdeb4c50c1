"""A replay by other rules than those that published: texts and facts become new revisions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.desk import Desk as Files
from tests.conftest import Desk, story
from tests.flows.conftest import page

pytestmark = pytest.mark.prefect

OLD_RULES = {
    "title": "'By older rules'",
    "authors": "['Nobody']",
    "published_on": "NULL",
    "modified_at": "now()",
    "site_name": "'Elsewhere'",
    "canonical_url": "NULL",
    "language": "'de'",
    "section": "'Sport'",
    "tags": "['old']",
    "image_url": "'https://herald.example/old.png'",
}
STORED = (
    "SELECT * EXCLUDE (last_seen_at) FROM articles ORDER BY article_id",
    "SELECT * EXCLUDE (last_seen_at) FROM article_revisions ORDER BY ALL",
    "SELECT * FROM removed_lines ORDER BY ALL",
    "SELECT * FROM quarantine ORDER BY ALL",
)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """As many pages as there are facts."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, column in enumerate(OLD_RULES):
        text = page(number, f"Why the harbour counts its {column}", column)
        (folder / f"{column}.html").write_text(text, "utf-8")
    return folder


def as_older_rules_read(desk: Desk, *columns: str) -> None:
    """Put what rules of the past might have read into the articles, one fact into each page's."""
    with Files(home=desk.home).writing("test") as connection:
        for column in columns:
            connection.execute(
                f"UPDATE published.article_revision SET {column} = {OLD_RULES[column]} "
                f"WHERE place LIKE '%{column}.html' OR place LIKE '%.txt'"
            )


def test_each_fact_read_anew_makes_a_new_revision_once(desk: Desk, pages: Path) -> None:
    desk("run", pages, "--batch", "first")
    by_today = f"SELECT {', '.join(OLD_RULES)}, text FROM articles ORDER BY text"
    expected = desk.sql(by_today)
    as_older_rules_read(desk, *OLD_RULES)
    said = desk("replay", "--batch", "better")
    assert (said.counts["documents"], said.counts["published"]) == (len(OLD_RULES),) * 2
    assert desk.sql(by_today) == expected
    assert desk.value("SELECT count(DISTINCT article_id) FROM articles") == len(OLD_RULES)
    assert desk.value("SELECT min(revision) FROM articles") == 2
    before = [desk.sql(query) for query in STORED]
    again = desk("replay")
    assert (again.counts["documents"], again.counts["unchanged"]) == (len(OLD_RULES),) * 2
    assert desk("run", pages).counts["unchanged"] == len(OLD_RULES)
    assert [desk.sql(query) for query in STORED] == before


def test_a_run_over_what_is_known_never_compares_facts(desk: Desk, pages: Path) -> None:
    desk("run", pages, "--batch", "first")
    as_older_rules_read(desk, "title")
    for raw in (desk.home / "raw" / "first").glob("*.parquet"):
        raw.unlink()  # so that the run extracts the same payloads again
    said = desk("run", pages)
    assert (said.counts["unchanged"], said.counts["published"]) == (len(OLD_RULES), 0)


def test_a_better_title_publishes_nothing_that_is_held_or_withdrawn(
    desk: Desk, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk("run", pages / "title.html", "--batch", "first")
    with monkeypatch.context() as strict:
        strict.setenv("COPYDESK_GATE__MIN_DOCUMENTS", "1")
        strict.setenv("COPYDESK_GATE__MAX_REFUSED_SHARE", "0")
        (pages / "menu.txt").write_text("Menu", "utf-8")
        (pages / "title.html").unlink()
        assert desk("run", pages, "--batch", "second").object["status"] == "held"
    desk("withdraw", "first", "--why", "retracted")
    as_older_rules_read(desk, "title")
    said = desk("replay")
    assert said.counts["published"] == 0
    assert desk.value("SELECT count(*) FROM articles") == 0


def test_a_replay_takes_from_a_replay_what_that_published(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    desk("run", inbox(1), "--batch", "first")
    for number in range(2):
        as_older_rules_read(desk, "language")
        said = desk("replay")
        assert (said.counts["documents"], said.counts["published"]) == (1, 1)
        assert desk.value("SELECT revision FROM articles") == number + 2


def test_a_replay_keeps_the_site_of_a_named_source(desk: Desk, inbox: Callable[..., Path]) -> None:
    folder = inbox(1)
    desk("sources", "add", "gazette", folder)
    desk("run", "gazette")
    assert desk.value("SELECT site FROM articles") == "gazette"
    assert desk("replay").counts["unchanged"] == 1
    as_older_rules_read(desk, "language")
    assert desk("replay").counts["published"] == 1
    assert desk.value("SELECT site FROM articles") == "gazette"


def test_a_copy_of_an_article_states_no_facts_for_it(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(1)
    (folder / "copy.html").write_text(f"<title>Copy</title><p>{story(0)}</p>", "utf-8")
    desk("run", folder)
    assert desk("replay", "--from-raw").counts["published"] == 0
