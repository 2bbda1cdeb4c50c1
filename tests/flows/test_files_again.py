"""A folder that is read again: which of its files are opened, and what becomes of the others."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from tasks import shards
from tasks.readers import by_kind
from tests.conftest import Desk, story
from tests.flows.conftest import ask, page
from tests.flows.test_line import assert_books_balance

SETTLED_SECONDS = 2.1
"""Longer than what a file system's clock may stand."""


def _fill(folder: Path) -> Path:
    """Put three articles in a file each, two in one file, and what holds none; wait a while."""
    folder.mkdir()
    (folder / "fish.html").write_text(page(1, "Fish market moves", "fish"), "utf-8")
    (folder / "story.txt").write_text(story(2), "utf-8")
    (folder / "packed.txt.gz").write_bytes(gzip.compress(story(3).encode()))
    lines = [json.dumps({"title": f"Story {n}", "text": story(n)}) for n in (4, 5)]
    (folder / "two.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (folder / "soup.txt").write_text("Soup of the day", "utf-8")
    time.sleep(SETTLED_SECONDS)
    return folder


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """A folder that lies there for all tests, and a home that read it once."""
    made = tmp_path_factory.mktemp("once")
    said = ask("run", _fill(made / "inbox"), "--home", made / "home", "--json")
    assert (said.object["counts"]["published"], said.object["counts"]["quarantined"]) == (5, 2)
    return made


@pytest.fixture
def inbox(desk: Desk, once: Path) -> Path:
    """That folder; the desk has a copy of the home that read it."""
    shutil.copytree(once / "home", desk.home)
    return once / "inbox"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that readers opened."""
    names: list[str] = []

    def watched(path: str) -> BinaryIO:
        names.append(Path(path).name)
        return open_file(path)

    open_file = by_kind._open
    monkeypatch.setattr(by_kind, "_open", watched)
    return names


ALWAYS = ["picture.png", "two.jsonl"]
"""What is not one document, or is refused before it is looked into."""


def test_a_file_that_lies_there_as_before_is_not_opened(
    desk: Desk, inbox: Path, opened: list[str]
) -> None:
    revisions = "SELECT * EXCLUDE (last_seen_at) FROM article_revisions ORDER BY document_id"
    before = desk.sql(revisions)
    again = desk("run", inbox)
    assert sorted(opened) == ALWAYS
    assert again.counts["documents"] == again.counts["unchanged"] == 7
    assert desk.sql(revisions) == before
    assert_books_balance(desk)


def test_what_is_told_of_a_document_is_the_same_whether_it_was_opened_or_not(
    desk: Desk, inbox: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk("run", inbox, "--batch", "by-times")
    monkeypatch.setenv("COPYDESK_FETCH__TRUST_FILE_TIMES", "false")
    opened.clear()
    desk("run", inbox, "--batch", "by-content")
    assert sorted(set(opened)) == sorted(path.name for path in inbox.iterdir())
    told = [
        desk.sql(
            "SELECT d.* EXCLUDE (document_id, batch_id, fetched_at), p.site, p.kind, p.url, "
            "p.position FROM documents AS d INNER JOIN document_places AS p USING (document_id) "
            f"WHERE d.batch_id = '{batch_id}' ORDER BY p.position"
        )
        for batch_id in ("by-times", "by-content")
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 7


def test_another_text_is_read_though_size_and_time_are_as_before(
    desk: Desk, tmp_path: Path, opened: list[str]
) -> None:
    inbox = _fill(tmp_path / "inbox")
    desk("run", inbox)
    written, replaced, beside = inbox / "story.txt", inbox / "fish.html", inbox.with_name("beside")
    for path in (written, replaced):
        at = path.stat()
        text = path.read_bytes()
        other = text.replace(b"the", b"THE")
        assert other != text
        target = beside if path is replaced else path
        target.write_bytes(other)
        os.utime(target, ns=(at.st_atime_ns, at.st_mtime_ns))
    beside.replace(replaced)
    time.sleep(SETTLED_SECONDS)
    opened.clear()
    assert desk("run", inbox).counts["published"] == 2
    assert sorted(opened) == sorted(["fish.html", "story.txt", *ALWAYS])


def test_a_file_written_a_moment_ago_is_read_again(
    desk: Desk, tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.readers.paths._SETTLED_SECONDS", 600)  # longer than any run here
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "story.txt").write_text(story(6), "utf-8")
    os.utime(tmp_path / "inbox" / "story.txt", (0, 0))
    desk("run", tmp_path / "inbox")
    opened.clear()
    desk("run", tmp_path / "inbox")
    assert opened == ["story.txt"]


def test_what_a_person_took_back_is_opened_again(
    desk: Desk, inbox: Path, opened: list[str]
) -> None:
    desk("withdraw", inbox / "story.txt", "--why", "wrong")
    desk("forget", inbox / "fish.html", "--why", "a court order")
    desk("run", inbox)
    assert {"story.txt", "fish.html"} <= set(opened)
    assert_books_balance(desk)


def test_a_file_whose_payload_was_pruned_is_opened_again(
    desk: Desk, inbox: Path, opened: list[str]
) -> None:
    for shard in (desk.home / "raw").glob("*/*.parquet"):
        shard.unlink()
    desk("run", inbox)
    assert sorted(set(opened)) == sorted(path.name for path in inbox.iterdir())


def test_another_kind_is_another_reading(desk: Desk, inbox: Path, opened: list[str]) -> None:
    desk("run", inbox, "--kind", "text")
    assert sorted(set(opened)) == sorted(path.name for path in inbox.iterdir())


def test_files_that_are_known_share_few_shards(
    desk: Desk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MOST_DOCUMENTS", 1)
    monkeypatch.setattr(shards, "MOST_RECORDS", 2)
    assert desk("run", inbox / "[fs]*", "--batch", "again").counts["documents"] == 3
    written = sorted((desk.home / "raw" / "again").glob("*.parquet"))
    assert [sum(shards.row_groups(str(path))) for path in written] == [2, 1]
    assert_books_balance(desk)
