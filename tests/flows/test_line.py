from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks import shards
from tests.conftest import Desk, story

pytestmark = pytest.mark.prefect
OUTCOMES = ("published", "unchanged", "duplicate", "quarantined", "failed", "held")


def assert_books_balance(desk: Desk) -> None:
    for row in desk.sql("SELECT * FROM batches"):
        assert row["documents"] == sum(row[name] for name in OUTCOMES), row
        counted = desk.value(f"SELECT count(*) FROM documents WHERE batch_id = '{row['batch_id']}'")
        assert counted == row["documents"]


def test_a_folder_becomes_published_articles(desk: Desk, inbox: Callable[..., Path]) -> None:
    said = desk("run", inbox(3))
    assert said.code == 0
    assert said.object["status"] == "published"
    assert said.counts == {
        "documents": 3,
        "published": 3,
        "unchanged": 0,
        "duplicate": 0,
        "quarantined": 0,
        "failed": 0,
        "held": 0,
    }
    assert desk.value("SELECT count(*) FROM articles WHERE language = 'en'") == 3
    assert desk.value("SELECT text FROM articles WHERE text LIKE '%Port A0 %'").startswith(
        "The harbour council of Port A0 agreed"
    )
    assert desk.value("SELECT count(*) FROM checks WHERE NOT success AND severity = 'hold'") == 0
    assert_books_balance(desk)


def test_the_same_run_again_changes_nothing_but_when_articles_were_seen(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(3)
    (folder / "tiny.txt").write_text("Too short.", "utf-8")
    desk("run", folder)
    tables = {
        "articles": "SELECT * EXCLUDE (last_seen_at) FROM articles ORDER BY ALL",
        "article_revisions": "SELECT * EXCLUDE (last_seen_at) FROM article_revisions ORDER BY ALL",
        "removed_lines": "SELECT * FROM removed_lines ORDER BY ALL",
        "quarantine": "SELECT * FROM quarantine ORDER BY ALL",
    }
    before = {name: desk.sql(query) for name, query in tables.items()}
    seen = desk.value("SELECT max(last_seen_at) FROM articles")
    said = desk("run", folder)
    assert said.code == 0
    assert said.object["status"] == "nothing_new"
    assert said.counts["unchanged"] == 4
    assert {name: desk.sql(query) for name, query in tables.items()} == before
    assert desk.value("SELECT max(last_seen_at) FROM articles") > seen
    assert_books_balance(desk)


def test_an_edited_file_is_a_new_revision_and_older_text_that_returns_another(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(2)
    desk("run", folder)
    (folder / "000.txt").write_text(story(0, note="A later note was added here."), "utf-8")
    said = desk("run", folder)
    assert (said.counts["published"], said.counts["unchanged"]) == (1, 1)
    (folder / "000.txt").write_text(story(0), "utf-8")
    desk("run", folder)
    rows = desk.sql(
        "SELECT article_id, revision, text FROM article_revisions "
        "WHERE text LIKE '%Port A0 %' ORDER BY revision"
    )
    assert [row["revision"] for row in rows] == [1, 2, 3]
    assert len({row["article_id"] for row in rows}) == 1
    assert rows[0]["text"] == rows[2]["text"] != rows[1]["text"]
    assert desk.value("SELECT count(*) FROM articles") == 2


def test_other_bytes_of_a_known_text_are_read_and_kept_once(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    file = inbox(1) / "000.txt"
    bytes_of = (story(0).encode(), f"{story(0)}\n\n".encode())
    kept = []
    for number, payload in enumerate((*bytes_of, *bytes_of, bytes_of[1])):
        file.write_bytes(payload)
        said = desk("run", file, "--batch", f"run-{number}")
        assert said.counts["published" if number == 0 else "unchanged"] == 1
        (shard,) = (desk.home / "raw" / f"run-{number}").glob("*.parquet")
        kept += [record["payload"] for record in shards.read(str(shard))]
    assert kept == [*bytes_of, None, None, None]
    article = desk.value("SELECT article_id FROM articles")
    assert desk.sql("SELECT DISTINCT article_id FROM documents") == [{"article_id": article}]
    last = "SELECT max(fetched_at) FROM documents"
    assert desk.value("SELECT last_seen_at FROM articles") == desk.value(last)


def test_what_is_unchanged_is_kept_once_after_its_first_payload_was_pruned(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(1)
    desk("run", folder)
    assert desk("maintain", "--raw-days", "0").code == 0
    kept = []
    for number in range(3):
        desk("run", folder, "--batch", f"after-{number}")
        (shard,) = (desk.home / "raw" / f"after-{number}").glob("*.parquet")
        kept += [record["payload"] is not None for record in shards.read(str(shard))]
    assert kept == [True, False, False]


def test_the_same_text_at_another_place_is_a_duplicate(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(1)
    (folder / "copy.txt").write_text(story(0) + "\n", "utf-8")
    said = desk("run", folder)
    assert (said.counts["published"], said.counts["duplicate"]) == (1, 1)
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_text(story(0).replace("\n\n", "\n"), "utf-8")
    again = desk("run", elsewhere)
    assert again.counts["duplicate"] == 1
    article = desk.value("SELECT article_id FROM articles")
    assert desk.sql("SELECT DISTINCT article_id FROM documents") == [{"article_id": article}]


def test_a_named_batch_that_is_finished_is_a_usage_error(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(1)
    assert desk("run", folder, "--batch", "monday").object["batch_id"] == "monday"
    said = desk("run", folder, "--batch", "monday")
    assert (said.code, said.error["code"]) == (2, "usage")
    assert "monday" in said.error["message"]


def test_a_dry_run_answers_as_a_run_and_changes_nothing(
    desk: Desk, inbox: Callable[..., Path]
) -> None:
    folder = inbox(2)
    desk("run", folder)
    inbox(4)
    before = sorted(str(p.relative_to(desk.home)) for p in desk.home.rglob("*"))
    said = desk("run", folder, "--dry-run")
    assert (said.counts["published"], said.counts["unchanged"]) == (2, 2)
    assert desk.value("SELECT count(*) FROM batches") == 1
    assert sorted(str(p.relative_to(desk.home)) for p in desk.home.rglob("*")) == before


def test_a_limit_bounds_what_a_batch_takes(desk: Desk, inbox: Callable[..., Path]) -> None:
    assert desk("run", inbox(5), "--limit", "2").counts["documents"] == 2


def test_a_whole_source_that_cannot_be_read_is_one_failed_document(
    desk: Desk, inbox: Callable[..., Path], tmp_path: Path
) -> None:
    said = desk("run", inbox(2), tmp_path / "nowhere")
    assert said.code == 4
    assert (said.counts["published"], said.counts["failed"]) == (2, 1)
    assert "nowhere" in said.object["source_errors"][0]
    assert desk.value("SELECT reason FROM documents WHERE outcome = 'failed'") == "unreadable"


def test_when_no_source_can_be_read_the_batch_fails(desk: Desk, tmp_path: Path) -> None:
    said = desk("run", tmp_path / "nowhere", tmp_path / "*.nothing")
    assert said.code == 1
    assert said.counts["failed"] == 2
    assert "nowhere" in said.error["message"]
    assert_books_balance(desk)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file_fails_alone(desk: Desk, inbox: Callable[..., Path]) -> None:
    folder = inbox(2)
    (folder / "001.txt").chmod(0)
    said = desk("run", folder)
    assert said.code == 0
    assert (said.counts["published"], said.counts["failed"]) == (1, 1)


def test_a_batch_of_refusals_is_held_by_the_checks(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "menus"
    folder.mkdir()
    for number in range(25):
        (folder / f"{number}.txt").write_text(f"Menu {number}", "utf-8")
    said = desk("run", folder)
    assert said.code == 3
    assert said.object["status"] == "held"
    assert "refused_share" in said.object["why"]
    assert_books_balance(desk)


def test_the_five_seeds_come_out_clean(desk: Desk, shared: Path) -> None:
    said = desk("run", shared / "seeds")
    assert said.counts["published"] == 5
    rows = {
        row["locator"].rsplit("/", 1)[1][:3]: row
        for row in desk.sql(
            "SELECT d.locator, a.title, a.site_name, a.published_on, a.text "
            "FROM articles AS a JOIN documents AS d USING (document_id)"
        )
    }
    assert {n: rows[n]["published_on"] for n in rows} == {
        "000": None,
        "001": None,
        "002": "2024-11-19",
        "003": "2024-11-19",
        "004": "2024-11-19",
    }
    assert [n for n in rows if rows[n]["title"]] == ["003"]
    assert rows["001"]["site_name"] == "News Snap Circle"
    assert rows["002"]["text"].count("is expected to visit India in the coming months") == 1
    leftovers = ("Site icon", "Exit mobile version", "date 2024", "Wednesday, November")
    assert not [w for row in rows.values() for w in leftovers if w in row["text"]]
