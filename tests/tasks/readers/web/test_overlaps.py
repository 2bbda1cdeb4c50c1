"""Sources of one run that lead to the same pages: each page is asked once, and by whoever may."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tasks.desk import Desk
from tasks.model import RULES_VERSION, Reason
from tasks.readers.web.books import spool_path
from tasks.readers.web.memory import KnownPage
from tasks.readers.web.spool import frames_in
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


def feed_of(*links: str, title: str = "T", date: datetime | None = None) -> str:
    dated = f"<pubDate>{format_datetime(date)}</pubDate>" if date else ""
    items = "".join(
        f"<item><title>{title}</title>{dated}<link>{link}</link></item>" for link in links
    )
    return f"<rss><channel>{items}</channel></rss>"


def sitemap_of(*links: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{link}</loc></url>' for link in links)}</urlset>"


def has_in_spool(
    poll: Poll, source_no: int, kind: str, url: str = "", *, batch: str = "poll1"
) -> bool:
    """Say whether a source of a run has by now spooled a frame of a kind, about an address."""
    spool = spool_path(poll.desk.work(batch), source_no)
    frames = frames_in(spool) if spool.exists() else ()
    return any(frame.kind == kind and url in str(frame.facts) for frame in frames)


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
        own, "/feed.xml", feed_of(page), lambda: has_in_spool(poll, 0, "end"), **FEED_TYPE
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
        lambda: has_in_spool(poll, 0, "listing"),
        **FEED_TYPE,
    )
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{foreign}\n{feed}\n", "utf-8")
    assert [(d["url"], d["reason"]) for d in poll(str(listed))] == [(page, None)]


def test_a_page_that_two_feeds_name_is_asked_once_whichever_is_read_first(
    make_site: MakeSite, poll: Poll
) -> None:
    site, late, slow = make_site(), make_site(), make_site()
    page = site.page("/a", "<p>a</p>")

    def is_asked() -> bool:
        return has_in_spool(poll, 0, "item", page)

    def is_read() -> bool:
        return has_in_spool(poll, 1, "listing")

    # What the ledger knows of the page is of no help: it learns of it when the first source ends.
    last = answer_when(slow, "/z", "<p>z</p>", is_read)
    first = site.page("/feed.xml", feed_of(page, last), **FEED_TYPE)
    second = answer_when(late, "/late.xml", feed_of(page), is_asked, **FEED_TYPE)
    assert [d["url"] for d in poll(first, second)] == [page, last]
    assert poll(first, second) == []
    assert len(site.asked("/a")) == 1


@pytest.mark.parametrize("is_home", [False, True])
def test_a_resumed_run_asks_for_nothing_that_a_source_had_which_came_to_its_end(
    make_site: MakeSite, poll: Poll, is_home: bool
) -> None:
    site, quick, slow = make_site(), make_site(), make_site()
    pages = [site.page(f"/{n}", f"<p>{n}</p>") for n in range(5)]
    second = quick.page("/feed.xml", feed_of(*pages), **FEED_TYPE)
    link = f'<link rel=alternate type="application/rss+xml" href="{second}">'
    body = f"<html><head>{link}</head></html>" if is_home else feed_of(*pages)
    is_up = threading.Event()
    first = answer_when(slow, "/" if is_home else "/feed.xml", body, is_up.is_set)
    poll.interrupt(first, second, until=lambda: has_in_spool(poll, 1, "end"))
    is_up.set()
    assert [d["locator"] for d in poll.resume(first, second)] == pages
    assert len(quick.asked()) == 1
    assert poll(first, second) == []
    assert len(site.asked()) == 5


@pytest.mark.parametrize("is_dated", [False, True])
def test_a_page_that_a_killed_run_had_is_not_asked_again_for_a_feed_that_tells_nothing_newer(
    make_site: MakeSite, poll: Poll, is_dated: bool
) -> None:
    site, late, slow = make_site(), make_site(), make_site()
    page = site.page("/a", "<p>a</p>")
    is_up = threading.Event()
    last = answer_when(slow, "/z", "<p>z</p>", lambda: has_in_spool(poll, 1, "listing"))
    first = site.page("/feed.xml", feed_of(page, last), **FEED_TYPE)
    date = datetime.now(UTC) - timedelta(hours=1) if is_dated else None
    second = answer_when(late, "/late.xml", feed_of(page, date=date), is_up.is_set, **FEED_TYPE)
    poll.interrupt(first, second, until=lambda: has_in_spool(poll, 0, "item", page))
    is_up.set()
    assert [d["url"] for d in poll.resume(first, second)] == [page, last]
    assert poll(first, second) == []
    assert len(site.asked("/a")) == 1


@pytest.mark.parametrize("is_told", [False, True])
def test_an_edit_while_a_run_was_interrupted_is_seen_when_its_feed_tells_it_or_the_answer_is_old(
    make_site: MakeSite, poll: Poll, is_told: bool
) -> None:
    site, late, slow = make_site(), make_site(), make_site()
    page = site.page("/a", "<p>old</p>")
    second = late.page("/late.xml", feed_of(page), **FEED_TYPE)
    if is_told:
        poll(second)
    is_up = threading.Event()
    last = answer_when(slow, "/z", "<p>z</p>", is_up.is_set)
    date = datetime.now(UTC) + timedelta(hours=1)  # or an answer that is fresh would do
    first = site.page("/feed.xml", feed_of(page, last, date=date), **FEED_TYPE)
    batch = f"poll{poll.number + 1}"

    def is_resumed() -> bool:
        return has_in_spool(poll, 0, "end", batch=batch)

    told = feed_of(page, title="Edited" if is_told else "T")
    answer_when(late, "/late.xml", told, is_resumed, **FEED_TYPE)
    had = partial(has_in_spool, poll, 0, "item", page, batch=batch)
    poll.interrupt(first, second, until=had)
    site.page("/a", "<p>edited</p>")
    is_up.set()
    freshness_seconds = 86_400.0 if is_told else 0.0
    found = poll.resume(first, second, freshness_seconds=freshness_seconds)
    assert [d["payload"] for d in found] == [b"<p>old</p>", b"<p>z</p>"]
    assert [(d["url"], d["payload"]) for d in poll(first, second)] == [(page, b"<p>edited</p>")]
    assert poll(first, second) == []


@pytest.mark.parametrize("is_cut", [False, True])
def test_what_a_killed_run_refused_to_a_foreign_sitemap_its_own_feed_gives_to_the_resumed_one(
    make_site: MakeSite, poll: Poll, is_cut: bool
) -> None:
    stranger, own = make_site(), make_site()
    page = own.page("/x", "<p>x</p>")
    foreign = stranger.page("/map.xml", sitemap_of(page), Content_Type="text/xml")
    is_up = threading.Event()
    feed = answer_when(own, "/feed.xml", feed_of(page), is_up.is_set, **FEED_TYPE)
    poll.interrupt(foreign, feed, until=lambda: has_in_spool(poll, 0, "end"))
    spool = spool_path(poll.desk.work("poll1"), 0)
    if is_cut:  # as if the kill came before the crawl could say that it is at its end
        os.truncate(spool, spool.stat().st_size - 1)
    is_up.set()
    found = poll.resume(foreign, feed)
    assert {(d["url"], d["reason"]) for d in found} == {(page, Reason.OTHER_HOST), (page, None)}
    assert len(found) == 2
    assert poll(foreign, feed) == []
