"""`replay --diff`: a rule or a version is tried before it is trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tasks import shards
from tasks.desk import Desk as Files
from tasks.records import RAW
from tests.conftest import Desk, story
from tests.flows.conftest import ask, one_line, page

pytestmark = pytest.mark.prefect

PAGES = 150


@dataclass(frozen=True, slots=True)
class Corpus:
    """A home with real pages of many sites."""

    home: Path

    def diff(self, *words: object) -> dict[str, Any]:
        answer = ask("replay", "--diff", *words, "--home", self.home, "--json")
        assert answer.code == 0, answer
        return answer.object

    def sql(self, query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = ask("sql", query, "--home", self.home, "--json").object["rows"]
        return rows


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared: Path, prefect_api: str) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    inbox = folder / "inbox"
    inbox.mkdir()
    for source in islice(sorted((shared / "corpus" / "dev" / "html").iterdir()), PAGES):
        (inbox / source.name).symlink_to(source)
    said = ask("run", inbox, "--home", folder / "home", "--json")
    assert said.object["counts"]["published"] > PAGES * 0.8
    return Corpus(folder / "home")


def snapshot(home: Path) -> tuple[object, ...]:
    """Everything that a trial must leave as it was."""
    with Files(home=home).writing("test") as connection:
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() ORDER BY ALL"
        ).fetchall()
        rows = {
            t: connection.execute(f"SELECT * FROM {t} ORDER BY ALL").fetchall() for (t,) in tables
        }
    kept = sorted(str(f) for part in ("raw", "work") for f in (home / part).rglob("*"))
    return rows, kept, (home / "published.duckdb").stat().st_ino


def test_on_real_pages_nothing_changes_where_nothing_was_changed(corpus: Corpus) -> None:
    before = snapshot(corpus.home)
    found = corpus.diff()
    assert (found["documents"], found["changed"]) == (PAGES, 0)
    assert [found["gained"]["documents"], found["lost"]["documents"]] == [0, 0]
    assert not any(found["lines"].values())
    assert (found["fields"], found["worst"], found["refused_otherwise"]) == ({}, [], [])
    assert snapshot(corpus.home) == before


def test_on_real_pages_a_rule_left_out_shows_exactly_its_lines(corpus: Corpus) -> None:
    taken = corpus.sql(
        "SELECT l.rule, l.document_id, l.text FROM removed_lines AS l "
        "JOIN articles AS a USING (document_id) WHERE l.rule NOT LIKE 'block:%'"
    )
    (rule, lines), *_ = Counter(row["rule"] for row in taken).most_common()
    documents = {row["document_id"] for row in taken if row["rule"] == rule}
    found = corpus.diff("--without-rule", rule)
    (restored,) = found["lines"].pop("restored")
    assert (restored["rule"], restored["after"]) == (rule, "the text")
    assert (restored["lines"], restored["documents"]) == (lines, len(documents))
    texts = {(row["document_id"], row["text"]) for row in taken if row["rule"] == rule}
    assert {tuple(sample) for sample in restored["samples"]} <= texts
    assert not any(found["lines"].values())
    assert found["fields"] == {}
    assert found["changed"] == len(documents)
    assert {row["document_id"] for row in found["worst"]} <= documents
    for row in found["worst"]:
        assert {what for what, _ in row["diff"]} <= {"come", "kept", "skipped"}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, slug in enumerate(("fish", "boats", "gulls")):
        text = page(number, f"Why 1 &lt; 2 in the harbour of {slug}", slug)
        text = text.replace("</article>", "<p>Share this article</p></article>")
        (folder / f"{slug}.html").write_text(text, "utf-8")
    (folder / "menu.txt").write_text("Menu", "utf-8")
    return folder


def as_if_payloads_read(desk: Desk, batch: str, anew: Callable[[str], str | None]) -> None:
    """Let today's rules find something else in payloads: the nearest to another version."""
    for path in (desk.home / "raw" / batch).glob("*.parquet"):
        records = list(shards.read(str(path)))
        for record in records:
            other = anew(Path(record["locator"]).name)
            if other is not None:
                record["payload"] = other.encode()
        shards.write(path, RAW, records)


def test_what_is_gained_lost_and_read_otherwise_is_told(desk: Desk, pages: Path) -> None:
    desk("run", pages, "--batch", "first")
    anew = {
        "fish.html": "<title>Fish</title><p>Menu</p>",
        "boats.html": page(1, "A better title for the boats", "boats").replace("gulls", "gannets"),
        "menu.txt": story(7),
    }
    as_if_payloads_read(desk, "first", anew.get)
    before = snapshot(desk.home)
    found = desk("replay", "--diff").object
    assert snapshot(desk.home) == before
    assert (found["documents"], found["changed"]) == (4, 3)
    assert found["lost"]["documents"] == 1
    assert found["lost"]["listed"][0]["locator"].endswith("fish.html")
    assert found["gained"]["reasons"] == {"no_main_text": 1}
    assert found["fields"]["title"]["samples"][0]["after"] == "A better title for the boats"
    lost, edited = found["worst"]
    assert lost["share"] == 1
    assert ["gone", "gulls"] in edited["diff"]
    assert ["come", "gannets"] in edited["diff"]
    left = {row["before"] for row in found["lines"]["not_extracted"]}
    assert left == {"the text", "share_bar", "title_copy"}
    said = desk("replay").counts  # does what was told
    assert (said["published"], said["quarantined"], said["unchanged"]) == (2, 1, 1)


def test_what_the_checks_would_refuse_and_would_no_longer_is_told_as_a_replay_does_it(
    desk: Desk, pages: Path
) -> None:
    marked = "&lt;i&gt;Ferry&lt;/i&gt; to the islands"
    (pages / "ferry.html").write_text(page(5, marked, "ferry"), "utf-8")
    (pages / "crane.html").write_text(page(6, marked.replace("Ferry", "Crane"), "crane"), "utf-8")
    desk("run", pages, "--batch", "first")
    (check,) = desk.sql(
        "SELECT DISTINCT split_part(reason, ':', 2) AS name FROM quarantine "
        "WHERE reason LIKE 'check_failed:%'"
    )
    anew = {
        "fish.html": page(10, marked, "fish"),
        "ferry.html": page(5, "Ferry to the islands", "ferry"),
        "crane.html": page(6, marked.replace("Ferry", "Cranes"), "crane"),
    }
    as_if_payloads_read(desk, "first", anew.get)
    before = snapshot(desk.home)
    found = desk("replay", "--diff").object
    assert snapshot(desk.home) == before
    one = {check["name"]: 1}
    assert found["checks"] == {"refusing": one, "passing": one, "holding": {}}
    refused = {f"check_failed:{check['name']}": 1}
    assert (found["lost"]["reasons"], found["gained"]["reasons"]) == (refused, refused)
    assert found["lost"]["listed"][0]["locator"].endswith("fish.html")
    assert found["lost"]["listed"][0]["detail"].startswith("failed ")
    answer = ask("replay", "--diff", "--home", desk.home)
    assert "would refuse no longer" in answer.out
    path = Path(answer.err.partition("report: ")[2].splitlines()[0])
    assert f"{check['name']} would refuse 1 document" in path.read_text("utf-8")
    desk("replay", "--batch", "again")
    outcomes = {
        Path(row["locator"]).name.partition("#")[0]: row["outcome"]
        for row in desk.sql("SELECT locator, outcome FROM documents WHERE batch_id = 'again'")
    }
    changed = {name: outcomes[name] for name in ("fish.html", "ferry.html", "crane.html")}
    assert changed == {
        "fish.html": "quarantined",
        "ferry.html": "published",
        "crane.html": "quarantined",
    }


def test_a_person_reads_it_on_a_terminal_and_on_a_page(desk: Desk, pages: Path) -> None:
    desk("run", pages, "--batch", "first")
    answer = ask("replay", "--diff", "--without-rule", "share_bar", "--home", desk.home)
    assert "4 documents read anew: 3 would change" in answer.out
    assert "{+Share this article" in answer.out
    path = Path(answer.err.partition("report: ")[2].splitlines()[0])
    text = path.read_text("utf-8")
    assert "<ins>Share this article" in text
    assert "Why 1 &lt; 2" in text
    for target in ("../assets/report.css", "../documents/first/"):
        assert target in text
    desk("report", "--no-open")
    assert path.exists()
    desk("withdraw", pages / "gulls.html", "--why", "retracted")
    assert not path.exists()


def test_a_batch_a_site_and_a_sample_are_read_alone(desk: Desk, pages: Path) -> None:
    desk("run", pages / "fish.html", "--batch", "first")
    desk("run", pages, "--batch", "second")
    assert desk("replay", "--diff", "first").object["documents"] == 1
    assert desk("replay", "--diff", "--site", "herald.example").object["documents"] == 3
    samples = [
        [row["document_id"] for row in found["worst"]]
        for found in (
            desk("replay", "--diff", "--sample", "2", "--without-rule", "share_bar").object
            for _ in range(2)
        )
    ]
    assert samples[0] == samples[1] != []


def _wrong(desk: Desk) -> Iterator[tuple[tuple[str, ...], int, str]]:
    yield ("nope",), 1, "no batch is named nope"
    yield ("--site", "nope.example"), 1, "nope.example"
    yield ("--without-rule", "share_ba"), 2, "did you mean share_bar"
    yield ("--sample", "0"), 2, "--sample must be 1 or more"
    yield ("--batch", "x"), 2, "--diff makes no batch"


def test_what_cannot_be_tried_is_one_clear_line(desk: Desk, pages: Path) -> None:
    one_line(ask("replay", "--diff", "--home", desk.home), "has no warehouse yet")
    desk("run", pages, "--batch", "first")
    for words, code, said in _wrong(desk):
        answer = ask("replay", "--diff", *words, "--home", desk.home)
        assert answer.code == code, words
        one_line(answer, said)
    answer = ask("replay", "--site", "herald.example", "--home", desk.home)
    assert answer.code == 2
    one_line(answer, "need --diff")
    for raw in (desk.home / "raw" / "first").glob("*.parquet"):
        raw.unlink()
    answer = ask("replay", "--diff", "first", "--home", desk.home, "--json")
    assert (answer.code, answer.error["code"]) == (1, "source_unavailable")
    assert "payloads" in answer.error["message"]
