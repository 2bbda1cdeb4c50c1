"""`quarantine retry --as-is`: a refused document is published on a person's word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Desk, story
from tests.flows.conftest import ask, one_line, page
from tests.flows.test_interruptions import stop_at
from tests.flows.test_line import assert_books_balance

pytestmark = pytest.mark.prefect

FLASH = "Port A closes at noon."
LOST = """<html lang="en"><head><title>Page not found</title></head><body><article>
<h1>Page not found</h1>
<p>That is what the poet called her new book about the harbour, and about all that it has lost.</p>
</article></body></html>"""
MARKUP = page(3, "&lt;i&gt;Ferry&lt;/i&gt; to the islands", "ferry")


@pytest.fixture
def refused(desk: Desk, inbox: Callable[..., Path]) -> Path:
    """A batch with an article, and documents refused for text, looks and a row check."""
    folder = inbox(1)
    (folder / "flash.txt").write_text(FLASH, "utf-8")
    (folder / "lost.html").write_text(LOST, "utf-8")
    (folder / "ferry.html").write_text(MARKUP, "utf-8")
    (folder / "empty.txt").write_text(" ", "utf-8")
    (folder / "image.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert desk("run", folder, "--batch", "first").counts["published"] == 1
    return folder


def reasons(desk: Desk) -> dict[str, str]:
    rows = desk.sql("SELECT locator, reason FROM quarantine")
    return {Path(row["locator"]).name: row["reason"] for row in rows}


def test_what_a_person_vouches_for_is_published_as_it_was_read(desk: Desk, refused: Path) -> None:
    waiting = reasons(desk)
    assert waiting["flash.txt"] == "too_short"
    assert waiting["lost.html"] == "soft_404"
    assert waiting["ferry.html"].startswith("check_failed:")
    names = ("flash.txt", "lost.html", "ferry.html")
    said = desk(
        "quarantine", "retry", "--as-is", *(refused / name for name in names), "--why", "seen"
    )
    assert (said.code, said.object["status"]) == (0, "published")
    assert (said.counts["documents"], said.counts["published"]) == (3, 3)
    assert set(reasons(desk)) == set(waiting) - set(names)
    assert desk.value(f"SELECT count(*) FROM articles WHERE text = '{FLASH}'") == 1
    batch = said.object["batch_id"]
    (decided, *_) = desk.sql("SELECT * FROM decisions")
    assert (decided["verb"], decided["why"], decided["batch_id"]) == ("publish", "seen", batch)
    assert decided["user_name"]
    assert decided["decided_at"]
    documents = "SELECT document_id FROM documents WHERE batch_id = 'first'"
    assert desk.value(f"SELECT count(*) FROM decisions WHERE document_id IN ({documents})") == 3
    assert desk("explain", refused / "flash.txt").object["decisions"][0]["verb"] == "publish"
    failed = desk.sql(f"SELECT expectation FROM checks WHERE batch_id = '{batch}' AND NOT success")
    assert waiting["ferry.html"].partition(":")[2] in [row["expectation"] for row in failed]


def test_a_word_given_before_a_kill_still_counts(
    desk: Desk, refused: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, "acquire", OSError(5, "Input/output error"))
    words = ("--as-is", refused / "flash.txt", refused / "ferry.html", "--why", "seen")
    assert desk("quarantine", "retry", *words).code == 1
    assert desk.value("SELECT count(*) FROM articles") == 1
    assert len(desk("run", refused).object["resumed"]) == 1
    assert desk.value("SELECT count(*) FROM articles") == 3
    assert_books_balance(desk)


def test_no_rule_and_no_schedule_undoes_a_persons_word(desk: Desk, refused: Path) -> None:
    desk("quarantine", "retry", "--as-is", refused / "flash.txt", "--why", "seen")
    before = desk.sql("SELECT * EXCLUDE (last_seen_at) FROM article_revisions ORDER BY ALL")
    waiting = reasons(desk)
    assert desk("run", refused).counts["unchanged"] == 6
    assert desk("replay", "--diff").object["changed"] == 0
    assert desk("replay").counts["published"] == 0
    assert desk.sql("SELECT * EXCLUDE (last_seen_at) FROM article_revisions ORDER BY ALL") == before
    assert reasons(desk) == waiting


def test_withdraw_turns_it_round_and_release_back(desk: Desk, refused: Path) -> None:
    desk("quarantine", "retry", "--as-is", refused / "flash.txt", "--why", "seen")
    assert desk("withdraw", refused / "flash.txt", "--why", "was a hoax").code == 0
    assert desk.value("SELECT count(*) FROM articles") == 1
    desk("run", refused)
    assert reasons(desk)["flash.txt"] == "withdrawn"
    again = desk("quarantine", "retry", "--as-is", refused / "flash.txt", "--why", "no")
    assert (again.code, again.error["code"]) == (1, "decision_refused")
    assert "release" in again.error["remedy"]
    assert desk("release", refused / "flash.txt", "--why", "was none").code == 0
    assert desk.value("SELECT count(*) FROM articles") == 2


def test_of_two_vouched_copies_one_is_a_duplicate(desk: Desk, inbox: Callable[..., Path]) -> None:
    folder = inbox(0)
    for name in ("one.html", "two.html"):
        slug = name.partition(".")[0]
        (folder / name).write_text(MARKUP.replace("/ferry", f"/{slug}"), "utf-8")
    desk("run", folder, "--batch", "first")
    both = (folder / "one.html", folder / "two.html")
    said = desk("quarantine", "retry", "--as-is", *both, "--why", "seen")
    assert (said.counts["published"], said.counts["duplicate"]) == (1, 1)
    assert reasons(desk) == {}


def test_what_has_no_text_cannot_be_published_and_says_so(desk: Desk, refused: Path) -> None:
    for name, reason in (("empty.txt", "empty_body"), ("image.html", "not_html")):
        answer = ask(
            "quarantine", "retry", "--as-is", refused / name, "--why", "x", "--home", desk.home
        )
        assert answer.code == 1
        one_line(answer, "cannot be published as it is", reason, "no text to publish")
    assert desk.sql("SELECT * FROM decisions") == []
    assert desk.value("SELECT count(*) FROM batches") == 1


def test_words_that_do_not_fit_are_usage_errors(desk: Desk, refused: Path) -> None:
    for words in (
        ("--as-is", "--why", "x"),
        ("--as-is", refused / "flash.txt"),
        ("--as-is", refused / "flash.txt", "--why", " "),
        (refused / "flash.txt", "--why", "x"),
    ):
        said = desk("quarantine", "retry", *words)
        assert (said.code, said.error["code"]) == (2, "usage"), words
    said = desk("quarantine", "retry", "--as-is", refused / "000.txt", "--why", "x")
    assert "does not wait in quarantine" in said.error["message"]
    assert story(0)[:20] in desk.value("SELECT text FROM articles")
