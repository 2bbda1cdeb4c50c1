"""A source that fails while others work: who is told, when, where it is shown, and what ends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.desk import Desk as Home
from tests.conftest import Desk
from tests.flows.conftest import ask
from tests.flows.listening import Listener
from tests.flows.test_events import events_of, post
from tests.flows.test_sources import write_feed
from tests.tasks.readers.web import conftest as local_web
from warehouse.connect import connect

pytestmark = pytest.mark.prefect
Inbox = Callable[..., Path]
Site = local_web.Site
make_site = local_web.make_site
site = local_web.site_for_runs


def passes(desk: Desk, hours: int) -> None:
    """Let time pass: what the desk remembers of its sources is so much longer ago."""
    with Home(home=desk.home).writing("test") as connection:
        for moment in ("ops.batch_source.read_at", "ops.origin.robots_at", "ops.origin.asked_at"):
            table, _, column = moment.rpartition(".")
            connection.execute(f"UPDATE {table} SET {column} = {column} - to_hours({hours})")


def front(desk: Desk) -> str:
    return (desk.home / "reports" / "index.html").read_text("utf-8")


@pytest.fixture
def gazette(desk: Desk, site: Site, inbox: Inbox) -> str:
    """A feed and a folder, both read once; returns the address of the feed."""
    url = write_feed(site, {"/a": "A fish market moves"})
    desk("sources", "add", "gazette", url)
    desk("sources", "add", "inbox", inbox(1))
    assert desk("run").counts["published"] == 2
    return url


def test_a_feed_that_dies_is_told_once_when_it_begins_to_fail_and_once_when_it_is_well_again(
    desk: Desk, site: Site, gazette: str, listener: Listener, prefect_api: str
) -> None:
    site.page("/feed.xml", "gone", 404)
    said = desk("run")
    assert (said.code, said.object["failing"]) == (4, [])
    assert (desk("status").object["failing"], listener.heard) == ([], []), "a blip"
    assert "Sources that fail" not in front(desk)
    passes(desk, 7)
    said = desk("run", "--batch", "late")
    assert (said.code, said.object["failing"]) == (4, ["gazette"])

    (heard,) = listener.heard
    assert heard["title"] == "copydesk: batch late has sources that fail"
    assert heard["type"] == "warning"
    (line,) = [line for line in heard["message"].splitlines() if gazette in line]
    assert line.startswith("source failing: gazette, 2 times since ")
    assert "404" in line
    found = desk("status").object["failing"]
    assert [(row["source"], row["locator"], row["tries"]) for row in found] == [
        ("gazette", gazette, 2)
    ]
    assert found[0]["age_seconds"] == pytest.approx(7 * 3600, abs=300)
    assert "404" in found[0]["error"]
    shown = ask("status", "--home", desk.home).out
    assert "sources that fail" in shown
    metrics = ask("status", "--metrics", "--home", desk.home).out.splitlines()
    assert 'copydesk_source_failing{source="gazette"} 1.0' in metrics
    assert "gazette" in front(desk).split("Sources that fail")[1].split("</section>")[0]
    listed = {s["name"]: s["failing_since"] for s in desk("sources", "list").object["sources"]}
    assert listed == {"gazette": found[0]["since"], "inbox": None}
    artifacts = post(prefect_api, "/artifacts/filter", {"sort": "CREATED_DESC"})
    assert any("source that fails: gazette" in str(artifact["data"]) for artifact in artifacts)

    for _ in range(2):
        assert desk("run").code == 4
    assert len(listener.heard) == 1

    write_feed(site, {"/a": "A fish market moves"})
    assert desk("run", "--batch", "well").object["failing"] == []
    over = listener.heard[1]
    assert over["title"] == "copydesk: batch well shows that trouble is over"
    assert f"can be read again: {gazette}" in over["message"].splitlines()
    assert desk("status").object["failing"] == []
    assert "Sources that fail" not in front(desk)
    desk("run")
    assert len(listener.heard) == 2
    found = events_of(prefect_api, desk.home, 3)  # beside what the first batch published
    began, ended = found["copydesk.source.failing"], found["copydesk.source.recovered"]
    assert began["resource"]["prefect.resource.id"] == "copydesk.source.gazette"
    assert (began["payload"]["batch_id"], began["payload"]["locator"]) == ("late", gazette)
    assert (ended["payload"]["batch_id"], ended["payload"]["tries"]) == ("well", 4)


def test_robots_that_forbid_all_make_a_source_fail(
    desk: Desk, site: Site, gazette: str, listener: Listener
) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /\n", Content_Type="text/plain")
    passes(desk, 25)
    said = desk("run")
    assert (said.code, said.counts["quarantined"]) == (0, 1)
    passes(desk, 7)
    assert desk("run").object["failing"] == ["gazette"]
    (heard,) = listener.heard
    assert f"{gazette}: robots_denied" in heard["message"]


def test_a_folder_that_is_gone_makes_a_source_fail_however_it_is_named(
    desk: Desk, site: Site, inbox: Inbox
) -> None:
    folders = inbox(1), inbox(1, name="other", first=1)
    desk("run", *folders)
    shutil.rmtree(folders[1])
    for _ in range(2):
        assert desk("run", *folders).code == 4
        passes(desk, 7)
    assert desk("run", *folders).object["failing"] == [str(folders[1])]


def test_a_page_that_fails_does_not_make_its_feed_fail(
    desk: Desk, site: Site, gazette: str, listener: Listener
) -> None:
    write_feed(site, {"/a": "A fish market moves", "/b": "A bridge opens"})
    site.page("/b", "gone", 404)
    for _ in range(3):
        said = desk("run")
        assert (said.code, said.counts["failed"]) == (0, 1)
        passes(desk, 7)
    assert (desk("status").object["failing"], listener.heard) == ([], [])


def test_a_feed_that_dies_alone_is_told_with_the_run_that_fails_and_when_its_address_is_mended(
    desk: Desk, site: Site, gazette: str, listener: Listener
) -> None:
    site.pages["/old.xml"] = site.pages["/feed.xml"]
    site.page("/feed.xml", "gone", 404)
    assert desk("run", "gazette").object["status"] == "failed"
    passes(desk, 7)
    assert desk("run", "gazette").object["failing"] == ["gazette"]
    assert desk("run").object["failing"] == ["gazette"]
    (heard,) = listener.heard
    assert heard["title"].endswith("failed")

    desk("sources", "remove", "gazette")
    desk("sources", "add", "gazette", site.page("/new.xml", site.pages["/old.xml"][2]))
    assert desk("run").object["failing"] == []
    assert "can be read again: gazette" in listener.heard[1]["message"].splitlines()


def test_who_does_not_ask_for_sources_that_fail_is_not_told_of_them(
    desk: Desk, site: Site, gazette: str, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_NOTIFY__ON", '["held", "failed"]')
    site.page("/feed.xml", "gone", 404)
    desk("run")
    passes(desk, 7)
    assert desk("run").object["failing"] == ["gazette"]
    assert listener.heard == []


def test_a_source_that_nobody_asks_for_any_longer_fails_no_longer(
    desk: Desk, site: Site, gazette: str
) -> None:
    site.page("/feed.xml", "gone", 404)
    desk("run")
    passes(desk, 7)
    desk("run")
    desk("sources", "remove", "gazette")
    desk("run")
    assert [row["source"] for row in desk("status").object["failing"]] == ["gazette"]
    passes(desk, 24 * 14)
    desk("run")
    assert desk("status").object["failing"] == []
    assert desk.value("SELECT source FROM failing_sources") == "gazette"


def test_the_status_of_a_copy_of_an_earlier_version_knows_of_no_source_that_fails(
    desk: Desk, gazette: str
) -> None:
    copy = desk.home / "published.duckdb"
    copy.chmod(0o644)
    with connect(copy) as connection:
        connection.execute("DROP TABLE failing_sources")
        connection.execute("COMMENT ON TABLE articles IS 'made by others'")
    assert desk("status").object["failing"] == []
