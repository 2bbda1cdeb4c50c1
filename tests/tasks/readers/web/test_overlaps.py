"""Sources of one run that lead to the same pages: each page is asked once, and by whoever may."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tasks.desk import Desk
from tasks.model import RULES_VERSION, Reason
from tasks.readers.web.books import spool_path
from tasks.readers.web.memory import KnownPage
from tasks.web_memory import DeskMemory
from tests.tasks.readers.web.conftest import Site
from tests.tasks.readers.web.test_polling import Poll
from warehouse import fetches, ledger
from warehouse.fetches import FetchRow

MakeSite = Callable[[], Site]
FEED_TYPE = {"Content_Type": "application/rss+xml"}


@pytest.fixture
def poll(tmp_path: Path) -> Poll:
    desk = Desk(home=tmp_path / "home")
    desk.create()
    return Poll(desk)


def feed_of(*links: str, title: str = "T") -> str:
    items = "".join(f"<item><title>{title}</title><link>{link}</link></item>" for link in links)
    return f"<rss><channel>{items}</channel></rss>"


def sitemap_of(*links: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{link}</loc></url>' for link in links)}</urlset>"


def spooled(poll: Poll, batch: str, source_no: int, word: bytes) -> bool:
    """Say whether the spool of a source has a word by now."""
    spool = spool_path(poll.desk.work(batch), source_no)
    return spool.exists() and word in spool.read_bytes()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.01)


def answer_when(site: Site, path: str, body: str, is_so: Callable[[], bool], **headers: str) -> str:
    """Serve a page that is answered as soon as something is so."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        wait_until(is_so)
        handler.send_response(200)
        handler.send_header("Content-Type", headers.get("Content_Type", "text/html"))
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return site.raw(path, write)


def test_a_page_that_a_foreign_sitemap_listed_is_taken_when_its_own_site_names_it(
    make_site: MakeSite, poll: Poll
) -> None:
    stranger, own = make_site(), make_site()
    page = own.page("/x", "<p>x</p>")
    foreign = stranger.page("/map.xml", sitemap_of(page), Content_Type="text/xml")
    feed = own.page("/feed.xml", feed_of(page), **FEED_TYPE)
    assert [(d["url"], d["reason"]) for d in poll(foreign)] == [(page, Reason.OTHER_HOST)]
    assert [(d["url"], d["reason"]) for d in poll(foreign, feed)] == [(page, None)]
    assert poll(foreign, feed) == []
    assert len(own.asked("/x")) == 1


def test_a_refusal_to_a_foreign_sitemap_is_not_the_last_time_that_a_page_was_asked(
    poll: Poll,
) -> None:
    key, asked_at = "news.example/x", datetime(2026, 11, 20, tzinfo=UTC)
    asked = FetchRow(
        key=key, place=f"https://{key}", url=f"https://{key}", fetched_at=asked_at,
        http_status=404, etag=None, last_modified=None, payload_sha256=None,
        reason=Reason.HTTP_ERROR, failed=True,
    )  # fmt: skip
    refused_at = asked_at + timedelta(days=1)
    refused = replace(asked, fetched_at=refused_at, reason=Reason.OTHER_HOST, failed=False)
    with poll.desk.writing("test") as connection:
        ledger.open_batch(
            connection, "b", kind="run", rules_version=RULES_VERSION, options="{}", sources=[]
        )
        fetches.record_fetches(connection, "b", [asked, refused])
    known = DeskMemory(poll.desk, "b").pages({key})
    assert known == {key: KnownPage(asked_at=asked_at, failed=True)}


@pytest.mark.parametrize("is_redirected", [False, True])
def test_a_page_is_refused_to_a_foreign_sitemap_and_taken_for_its_own_feed_in_one_run(
    make_site: MakeSite, poll: Poll, is_redirected: bool
) -> None:
    stranger, own = make_site(), make_site()
    page = own.redirect("/x", own.url + "/y") if is_redirected else own.page("/x", "<p>x</p>")
    own.page("/y", "<p>x</p>")
    foreign = stranger.page("/map.xml", sitemap_of(page), Content_Type="text/xml")
    feed = answer_when(
        own, "/feed.xml", feed_of(page), lambda: spooled(poll, "poll1", 0, b'"end"'), **FEED_TYPE
    )
    found = poll(foreign, feed)
    assert [d["reason"] for d in found] == [Reason.OTHER_HOST, None]
    assert poll(foreign, feed) == []
    assert len(own.asked("/x")) == 1


def test_a_page_that_its_own_feed_names_is_not_refused_to_a_sitemap_of_the_same_source(
    make_site: MakeSite, poll: Poll, tmp_path: Path
) -> None:
    stranger, own = make_site(), make_site()
    page = own.page("/x", "<p>x</p>")
    foreign = stranger.page("/map.xml", sitemap_of(page), Content_Type="text/xml")
    feed = answer_when(
        own,
        "/feed.xml",
        feed_of(page),
        lambda: spooled(poll, "poll1", 0, b'"frame": "listing"'),
        **FEED_TYPE,
    )
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{foreign}\n{feed}\n", "utf-8")
    assert [(d["url"], d["reason"]) for d in poll(str(listed))] == [(page, None)]
