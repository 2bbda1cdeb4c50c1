"""The commands as users have them: home and JSON anywhere, quick help, and what each tells."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.parser import build_parser
from tests.conftest import ROOT, story
from tests.flows.conftest import Shelf, ask, call, one_line, page

HEAVY = {
    "prefect",
    "duckdb",
    "great_expectations",
    "pydantic",
    "rich",
    "pyarrow",
    "trafilatura",
    "pandas",
}
READING: list[tuple[str, ...]] = [
    ("status",),
    ("batches",),
    ("quarantine", "list"),
    ("sql", "SELECT 1 AS one"),
    ("explain", "{document}"),
    ("quarantine", "show", "{refused}"),
]


def commands() -> list[list[str]]:
    """All commands and their verbs."""
    (action,) = (a for a in build_parser()._actions if a.dest == "command")
    found: list[list[str]] = []
    for name, parser in dict(action.choices or {}).items():
        found.append([name])
        for inner in parser._actions:
            if inner.dest == "verb":
                found += [[name, verb] for verb in inner.choices]
    return found


def filled(shelf: Shelf, words: tuple[str, ...]) -> list[str]:
    document = shelf.document("published")["document_id"]
    refused = shelf.document("quarantined")["document_id"]
    return [word.format(document=document, refused=refused) for word in words]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_home_and_json_are_taken_before_and_after_each_command(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    asked = filled(shelf, words)
    home = str(shelf.home)
    after = ask(*asked, "--home", home, "--json")
    assert after.code == 0, after
    assert after.err == ""
    assert isinstance(after.object, dict)
    orders = [["--json", "--home", home, *asked], [asked[0], "--json", *asked[1:], "--home", home]]
    for order in (
        orders[0],
        ["--home", home, *asked, "--json"],
        ["--json", *asked, "--home", home],
    ):
        assert timeless(ask(*order).object) == timeless(after.object)
    monkeypatch.setenv("COPYDESK_HOME", home)
    assert timeless(ask(*asked, "--json").object) == timeless(after.object)
    monkeypatch.setenv("COPYDESK_HOME", "/nowhere")
    assert timeless(ask(*asked, "--json", "--home", home).object) == timeless(after.object)


def timeless(found: Any) -> Any:
    """Return an answer without what another moment would say otherwise."""
    if isinstance(found, list):
        return [timeless(one) for one in found]
    if isinstance(found, dict):
        moment = {"age_seconds", "free_bytes"}
        return {key: timeless(one) for key, one in found.items() if key not in moment}
    return found


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_data_goes_to_stdout_for_a_person_too(shelf: Shelf, words: tuple[str, ...]) -> None:
    said = shelf.ask(*filled(shelf, words))
    assert said.code == 0
    assert said.out
    assert "\x1b" not in said.out


def test_help_of_every_command_starts_without_what_is_slow() -> None:
    code = """
import contextlib, io, json, sys
from flows.cli import main
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main([*words, "--help"]) == 0
    assert "usage: copydesk " + " ".join(words) in out.getvalue(), words
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    found = commands()
    assert ["quarantine", "retry"] in found
    assert len(found) > 15
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps([[], *found])],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert not HEAVY & set(json.loads(done.stdout))


def test_help_and_version_answer_as_json_too() -> None:
    assert "usage: copydesk run" in ask("run", "--help", "--json").object["help"]
    assert ask("--version", "--json").object["version"]
    assert ask("--version").out.startswith("copydesk ")


def test_no_command_is_a_usage_error() -> None:
    said = ask()
    assert (said.code, said.raw) == (2, b"")
    assert "usage: copydesk" in said.err
    assert ask("--json").error["code"] == "usage"


def test_a_reader_that_goes_away_is_no_error(shelf: Shelf) -> None:
    line = (
        f"{sys.executable} -m flows.cli sql 'SELECT * FROM range(200000)' --format csv "
        f"--home {shelf.home} | head -n 1; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"range\n", b"")


# explain


@pytest.mark.parametrize("outcome", ["published", "quarantined", "failed", "duplicate", "held"])
def test_explain_tells_the_life_of_a_document_by_id_and_by_locator(
    shelf: Shelf, outcome: str
) -> None:
    document = shelf.document(outcome)
    life = shelf.ask("explain", document["document_id"], "--json").object
    assert life["document"] == document
    assert life["batch"]["batch_id"] == document["batch_id"]
    assert {check["suite"] for check in life["checks"]} >= {"batch"} or life["checks"]
    assert shelf.ask("explain", document["locator"], "--json").object == life
    shown = shelf.ask("explain", document["document_id"])
    assert shown.code == 0
    assert outcome in shown.out


def test_explain_finds_an_article_by_its_id_and_any_form_of_its_url(shelf: Shelf) -> None:
    (article,) = shelf.sql("SELECT * FROM articles WHERE title LIKE '%Fish%'")
    expected = article["document_id"]
    for ref in (
        article["article_id"],
        "https://www.herald.example/fish",
        "http://herald.example/fish/?utm_source=mail&fbclid=x#top",
        "https://m.herald.example/fish",
    ):
        life = shelf.ask("explain", ref, "--json").object
        assert life["document"]["document_id"] == expected, ref
        assert life["article"]["title"] == "[red]Fish[/red] market moves"
        assert life["revisions"][0]["revision"] == 1


def test_explain_takes_a_path_as_it_is_typed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shelf.inbox)
    life = shelf.ask("explain", "fish.html", "--json").object
    assert life["document"]["locator"] == str(shelf.inbox / "fish.html")


def test_explain_never_shows_the_text_that_is_held(shelf: Shelf) -> None:
    document = shelf.document("held")
    for ref in (document["document_id"], "https://www.herald.example/waits?utm_medium=x"):
        for said in (shelf.ask("explain", ref), shelf.ask("explain", ref, "--json")):
            assert said.code == 0, ref
            assert "fish market" not in said.out
            assert "waits for the desk" not in said.out
    assert "waits for a decision" in shelf.ask("explain", document["document_id"]).err
    assert b"waits for the desk" not in (shelf.home / "published.duckdb").read_bytes()


def test_explain_names_every_removed_line_with_its_rule(shelf: Shelf) -> None:
    document = shelf.document("published")
    life = shelf.ask("explain", document["document_id"], "--json").object
    removed = shelf.sql(
        "SELECT line_no, rule, text FROM removed_lines "
        f"WHERE document_id = '{document['document_id']}' ORDER BY line_no NULLS FIRST"
    )
    assert life["removed_lines"] == removed


def test_explain_of_nothing_known_is_one_line(shelf: Shelf) -> None:
    said = shelf.ask("explain", "https://nowhere.example/x")
    assert said.code == 1
    one_line(said, "https://nowhere.example/x")


# batches, quarantine


def test_batches_lists_the_newest_with_books_that_balance(shelf: Shelf) -> None:
    found = shelf.ask("batches", "--json").object["batches"]
    assert [row["batch_id"] for row in found] == ["second", "first"]
    for row in found:
        outcomes = ("published", "unchanged", "duplicate", "quarantined", "failed", "held")
        assert row["documents"] == sum(row[name] for name in outcomes)
    assert [b["batch_id"] for b in shelf.ask("batches", "--limit", "1", "--json").object["batches"]]
    assert len(shelf.ask("batches", "--limit", "0", "--json").object["batches"]) == 2


def test_quarantine_lists_by_reason_and_shows_the_payload(shelf: Shelf) -> None:
    rows = shelf.ask("quarantine", "list", "--json").object["quarantine"]
    assert len(rows) == 5
    refused = shelf.document("quarantined")
    same = shelf.ask("quarantine", "list", "--reason", refused["reason"], "--json")
    assert refused["document_id"] in {r["document_id"] for r in same.object["quarantine"]}
    none = shelf.ask("quarantine", "list", "--reason", "paywall", "--json")
    assert none.object == {"quarantine": []}
    assert "nothing waits" in shelf.ask("quarantine", "list", "--reason", "paywall").err
    shown = shelf.ask("quarantine", "show", refused["document_id"], "--json").object
    assert shown["payload_head"] == "Soup 0"


def test_report_builds_pages_and_prints_where_they_are(shelf: Shelf, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(shelf.home, home)
    said = ask("report", "--no-open", "--home", home, "--json")
    assert said.code == 0, said
    paths = [Path(value) for value in said.object.values() if str(value).endswith(".html")]
    assert paths
    assert all(path.is_file() for path in paths)


def test_maintain_prunes_only_what_it_is_told_to(shelf: Shelf, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(shelf.home, home)
    (home / "work" / "dead").mkdir(parents=True)
    (home / ".published.duckdb.1.new").write_bytes(b"half")
    said = ask("maintain", "--home", home, "--json")
    assert said.object["work_folders_dropped"] == 1
    assert said.object["raw_batches_pruned"] == 0
    assert not (home / ".published.duckdb.1.new").exists()
    assert ask("maintain", "--raw-days", "0", "--home", home, "--json").code == 0
    assert list((home / "raw").iterdir()) == []
    assert ask("sql", "SELECT count(*) AS n FROM articles", "--home", home, "--json").object == {
        "rows": [{"n": 3}]
    }


# preview


@pytest.fixture
def previews(tmp_path: Path) -> Path:
    folder = tmp_path / "previews"
    folder.mkdir()
    (folder / "page.html").write_text(page(1, "Fish market moves", "fish"), "utf-8")
    (folder / "dump.txt").write_text(story(1, note="Exit mobile version"), "utf-8")
    (folder / "lines.jsonl").write_text(
        json.dumps({"id": "7", "title": "A record", "text": story(2)}) + "\n", "utf-8"
    )
    (folder / "menu.txt").write_text("Menu", "utf-8")
    return folder


@pytest.mark.parametrize("name", ["page.html", "dump.txt", "lines.jsonl"])
def test_preview_shows_what_would_be_published_and_stores_nothing(
    previews: Path, tmp_path: Path, name: str
) -> None:
    home = tmp_path / "home"
    said = ask("preview", previews / name, "--home", home, "--json")
    assert said.code == 0
    assert said.object["outcome"] == "published"
    assert "fish market" in said.object["article"]["text"]
    assert not home.exists()
    shown = ask("preview", previews / name, "--home", home)
    assert "fish market" in shown.out
    assert not home.exists()


def test_preview_shows_removed_lines_with_their_rule(previews: Path) -> None:
    removed = ask("preview", previews / "dump.txt", "--json").object["removed_lines"]
    assert [(line["text"], bool(line["rule"])) for line in removed] == [
        ("Exit mobile version", True)
    ]
    assert "Exit mobile version" in ask("preview", previews / "dump.txt").out


def test_preview_shows_why_a_document_would_be_refused(previews: Path) -> None:
    said = ask("preview", previews / "menu.txt", "--json").object
    assert said["outcome"] == "quarantined"
    assert said["reason"]
    assert said["reason"] in ask("preview", previews / "menu.txt").err


def test_preview_reads_standard_input(previews: Path) -> None:
    said = call("preview", "-", "--json", stdin=(previews / "page.html").read_bytes())
    assert said.object["article"]["title"] == "Fish market moves"


def test_preview_imports_neither_prefect_nor_great_expectations(previews: Path) -> None:
    code = """
import sys
from flows.cli import main
assert main(["preview", sys.argv[1], "--json"]) == 0
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(previews / "page.html")],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert not {"prefect", "great_expectations"} & set(done.stdout.splitlines()[-1].split())


def test_preview_of_nothing_is_one_line(previews: Path) -> None:
    one_line(ask("preview", previews / "nowhere.html"), previews / "nowhere.html", "check the path")


def test_nothing_in_a_previewed_page_drives_the_terminal(previews: Path) -> None:
    text = story(1).replace("fish market", "fish \x1b[31m[bold]market[/bold]\x07")
    (previews / "dump.txt").write_text(text, "utf-8")
    said = ask("preview", previews / "dump.txt")
    assert "\x1b" not in said.out + said.err
    assert "\x07" not in said.out + said.err
