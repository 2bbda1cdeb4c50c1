"""The site on disk: complete, renewed where something changed, without what was taken back."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import duckdb
import pytest

from benchmarks.reports import Simulation
from tasks.desk import Desk
from tasks.report_site.build import build
from tasks.report_site.contents import Row, choose_raw, read_contents, read_documents
from tasks.report_site.shelf import drop_documents, put
from tasks.reporting import names
from tasks.reporting.limits import Limits
from tasks.sandbox import Sandbox
from warehouse.connect import Connection
from warehouse.decisions import Decision, check, record
from warehouse.errors import WarehouseMissing
from warehouse.reading_copy import open_copy

P = TypeVar("P")
T = TypeVar("T")

_BATCHES, _DOCUMENTS = 4, 15
_LARGEST_PAGE = 1_000_000


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """Four batches of twelve sites, made once."""
    desk = Desk(home=tmp_path_factory.mktemp("simulated") / "home")
    simulation = Simulation(desk, seed=7, documents=_DOCUMENTS)
    simulation.add(_BATCHES)
    return simulation


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(home=tmp_path / "home")


@pytest.fixture
def simulation(desk: Desk, simulated: Simulation) -> Simulation:
    """A copy of the simulated home, at `desk`."""
    shutil.copytree(simulated.home, desk.home)
    return simulated.at(desk)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def _pages(desk: Desk) -> Iterator[Path]:
    yield from sorted(desk.reports.rglob("*.html"))


def _contents(desk: Desk) -> dict[str, bytes]:
    return {
        path.relative_to(desk.reports).as_posix(): path.read_bytes()
        for path in sorted(desk.reports.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def _decide(desk: Desk, decision: Decision) -> None:
    with desk.writing("test") as connection:
        check(connection, decision)
        record(connection, decision)
        desk.refresh_reading_copy(connection)


def _one(desk: Desk, query: str) -> tuple[Any, ...]:
    connection = open_copy(desk.published)
    row = connection.execute(query).fetchone()
    connection.close()
    assert row is not None
    return tuple(row)


_ANY_ARTICLE = """
SELECT batch_id, document_id, article_id, title, text FROM articles ORDER BY document_id LIMIT 1
"""


_NEW = "SELECT count(*) FROM documents WHERE outcome <> 'unchanged'"


@pytest.mark.usefixtures("simulation")
def test_every_batch_site_rule_and_document_that_is_not_unchanged_has_a_page(desk: Desk) -> None:
    built = build(desk)
    pages = set(_contents(desk))
    (new,) = _one(desk, _NEW)
    assert built.page == desk.reports / names.FRONT
    assert len([page for page in pages if page.startswith("batches/")]) == _BATCHES
    assert len([page for page in pages if page.startswith("documents/")]) == new
    assert 0 < new < _BATCHES * _DOCUMENTS
    assert len([page for page in pages if page.startswith("sites/")]) == 12
    assert len([page for page in pages if page.startswith("rules/")]) == 6
    assert built.pages == len(pages)


@pytest.mark.usefixtures("simulation")
def test_every_link_leads_to_a_page_and_none_outside_but_articles(desk: Desk) -> None:
    build(desk)
    for page in _pages(desk):
        links = _Links()
        links.feed(page.read_text("utf-8"))
        for link in links.found:
            parts = urlsplit(link)
            if parts.scheme == "https":
                assert parts.netloc.endswith(".example")
            elif parts.scheme == "" and parts.path and "data_docs" not in parts.path:
                assert (page.parent / unquote(parts.path)).exists(), (page.name, link)
            else:
                assert parts.scheme in ("", "data")


@pytest.mark.usefixtures("simulation")
def test_no_page_is_large(desk: Desk) -> None:
    build(desk)
    assert max(len(data) for data in _contents(desk).values()) < _LARGEST_PAGE


@pytest.mark.usefixtures("simulation")
def test_building_again_writes_nothing(desk: Desk) -> None:
    build(desk)
    before = _contents(desk)
    assert build(desk).written == 0
    assert _contents(desk) == before


def test_one_more_batch_writes_what_it_touches(desk: Desk, simulation: Simulation) -> None:
    first = build(desk)
    simulation.add(1)
    second = build(desk, batch_id="day-0005")
    assert second.page == desk.reports / "batches" / "day-0005.html"
    assert second.pages > first.pages
    assert second.written < first.pages


def test_a_site_built_in_steps_equals_one_built_at_once(desk: Desk, simulation: Simulation) -> None:
    limits = Limits(batches=4, documents=40, raw_pages=20, raw_per_batch=3)
    build(desk, limits=limits)
    for _ in range(2):
        simulation.add(1)
        build(desk, limits=limits)
    in_steps = _contents(desk)
    (desk.reports / ".made-from.json").unlink()
    build(desk, limits=limits)
    assert _contents(desk) == in_steps


def test_a_mixed_history_ends_in_the_pages_of_one_build_whatever_was_built_between(
    desk: Desk, simulation: Simulation
) -> None:
    limits = Limits(batches=4, documents=40, raw_pages=40, raw_per_batch=5)
    build(desk, limits=limits)
    _, _, article_id, *_ = _one(desk, _ANY_ARTICLE)

    def decide(verb: str, **about: str) -> None:
        _decide(desk, Decision(verb=verb, why="because", user_name="ada", **about))

    steps: list[Callable[[], object]] = [
        lambda: decide("withdraw", article_id=article_id),
        lambda: simulation.add(1),
        lambda: decide("withdraw", batch_id="day-0005"),
        lambda: simulation.add(2),
        lambda: decide("release", article_id=article_id),
        lambda: _revise(desk, article_id, "day-0007"),
        lambda: decide("withdraw", batch_id="day-0006", site="valleypost.example"),
        lambda: decide("release", batch_id="day-0005"),
        lambda: simulation.add(4),
    ]
    for number, step in enumerate(steps, start=1):
        step()
        build(desk, limits=limits)
        if number % 3 == 0:
            _is_as_built_at_once(desk, limits=limits)


def _revise(desk: Desk, article_id: str, batch_id: str) -> str:
    """Make an article of a batch the second revision of another; return its document."""
    with desk.writing("test") as connection:
        newer: str = connection.execute(
            "SELECT document_id FROM published.article_revision WHERE batch_id = ? LIMIT 1",
            [batch_id],
        ).fetchall()[0][0]
        for table in ("raw.document", "published.article_revision"):
            connection.execute(
                f"UPDATE {table} SET article_id = ? WHERE document_id = ?", [article_id, newer]
            )
        connection.execute(
            "UPDATE published.article_revision SET revision = 2 WHERE document_id = ?", [newer]
        )
        desk.refresh_reading_copy(connection)
    return newer


def test_an_old_page_tells_of_a_new_revision_of_its_article(
    desk: Desk, simulation: Simulation
) -> None:
    build(desk)
    batch_id, document_id, article_id, *_ = _one(desk, _ANY_ARTICLE)
    simulation.add(1)
    newer = _revise(desk, article_id, "day-0005")
    build(desk)
    old = desk.reports / names.document_page(batch_id, document_id)
    assert names.document_page("day-0005", newer) in old.read_text("utf-8")
    _is_as_built_at_once(desk)


def test_a_build_that_was_killed_is_made_good_by_the_next(
    desk: Desk, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(desk)
    simulation.add(1)
    for pages in (1, 5, 20):
        with monkeypatch.context() as patch:
            write = _killed_after(pages)
            for room in ("shelf", "documents"):
                patch.setattr(f"tasks.report_site.{room}.put", write)
            with pytest.raises(KeyboardInterrupt):
                build(desk)
    build(desk)
    _is_as_built_at_once(desk)


def test_the_pages_that_workers_make_are_the_same(
    desk: Desk, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(desk)
    simulation.add(1)
    monkeypatch.setattr("tasks.report_site.documents._WORTH_SPREADING", 1)
    pieces = 0

    def counted(function: Callable[[P], T], some: Iterable[P], /) -> Iterator[T]:
        nonlocal pieces
        for made in sandbox.spread(function, some):
            pieces += 1
            yield made

    with Sandbox(workers=2, cpu_seconds=10, memory_mb=1500) as sandbox:
        assert build(desk, spread=counted).written > _DOCUMENTS
    assert pieces > 0
    _is_as_built_at_once(desk)


def _killed_after(pages: int) -> Callable[[Path, str], None]:
    left = iter(range(pages))

    def write(path: Path, text: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        put(path, text)

    return write


def _is_as_built_at_once(desk: Desk, limits: Limits | None = None) -> None:
    """Compare with a build from nothing, and leave the site as it was, for the next one."""
    found, built = _contents(desk), desk.reports.with_name("built")
    desk.reports.rename(built)
    build(desk, limits=limits)
    assert _contents(desk) == found
    shutil.rmtree(desk.reports)
    built.rename(desk.reports)


def test_what_lies_among_the_pages_of_an_old_batch_is_put_right(
    desk: Desk, simulation: Simulation
) -> None:
    build(desk)
    batch_id, document_id, *_ = _one(desk, _ANY_ARTICLE)
    page = desk.reports / names.document_page(batch_id, document_id)
    page.rename(page.with_name("stray.html"))
    simulation.add(1)
    build(desk)
    assert page.exists()
    _is_as_built_at_once(desk)


def test_of_old_batches_no_document_is_read(
    desk: Desk, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.reporting.pages.finder.FINDER_ROWS", *_one(desk, _NEW))
    build(desk)
    simulation.add(1)
    read: list[str] = []

    def watched(connection: Connection, batch_ids: Collection[str]) -> dict[str, list[Row]]:
        read.extend(batch_ids)
        return read_documents(connection, batch_ids)

    monkeypatch.setattr("tasks.report_site.build.read_documents", watched)
    build(desk)
    assert read == ["day-0005"]


@pytest.mark.usefixtures("simulation")
def test_as_many_pages_show_the_page_as_it_arrived_as_the_bounds_let(desk: Desk) -> None:
    _decide(desk, Decision(verb="withdraw", why="wrong", user_name="ada", batch_id="day-0002"))
    connection = open_copy(desk.published)
    for room in (1_000, 25):
        limits = Limits(raw_pages=room, raw_per_batch=20)
        contents = read_contents(connection, limits)
        chosen = {
            batch_id: choose_raw(documents, limits, room=1_000)
            for batch_id, documents in read_documents(connection, list(contents.marks)).items()
        }
        if room == 1_000:
            assert {batch: len(found) for batch, found in chosen.items()} == contents.raw_rooms
        assert sum(contents.raw_rooms.values()) == min(room, sum(map(len, chosen.values())))
    connection.close()


@pytest.mark.usefixtures("simulation")
def test_pages_beyond_the_bounds_are_removed(desk: Desk) -> None:
    build(desk)
    build(desk, limits=Limits(batches=2, documents=25))
    pages = _contents(desk)
    assert [page for page in pages if page.startswith("batches/")] == [
        "batches/day-0003.html",
        "batches/day-0004.html",
    ]
    assert len([page for page in pages if page.startswith("documents/")]) == 25
    assert not (desk.reports / "documents" / "day-0001").exists()
    assert _one(desk, "SELECT count(DISTINCT batch_id) FROM checks") == (4,)


def test_what_is_beyond_a_bound_leaves_in_steps(desk: Desk, simulation: Simulation) -> None:
    limits = Limits(documents=80, raw_pages=60)
    assert limits.document_step == 4
    simulation.add(1)
    over, spare, untouched = [], [], set()
    for _ in range(3):
        simulation.add(1)
        build(desk, limits=limits)
        pages = [page for page in _contents(desk) if page.startswith("documents/")]
        over.append(len(pages) - limits.documents)
        spare.append(_one(desk, _NEW)[0] - limits.documents)
        untouched.add((desk.reports / names.batch_page("day-0004")).stat().st_mtime_ns)
    assert over == [number % 4 for number in spare]
    assert spare[-1] > 4
    assert len(untouched) == 1


@pytest.mark.usefixtures("simulation")
def test_rules_are_counted_over_all_documents_and_sampled_from_the_newest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (new,) = _one(desk, _NEW)
    (newest,) = _one(desk, f"{_NEW} AND batch_id = 'day-0004'")
    monkeypatch.setattr("tasks.report_site.overviews.SAMPLE_DOCUMENTS", newest)
    build(desk)
    lines, documents, rule = _one(
        desk,
        "SELECT count(*), count(DISTINCT document_id), any_value(rule) FROM removed_lines "
        "WHERE rule = (SELECT min(rule) FROM removed_lines)",
    )
    page = (desk.reports / names.rule_page(rule)).read_text("utf-8")
    assert f"{lines} lines, " in page
    assert f"in {documents} of {new} documents that did not come unchanged" in page
    assert set(re.findall(r"documents/([^/]+)/", page)) == {"day-0004"}


@pytest.mark.usefixtures("simulation")
def test_the_tables_of_sites_and_rules_add_up_to_the_ledger(desk: Desk) -> None:
    outcomes = ("published", "unchanged", "duplicate", "quarantined", "failed", "held")
    books = ", ".join(f"sum({name})" for name in ("documents", *outcomes))
    assert _one(desk, f"SELECT {books} FROM batch_sites") == _one(
        desk, f"SELECT {books} FROM batches"
    )
    taken = "sum(lines), sum(documents)"
    counted = (
        "count(*), (SELECT count(*) FROM (SELECT DISTINCT rule, document_id FROM {0})) FROM {0}"
    )
    for table in ("rules", "site_rules"):
        assert _one(desk, f"SELECT {taken} FROM {table}") == _one(
            desk, f"SELECT {counted.format('removed_lines')}"
        )


@pytest.mark.usefixtures("simulation")
def test_a_withdrawn_article_leaves_no_text_in_any_page(desk: Desk) -> None:
    build(desk)
    batch_id, document_id, article_id, title, text = _one(desk, _ANY_ARTICLE)
    page = desk.reports / names.document_page(batch_id, document_id)
    paragraph = text.split("\n")[0]
    assert paragraph in page.read_text("utf-8")
    withdrawal = Decision(verb="withdraw", why="wrong", user_name="ada", article_id=article_id)
    _decide(desk, withdrawal)
    build(desk)
    everything = "".join(data.decode() for data in _contents(desk).values())
    assert paragraph not in everything
    assert title not in everything
    assert "withdrawn" in page.read_text("utf-8")
    _decide(desk, Decision(verb="release", why="right", user_name="ada", article_id=article_id))
    build(desk)
    assert paragraph in page.read_text("utf-8")


@pytest.mark.usefixtures("simulation")
def test_dropped_pages_are_made_anew_from_what_is_left(desk: Desk) -> None:
    build(desk)
    batch_id, document_id, *_ = _one(desk, _ANY_ARTICLE)
    page = desk.reports / names.document_page(batch_id, document_id)
    assert drop_documents(desk.reports, [document_id]) == 1
    assert not page.exists()
    assert build(desk).written == 1
    assert page.exists()


@pytest.mark.usefixtures("simulation")
def test_a_damaged_note_makes_everything_anew(desk: Desk) -> None:
    limits = Limits(documents=10, raw_pages=2)
    first = build(desk, limits=limits)
    note = desk.reports / ".made-from.json"
    for damage in ("", "[]", "{", json.dumps({"edition": "old", "pages": {}})):
        note.write_text(damage, "utf-8")
        assert build(desk, limits=limits).written == first.pages


def _change_copy(desk: Desk, statement: str) -> None:
    """Do to the reading copy what another version would have done otherwise."""
    desk.published.chmod(0o644)
    with duckdb.connect(str(desk.published)) as connection:
        connection.execute(statement)
    desk.published.chmod(0o444)


@pytest.mark.usefixtures("simulation")
def test_a_reading_copy_of_an_earlier_version_is_made_anew_first(desk: Desk) -> None:
    _change_copy(desk, "DROP TABLE site_rules; COMMENT ON TABLE articles IS NULL")
    build(desk)
    assert _one(desk, "SELECT count(*) > 0 FROM site_rules") == (True,)


@pytest.mark.usefixtures("simulation")
def test_readers_keep_what_they_have_when_the_warehouse_is_gone(desk: Desk) -> None:
    articles = _one(desk, "SELECT count(*) FROM articles")
    desk.warehouse.rename(desk.home / "kept")
    _change_copy(desk, "COMMENT ON TABLE articles IS NULL")
    with pytest.raises(WarehouseMissing, match="earlier version"):
        build(desk)
    assert not desk.warehouse.exists()
    with desk.writing("replay"):
        pass
    assert _one(desk, "SELECT count(*) FROM articles") == articles


@pytest.mark.usefixtures("simulation")
def test_who_migrates_the_warehouse_makes_the_reading_copy_anew(desk: Desk) -> None:
    _change_copy(desk, "DELETE FROM rules")
    with desk.writing("test") as connection:
        connection.execute("UPDATE ops.migration SET sha256 = 'earlier' WHERE name = 'views'")
    assert _one(desk, "SELECT count(*) FROM rules") == (0,)
    with desk.writing("test"):
        assert _one(desk, "SELECT count(*) > 0 FROM rules") == (True,)


@pytest.mark.usefixtures("simulation")
def test_a_page_that_somebody_deleted_comes_back(desk: Desk) -> None:
    build(desk)
    (desk.reports / names.FRONT).unlink()
    assert build(desk).written == 1


@pytest.mark.usefixtures("simulation")
def test_pruned_payloads_leave_the_page_without_its_raw_side(desk: Desk) -> None:
    for shard in desk.home.glob("raw/*/*.parquet"):
        shard.unlink()
    build(desk)
    assert not any(
        "The page as it arrived</h3>" in page.read_text("utf-8") for page in _pages(desk)
    )
    assert any("is no longer kept" in page.read_text("utf-8") for page in _pages(desk))


@pytest.mark.usefixtures("simulation")
def test_a_site_that_drifts_is_on_the_front_page_until_it_is_as_usual_again(desk: Desk) -> None:
    build(desk)
    front = desk.reports / names.FRONT
    assert "No site has history enough" in front.read_text("utf-8")
    page = desk.reports / names.site_page("valleypost.example")

    def judge(batch_id: str, *, success: bool) -> None:
        with desk.writing("test") as connection:
            connection.execute(
                "INSERT INTO ops.check_result VALUES (?, 'sites', 'dates_are_usual', "
                "'valleypost.example', 'hold', ?, 1, ?, '0.02, usually 0.80 to 1.00', ?)",
                [batch_id, success, int(not success), '{"usual_low": 0.8, "usual_high": 1.0}'],
            )
            desk.refresh_reading_copy(connection)
        build(desk)

    judge("day-0003", success=False)
    assert "dates_are_usual" in front.read_text("utf-8")
    assert "usually 0.80 to 1.00" in page.read_text("utf-8")
    judge("day-0004", success=True)
    assert "None. 1 site could be compared" in front.read_text("utf-8")
    assert "as usual" in page.read_text("utf-8")


def _found(desk: Desk, number: int) -> dict[str, Any]:
    data = (desk.reports / names.finder_data(number)).read_text("utf-8")
    found: dict[str, Any] = json.loads(re.sub(r"^.*?push\(|\);\n$", "", data))
    return found


@pytest.mark.usefixtures("simulation")
def test_the_finder_knows_every_document_with_a_page(desk: Desk) -> None:
    build(desk)
    found = _found(desk, 0)
    assert (len(found["rows"]),) == _one(desk, _NEW)
    assert found["batches"] == ["day-0004", "day-0003", "day-0002", "day-0001"]
    assert all(
        (desk.reports / names.document_page(found["batches"][row[1]], row[0])).exists()
        for row in found["rows"]
    )


def test_a_full_data_file_of_the_finder_is_not_written_again(
    desk: Desk, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    (new,) = _one(desk, _NEW)
    monkeypatch.setattr("tasks.reporting.pages.finder.FINDER_ROWS", new // 3)
    build(desk)
    files = [desk.reports / names.finder_data(number) for number in range(4)]
    before = [file.stat().st_ino for file in files[:3]]
    assert [len(_found(desk, number)["rows"]) for number in range(3)] == [new // 3] * 3
    assert not files[3].exists()
    simulation.add(1)
    build(desk)
    assert [file.stat().st_ino for file in files[:3]] == before
    assert len(_found(desk, 3)["rows"]) == _one(desk, _NEW)[0] - new
    order = re.findall(r"find-\d+", (desk.reports / names.FINDER).read_text("utf-8"))
    assert order == ["find-003", "find-002", "find-001", "find-000"]


@pytest.mark.usefixtures("simulation")
def test_the_finder_loses_nothing_when_an_older_batch_gets_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.reporting.pages.finder.FINDER_ROWS", 20)
    build(desk)
    with desk.writing("test") as connection:
        more = connection.execute(
            "UPDATE raw.document SET outcome = 'failed', reason = 'truncated_input' "
            "WHERE outcome = 'unchanged' AND batch_id = "
            "(SELECT min(batch_id) FROM raw.document WHERE outcome = 'unchanged')"
        ).fetchall()[0][0]
        desk.refresh_reading_copy(connection)
    assert more > 0
    build(desk)
    _is_as_built_at_once(desk)


def test_an_empty_desk_has_pages_too(desk: Desk) -> None:
    desk.create()
    with desk.writing("test") as connection:
        desk.refresh_reading_copy(connection)
    assert build(desk).page.read_text("utf-8").count("No batch waits for a decision.") == 1


def test_without_a_reading_copy_there_is_one_clear_error(desk: Desk) -> None:
    desk.create()
    with pytest.raises(WarehouseMissing, match="does not exist"):
        build(desk)
    assert not desk.reports.exists()
