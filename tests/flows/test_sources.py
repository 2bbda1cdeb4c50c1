"""Sources of the settings: added, listed, checked, run when they are due, and removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.settings import load_settings
from tests.flows.conftest import call
from tests.tasks.readers.web import conftest as local_web
from warehouse import lock
from warehouse.connect import connect

Desk = Any
Site = local_web.Site
make_site = local_web.make_site
site = local_web.site_for_runs


def write_feed(site: Site, titles: dict[str, str]) -> str:
    items = ""
    for path, title in titles.items():
        items += f"<item><title>{title}</title><link>{site.url}{path}</link></item>"
        site.page(path, local_web.article(title), ETag=f'"{title}"')
    return str(site.page("/feed.xml", f"<rss><channel>{items}</channel></rss>"))


def test_sources_are_added_listed_and_removed_and_the_rest_of_the_file_stays(
    reader: Desk, tmp_path: Path
) -> None:
    reader.home.mkdir()
    file = reader.home / "copydesk.toml"
    file.write_text("# mine\n[gate]\nmin_documents = 30  # enough\n", "utf-8")
    before = file.read_text("utf-8")
    assert reader("sources", "add", "inbox", tmp_path, "--every", "60").code == 0
    assert reader("sources", "add", "feed", "https://example.org/f", "--kind", "feed").code == 0
    listed = reader("sources", "list").object["sources"]
    assert [(s["name"], s["kind"], s["every"], s["due"]) for s in listed] == [
        ("inbox", None, 60, True),
        ("feed", "feed", None, True),
    ]
    assert reader("sources", "add", "feed", "/elsewhere").code == 2
    assert reader("sources", "remove", "inbox").code == 0
    assert reader("sources", "remove", "inbox").code == 2
    assert reader("sources", "remove", "feed").code == 0
    assert file.read_text("utf-8") == before


def test_what_would_be_invalid_is_not_written(reader: Desk) -> None:
    assert reader("sources", "add", "no good", "https://example.org/").code == 2
    assert not (reader.home / "copydesk.toml").exists()


@pytest.mark.parametrize("words", [("add", "inbox", "/inbox"), ("remove", "inbox")])
def test_a_settings_file_that_is_no_text_is_one_line_and_stays(
    reader: Desk, words: tuple[str, ...]
) -> None:
    reader.home.mkdir()
    file = reader.home / "copydesk.toml"
    file.write_bytes(b"# \xff\n")
    done = reader("sources", *words)
    assert (done.code, done.object["error"]["code"]) == (2, "settings_invalid")
    assert file.read_bytes() == b"# \xff\n"


@pytest.mark.parametrize("stated", ["gap_seconds = nan", "interval_seconds = inf"])
def test_a_time_is_a_number_of_seconds(reader: Desk, stated: str) -> None:
    reader.home.mkdir()
    source = f'[[sources]]\nname = "a"\nlocator = "/a"\n{stated}\n'
    (reader.home / "copydesk.toml").write_text(source, "utf-8")
    listed = reader("sources", "list")
    assert listed.code == 2
    assert stated.partition(" ")[0] in listed.object["error"]["message"]


def test_a_source_may_be_due_in_longer_than_any_calendar(reader: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A bridge opens.", "utf-8")
    assert reader("sources", "add", "inbox", tmp_path / "a.txt", "--every", "1e300").code == 0
    assert reader("run").code == 0
    [listed] = reader("sources", "list").object["sources"]
    assert listed["due"] is False


def test_what_a_source_says_of_its_articles_is_added_with_it(reader: Desk, tmp_path: Path) -> None:
    table = tmp_path / "articles.csv"
    table.write_text("korpus,adresse\nA bridge opens.,https://example.org/a\n", "utf-8")
    own = ("--language", "gl", "--extraction", "recall", "--gap", "5")
    rules = ("--skip-rule", "photo_credit", "--skip-rule", "site_icon")
    columns = ("--column", "text=korpus", "--column", "url=adresse")
    assert reader("sources", "add", "gazette", table, *own, *rules, *columns).code == 0
    (listed,) = reader("sources", "list").object["sources"]
    assert (listed["language"], listed["extraction"]) == ("gl", "recall")
    assert listed["skip_rules"] == ["photo_credit", "site_icon"]
    (source,) = load_settings(str(reader.home)).sources
    assert (source.gap_seconds, source.columns) == (5, {"text": "korpus", "url": "adresse"})


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--language", "galician", "sources.0.language"),
        ("--extraction", "best", "'auto', 'precision' or 'recall'"),
        ("--skip-rule", "photo_credits", "did you mean photo_credit?"),
        ("--column", "korpus", "text=body"),
        ("--column", "texte=korpus", "did you mean text?"),
        ("--gap", "-1", "sources.0.gap_seconds"),
    ],
)
def test_an_option_that_says_nothing_possible_is_one_line_and_nothing_is_written(
    reader: Desk, option: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sources", "add", "gazette", "/a", f"{option}={value}", "--home", str(reader.home)]
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not (reader.home / "copydesk.toml").exists()


def test_a_field_has_one_column(reader: Desk) -> None:
    said = reader("sources", "add", "gazette", "/a", "--column", "text=a", "--column", "text=b")
    assert (said.code, said.error["code"]) == (2, "usage")
    assert "two columns are stated for text" in said.error["message"]
    assert not (reader.home / "copydesk.toml").exists()


def test_a_column_is_one_field(reader: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sources", "add", "gazette", "/a", "--column", "text=a", "--column", "html=a"]
    assert main([*words, "--home", str(reader.home)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "column a is stated for two fields" in line
    assert not (reader.home / "copydesk.toml").exists()


def test_sources_are_listed_while_another_holds_the_desk(
    reader: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.desk._WAIT_SECONDS", 0.0)
    reader("init")
    reader("sources", "add", "inbox", tmp_path)
    with lock.hold(reader.home / "warehouse.lock", purpose="somebody"):
        (listed,) = reader("sources", "list").object["sources"]
        assert (listed["name"], listed["due"]) == ("inbox", True)
        with connect(reader.home / "warehouse.duckdb") as connection:
            connection.execute("DROP TABLE ops.answer")
            connection.execute("DELETE FROM ops.migration WHERE name = '0023_answers.sql'")
        said = reader("sources", "list")
        assert (said.code, said.error["code"]) == (75, "desk_busy"), "an older one is migrated"
    assert reader("sources", "list").code == 0


def test_a_source_is_written_in_the_letters_of_its_name_and_place(reader: Desk) -> None:
    place = '/artículos/😀 "x"\x7f\t\\u007f'
    assert reader("sources", "add", "gazette", place, "--column", "text=a\x7f").code == 0
    (source,) = load_settings(str(reader.home)).sources
    assert (source.locator, source.columns) == (place, {"text": "a\x7f"})


def test_check_asks_for_one_page_and_stores_nothing(reader: Desk, site: Site) -> None:
    url = write_feed(site, {"/a": "A fish market moves", "/b": "A bridge opens"})
    reader("sources", "add", "gazette", url)
    found = reader("sources", "check").object["sources"]
    assert [(s["name"], s["locator"]) for s in found] == [("gazette", site.url + "/a")]
    assert found[0]["article"]["title"] == "A fish market moves"
    assert [line.path for line in site.asked()] == ["/feed.xml", "/a"]
    assert not (reader.home / "warehouse.duckdb").exists()


@pytest.mark.parametrize("is_own", [False, True])
def test_a_check_of_two_sources_keeps_the_pace_of_the_origin_that_they_share(
    reader: Desk, site: Site, monkeypatch: pytest.MonkeyPatch, is_own: bool
) -> None:
    gap_seconds = 0.5
    monkeypatch.setenv("COPYDESK_FETCH__GAP_SECONDS", "0" if is_own else str(gap_seconds))
    own = ("--gap", str(gap_seconds)) if is_own else ()
    for name in ("a", "b"):
        url = site.page(f"/{name}", local_web.article(f"A bridge named {name}"))
        reader("sources", "add", name, url, *own)
    assert reader("sources", "check").code == 0
    assert [line.path for line in site.log] == ["/robots.txt", "/a", "/b"]
    assert min(site.gaps()) >= gap_seconds


def test_a_check_leaves_alone_whom_a_source_before_found_closed(reader: Desk, site: Site) -> None:
    reader("sources", "add", "a", site.page("/a", "x", 503, Retry_After="3600"))
    reader("sources", "add", "b", site.page("/b", local_web.article("A bridge opens")))
    closed, second = reader("sources", "check").object["sources"]
    assert "come back in 3600 s" in closed["error"]
    assert "wants no request" in second["error"]
    assert [line.path for line in site.log] == ["/robots.txt", "/a"]


def test_a_preview_of_an_address_needs_no_sound_warehouse(reader: Desk, site: Site) -> None:
    reader.home.mkdir()
    (reader.home / "warehouse.duckdb").write_bytes(b"no database" * 1000)
    url = site.page("/a", local_web.article("A fish market moves"))
    environment = {"COPYDESK_FETCH__ALLOW_ADDRESSES": '["127.0.0.0/8"]'}
    said = call("preview", url, "--home", reader.home, "--json", environment=environment)
    assert (said.code, said.object["outcome"]) == (0, "published")
    (line,) = said.err.splitlines()
    assert "warehouse.duckdb" in line
    assert [path.name for path in reader.home.iterdir()] == ["warehouse.duckdb"]


def test_a_check_shows_a_person_the_article_the_lines_taken_and_what_is_wrong(
    reader: Desk, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /closed\n", Content_Type="text/plain")
    reader("sources", "add", "gazette", write_feed(site, {"/a": "A fish market moves"}))
    reader("sources", "add", "empty", site.page("/empty.xml", "<rss><channel/></rss>"))
    reader("sources", "add", "closed", site.url + "/closed/page")
    reader("sources", "add", "gone", site.url + "/gone")
    code = main(["sources", "check", "--home", str(reader.home)])
    shown = capsys.readouterr()
    assert code == 1
    assert "A fish market moves" in shown.out
    assert "title_copy" in shown.out
    assert "empty: " in shown.err
    assert "holds no document" in shown.err
    assert "would be quarantined: robots_denied" in shown.err
    assert "gone: " in shown.err
    assert "404" in shown.err
    assert "Traceback" not in shown.err
    assert [line.path for line in site.asked()] == ["/feed.xml", "/a", "/empty.xml", "/gone"]


def test_a_run_needs_a_source(reader: Desk) -> None:
    assert reader("run").error["code"] == "usage"


@pytest.mark.prefect
def test_a_run_without_a_source_takes_what_is_due_and_a_poll_only_what_is_new(
    desk: Desk, site: Site
) -> None:
    titles = {f"/{n}": f"Harbour report number {n}" for n in range(4)}
    url = write_feed(site, titles)
    desk("sources", "add", "gazette", url, "--every", "3600")
    assert desk("run").counts["published"] == 4
    said = desk("run")
    assert (said.code, said.object.get("status")) == (0, "nothing_new"), said
    site.log.clear()
    said = desk("run", "gazette")
    assert (said.code, said.counts["documents"]) == (0, 0), said
    assert [line.path for line in site.asked()] == ["/feed.xml"]
    said = desk("run", site.url + "/0")
    assert (said.counts["documents"], said.counts["unchanged"]) == (1, 1)
    assert [line.status for line in site.asked("/0")] == [304]
    write_feed(site, titles | {"/1": "Harbour report number 1, corrected", "/new": "A new bridge"})
    assert desk("run", "gazette").counts["published"] == 2
    assert desk.value("SELECT count(*) FROM articles") == 5
    said = desk("run", site.url + "/missing")
    assert (said.code, said.counts["failed"]) == (1, 1)
