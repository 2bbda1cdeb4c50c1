from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Desk, story

pytestmark = pytest.mark.prefect


@pytest.fixture
def held(desk: Desk, inbox: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> str:
    """A batch that the checks hold: two articles among refusals, with a strict gate."""
    monkeypatch.setenv("COPYDESK_GATE__MIN_DOCUMENTS", "3")
    folder = inbox(2)
    for number in range(5):
        (folder / f"menu{number}.txt").write_text(f"Menu {number}", "utf-8")
    said = desk("run", folder, "--batch", "held-one")
    assert (said.code, said.counts["held"], said.counts["quarantined"]) == (3, 2, 5)
    return "held-one"


def status(desk: Desk, batch: str) -> str:
    return str(desk.value(f"SELECT status FROM batches WHERE batch_id = '{batch}'"))


def test_held_text_is_not_in_the_reading_copy(desk: Desk, held: str) -> None:
    assert desk.value("SELECT count(*) FROM article_revisions") == 0
    assert b"harbour council" not in (desk.home / "published.duckdb").read_bytes()
    assert desk("status").object["waiting"][0]["batch_id"] == held


def test_release_publishes_what_was_held(desk: Desk, held: str) -> None:
    said = desk("release", held, "--why", "the menus are known")
    assert said.object["status"] == "published"
    assert (said.counts["published"], said.counts["held"]) == (2, 0)
    assert desk.value("SELECT count(*) FROM articles") == 2
    assert desk.value("SELECT why FROM batches") == "the menus are known"


def test_reject_keeps_it_out_and_release_turns_that_round(desk: Desk, held: str) -> None:
    said = desk("reject", held, "--why", "half of it is menus")
    assert (said.object["status"], said.counts["held"]) == ("rejected", 2)
    assert desk.value("SELECT count(*) FROM articles") == 0
    desk("release", held, "--why", "on second thought")
    assert desk.value("SELECT count(*) FROM articles") == 2
    assert [row["verb"] for row in desk.sql("SELECT verb FROM decisions")] == ["reject", "release"]


def test_what_a_person_rejected_is_refused_when_it_is_taken_in_again(
    desk: Desk, held: str, inbox: Callable[..., Path]
) -> None:
    desk("reject", held, "--why", "no")
    said = desk("run", inbox(2, name="inbox"))
    assert said.counts["published"] == said.counts["held"] == 0
    refused = desk.sql(
        "SELECT reason FROM documents WHERE outcome = 'quarantined' AND reason = 'withdrawn'"
    )
    assert len(refused) == 2
    again = desk("run", inbox(2, name="inbox"))
    assert again.counts["unchanged"] == 7


def test_what_is_held_and_taken_in_again_is_unchanged(
    desk: Desk, held: str, inbox: Callable[..., Path]
) -> None:
    said = desk("run", inbox(2, name="inbox"))
    assert said.counts["unchanged"] == 7
    assert status(desk, held) == "held"


def test_withdrawing_a_batch_shows_the_newest_revision_left(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(1)
    desk("run", folder, "--batch", "first")
    (folder / "000.txt").write_text(story(0, note="A wrong note."), "utf-8")
    desk("run", folder, "--batch", "second")
    said = desk("withdraw", "second", "--why", "the note was wrong")
    assert (said.object["status"], said.counts["published"]) == ("withdrawn", 1)
    assert desk.value("SELECT revision FROM articles") == 1
    assert desk("run", folder).counts["quarantined"] == 1
    assert desk.value("SELECT revision FROM articles") == 1
    assert desk.value("SELECT count(*) FROM quarantine") == 1
    desk("release", "second", "--why", "it was right after all")
    assert desk.value("SELECT revision FROM articles") == 2
    assert desk.value("SELECT count(*) FROM quarantine") == 0


def test_a_withdrawn_article_stays_away_whatever_schedules_do(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(2)
    desk("run", folder, "--batch", "first")
    locator = str(folder / "000.txt")
    said = desk("withdraw", locator, "--why", "a court order")
    assert said.code == 0
    assert desk.value("SELECT count(*) FROM articles") == 1
    assert b"Port A0 " not in (desk.home / "published.duckdb").read_bytes()
    (folder / "000.txt").write_text(story(0, note="Edited."), "utf-8")
    (folder / "copy.txt").write_text(story(0), "utf-8")
    again = desk("run", folder)
    assert (again.counts["quarantined"], again.counts["published"]) == (2, 0)
    assert desk.value("SELECT count(*) FROM articles") == 1
    article = said.object["article_id"]
    assert desk("release", locator, "--why", "order lifted").object["article_id"] == article
    assert desk.value("SELECT count(*) FROM articles") == 2


@pytest.mark.parametrize(
    ("verb", "code"), [("release", "decision_refused"), ("reject", "decision_refused")]
)
def test_deciding_what_is_already_so_is_one_clear_error(
    desk: Desk, inbox: Callable[..., Path], verb: str, code: str
) -> None:
    desk("run", inbox(1), "--batch", "b")
    said = desk(verb, "b", "--why", "x")
    assert (said.code, said.error["code"]) == (1, code)
    assert "published" in said.error["message"]
    assert desk.sql("SELECT * FROM decisions") == []


def test_withdrawing_twice_is_one_clear_error(desk: Desk, inbox: Callable[..., Path]) -> None:
    desk("run", inbox(1), "--batch", "b")
    desk("withdraw", "b", "--why", "x")
    said = desk("withdraw", "b", "--why", "x")
    assert "already withdrawn" in said.error["message"]


def test_an_unknown_batch_and_an_empty_why_are_named(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    desk("run", inbox(1), "--batch", "b")
    assert "nope" in desk("release", "nope", "--why", "x").error["message"]
    assert desk("release", "b", "--why", "  ").code == 2
    assert desk("release", "b").code == 2


def test_a_discarded_document_leaves_the_list_and_stays_on_record(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(1)
    (folder / "menu.txt").write_text("Menu", "utf-8")
    desk("run", folder)
    (row,) = desk("quarantine", "list").object["quarantine"]
    assert desk("quarantine", "show", row["document_id"]).object["payload_head"] == "Menu"
    desk("run", folder)
    assert desk("quarantine", "discard", folder / "menu.txt", "--why", "a menu").code == 0
    assert desk("quarantine", "list").object["quarantine"] == []
    assert desk("run", folder).counts["unchanged"] == 2
    assert desk("quarantine", "list").object["quarantine"] == []
    assert desk.value("SELECT count(*) FROM documents WHERE outcome = 'quarantined'") == 1


def test_retry_runs_refused_documents_again_as_a_new_batch(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(1)
    (folder / "menu.txt").write_text("Menu", "utf-8")
    desk("run", folder)
    said = desk("quarantine", "retry")
    assert said.code == 0
    assert (said.counts["documents"], said.counts["unchanged"]) == (1, 1)
    assert desk.value("SELECT count(*) FROM quarantine") == 1


def test_a_lost_warehouse_is_made_anew_from_the_payloads(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(2)
    desk("run", folder)
    (folder / "000.txt").write_text(story(0, note="A later note."), "utf-8")
    desk("run", folder)
    query = "SELECT text, revision FROM article_revisions ORDER BY ALL"
    before = desk.sql(query)
    (desk.home / "warehouse.duckdb").unlink()
    assert desk("replay", "--from-raw").code == 0
    assert desk.sql(query) == before


def test_a_replay_by_the_same_rules_changes_nothing(desk: Desk, inbox: Callable[..., Path]) -> None:
    desk("run", inbox(3))
    said = desk("replay")
    assert (said.counts["documents"], said.counts["unchanged"]) == (3, 3)
    assert desk.value("SELECT max(revision) FROM article_revisions") == 1
