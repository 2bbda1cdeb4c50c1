"""Data Docs: a page a batch, safe to open from a file, and an index that stays cheap."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest


class Addresses(HTMLParser):
    """Collect what a browser would fetch, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if tag == "a" and name == "href":
                self.links.append(value or "")
            elif name in ("src", "href", "data", "action"):
                self.fetched.append(value or "")


def read(path: Path) -> Addresses:
    parser = Addresses()
    parser.feed(path.read_text("utf-8"))
    return parser


def test_the_page_names_its_batch_and_what_failed(desk: Any) -> None:
    desk.stage(desk.article("sound"), desk.article("odd", language="English"))
    desk.profile()
    report = desk.audit()
    assert report.report_path == str(desk.data_docs / "runs" / "batch-1.html")
    page = Path(report.report_path).read_text("utf-8")
    assert "Audit of batch batch-1" in page
    assert "language_is_iso_639_1" in page
    assert "English" in page
    assert "as Great Expectations judged it" in page
    for result in report.results:
        assert result.expectation in page


@pytest.mark.parametrize("name", ["20261122T003317-34567", "2026-11-22", "9" * 64, "-", "1e400"])
def test_no_batch_name_is_read_as_a_date(desk: Any, name: str) -> None:
    desk.stage(desk.article("sound"))
    desk.profile(batch_id=name)
    report = desk.audit(batch_id=name)
    assert report.faults == ()
    assert f"Audit of batch {name}" in Path(str(report.report_path)).read_text("utf-8")


def test_the_page_of_a_blocked_batch_says_why(desk: Any) -> None:
    desk.profile()
    report = desk.audit(rows_staged=3)
    page = Path(str(report.report_path)).read_text("utf-8")
    assert "cannot be trusted" in page
    assert "3 rows were staged, the frame has 0" in page


def test_pages_fetch_nothing_and_lead_nowhere_dead(desk: Any) -> None:
    desk.stage(desk.article("odd", language="English"))
    desk.profile()
    page = Path(desk.audit().report_path)
    for path in (page, desk.data_docs / "index.html"):
        seen = read(path)
        assert seen.fetched == []
        assert "script" not in seen.tags
        for link in seen.links:
            assert (path.parent / link).resolve().is_file()


def test_what_a_page_quotes_is_escaped(desk: Any) -> None:
    attack = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    desk.stage(
        desk.article(f"<b>{attack}", language=attack, title="A title\n" + attack, authors=[attack])
    )
    desk.profile()
    seen = read(Path(desk.audit().report_path))
    assert {"script", "img", "b"} & seen.tags == set()


def test_a_page_holds_no_whole_text(desk: Any) -> None:
    sentence = "The harbour master read out the names of the ships that had come in. "
    text = "Exit mobile version\n" + (sentence * 40).strip()
    desk.stage(desk.article("long", text=text, title=sentence * 40))
    desk.profile()
    page = Path(desk.audit().report_path).read_text("utf-8")
    assert "Exit mobile version" in page
    assert sentence * 2 not in page


def test_the_index_lists_every_audit_the_newest_first(desk: Any) -> None:
    for name in ("batch-a", "batch-b", "..", "index"):
        desk.connection.execute("DELETE FROM profile")
        desk.profile(batch_id=name)
        desk.audit(batch_id=name)
    index = (desk.data_docs / "index.html").read_text("utf-8")
    assert set(re.findall(r'href="runs/([^"]+)\.html"', index)) == {
        "batch-a",
        "batch-b",
        "..",
        "index",
    }
    assert {p.name for p in desk.data_docs.iterdir()} == {"index.html", "runs"}


def test_auditing_again_replaces_the_page(desk: Any) -> None:
    desk.profile()
    desk.audit(rows_staged=3)
    desk.audit()
    assert "Every check passed" in (desk.data_docs / "runs/batch-1.html").read_text("utf-8")
    index = (desk.data_docs / "index.html").read_text("utf-8")
    assert index.count("runs/batch-1.html") == 1


def test_old_pages_are_pruned(desk: Any) -> None:
    runs = desk.data_docs / "runs"
    runs.mkdir(parents=True)
    for number in range(5):
        (runs / f"old-{number}.html").write_text("old")
        (runs / f"old-{number}.json").write_text(
            f'{{"batch_id": "old-{number}", "audited_at": "2020-01-0{number + 1} 00:00:00 UTC"}}'
        )
    desk.profile()
    desk.audit(keep_runs=2)
    kept = {path.name for path in runs.iterdir()}
    assert kept == {"old-4.html", "old-4.json", "batch-1.html", "batch-1.json"}


def test_a_page_that_cannot_be_written_is_an_error(desk: Any) -> None:
    desk.profile()
    desk.data_docs.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="data_docs"):
        desk.audit()
