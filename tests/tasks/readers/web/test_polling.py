"""Polling again asks only for what is new: the ledger is real, the site is on loopback."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tasks.acquire import acquire, begin_fetching, now_utc
from tasks.desk import Desk
from tasks.model import RULES_VERSION, Reason, Source
from tasks.readers.web.rules import FetchRules
from tasks.readers.web.service import Web
from tasks.shards import read
from tasks.taking import Taking
from tasks.web_memory import DeskMemory
from tests.tasks.readers.web.conftest import Site
from warehouse import ledger

FEED = "/feed.xml"


@dataclass(slots=True)
class Poll:
    """Take sources in as a run does, up to the gate, which lets everything pass."""

    desk: Desk
    number: int = 0
    rules: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self, *locators: str, kind: str | None = None, **rules: Any
    ) -> list[dict[str, Any]]:
        sources = self._begin(locators, kind)
        return self._end(sources, rules)

    def interrupt(self, *locators: str, until: Callable[[], bool]) -> None:
        """Let a run begin with all sources, and end at once when something is so."""
        sources = self._begin(locators, None)
        with self._fetching(sources, {}):
            deadline = time.monotonic() + 60
            while not until():
                assert time.monotonic() < deadline, "it never came so far"
                time.sleep(0.01)

    def resume(self, *locators: str, **rules: Any) -> list[dict[str, Any]]:
        """Go on with the run that was interrupted, to its end."""
        return self._end([Source(locator=locator, kind=None) for locator in locators], rules)

    @property
    def batch(self) -> str:
        """Name the newest run."""
        return f"poll{self.number}"

    def _begin(self, locators: Sequence[str], kind: str | None) -> list[Source]:
        self.number += 1
        sources = [Source(locator=locator, kind=kind) for locator in locators]
        with self.desk.writing("test") as connection:
            ledger.open_batch(
                connection, self.batch, kind="run", rules_version=RULES_VERSION, options="{}",
                sources=[(s.locator, s.kind, None) for s in sources],
            )  # fmt: skip
        return sources

    @contextmanager
    def _fetching(self, sources: list[Source], rules: dict[str, Any]) -> Iterator[Taking]:
        usual = FetchRules(max_bytes=10**6, allow_addresses=("127.0.0.0/8",), gap_seconds=0.0)
        fetch = replace(usual, **(self.rules | rules))
        memory, work = DeskMemory(self.desk, self.batch), self.desk.work(self.batch)
        with Web(fetch, memory, now_utc, work) as web:
            taking = Taking(max_bytes=10**6, web=web)
            begin_fetching(self.desk, self.batch, enumerate(sources), taking)
            yield taking

    def _end(self, sources: list[Source], rules: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with self._fetching(sources, rules) as taking:
            for number, source in enumerate(sources):
                for shard in acquire.fn(self.desk, self.batch, number, source, taking):
                    found += read(shard.path)
        with self.desk.writing("test") as connection:
            ledger.close_batch(connection, self.batch, gate="published", why=None)
        return found


@pytest.fixture
def poll(tmp_path: Path) -> Poll:
    desk = Desk(home=tmp_path / "home")
    desk.create()
    return Poll(desk)


def write_feed(site: Site, entries: dict[str, str], **headers: str) -> str:
    """Serve a feed of path -> title; each page has its title as its text."""
    items = "".join(
        f"<item><title>{title}</title><link>{site.url}{path}</link></item>"
        for path, title in entries.items()
    )
    for path, title in entries.items():
        site.page(path, f"<html><body><p>{title}</p></body></html>")
    text = f"<rss><channel>{items}</channel></rss>"
    return str(site.page(FEED, text, Content_Type="application/rss+xml", **headers))


def paths(documents: list[dict[str, Any]], site: Site) -> list[str]:
    return [d["locator"].removeprefix(site.url) for d in documents]


@pytest.mark.parametrize("tagged", [True, False])
def test_five_hundred_known_articles_cost_no_request_and_five_new_ones_five(
    site: Site, poll: Poll, tagged: bool
) -> None:
    entries = {f"/{n}": f"Story {n}" for n in range(500)}
    url = write_feed(site, entries, **({"ETag": '"1"'} if tagged else {}))
    assert len(poll(url)) == 500
    site.log.clear()
    assert poll(url) == []
    assert [line.path for line in site.asked()] == [FEED]
    assert [line.status for line in site.asked()] == [304 if tagged else 200]

    site.log.clear()
    entries |= {"/7": "Story 7, corrected", "/8": "Story 8, corrected"}
    entries = {f"/new{n}": f"News {n}" for n in range(3)} | entries
    write_feed(site, entries, **({"ETag": '"2"'} if tagged else {}))
    assert sorted(paths(poll(url), site)) == ["/7", "/8", "/new0", "/new1", "/new2"]
    assert len(site.asked()) == 6


def test_what_failed_is_asked_again_even_if_its_feed_is_unchanged(site: Site, poll: Poll) -> None:
    url = write_feed(site, {"/a": "A", "/b": "B"}, ETag='"1"')
    site.page("/a", "gone for a moment", 404)
    assert {d["locator"]: d["reason"] for d in poll(url)} == {
        site.url + "/a": Reason.HTTP_ERROR,
        site.url + "/b": None,
    }
    site.page("/a", "<p>back</p>")
    assert paths(poll(url), site) == ["/a"]
    assert poll(url) == []


def test_another_feed_of_the_same_pages_asks_for_none(site: Site, poll: Poll) -> None:
    poll(write_feed(site, {"/a": "A", "/b": "B"}))
    other = "".join(
        f"<url><loc>{site.url}{p}?utm_source=map</loc></url>" for p in ("/a", "/b", "/c")
    )
    site.page("/c", "<p>C</p>")
    url = site.page("/sitemap.xml", f"<urlset>{other}</urlset>", Content_Type="text/xml")
    assert paths(poll(url), site) == ["/c?utm_source=map"]


def test_a_page_without_a_date_is_asked_again_when_it_is_no_longer_fresh(
    site: Site, poll: Poll
) -> None:
    site.page("/a", "<p>A</p>")
    url = site.page("/sitemap.xml", f"<urlset><url><loc>{site.url}/a</loc></url></urlset>")
    assert len(poll(url)) == 1
    assert poll(url, freshness_seconds=3600) == []
    assert len(poll(url, freshness_seconds=0)) == 1


def test_an_index_leads_to_its_sitemaps_and_foreign_pages_are_refused_once(
    make_site: Callable[[], Site], poll: Poll
) -> None:
    site, other = make_site(), make_site()
    for path in ("/a", "/b"):
        site.page(path, f"<p>{path}</p>")
    inner = (
        f"<urlset><url><loc>{site.url}/b</loc></url><url><loc>{other.url}/x</loc></url></urlset>"
    )
    site.page("/inner.xml", inner, Content_Type="text/xml")
    listed = f"<url><loc>{site.url}/a</loc></url>"
    site.page("/pages.xml", f"<urlset>{listed}</urlset>", Content_Type="text/xml")
    children = "".join(
        f"<sitemap><loc>{site.url}/{n}.xml</loc></sitemap>" for n in ("inner", "pages")
    )
    url = site.page(
        "/index.xml", f"<sitemapindex>{children}</sitemapindex>", Content_Type="text/xml"
    )
    found = {d["url"]: d["reason"] for d in poll(url)}
    assert found == {site.url + "/a": None, site.url + "/b": None, other.url + "/x": "other_host"}
    assert other.log == []
    assert poll(url) == []


def test_a_home_page_leads_to_its_feeds_and_sitemaps(site: Site, poll: Poll) -> None:
    write_feed(site, {"/a": "A"})
    site.page("/", f'<html><link rel=alternate type="application/rss+xml" href="{FEED}"></html>')
    site.page("/robots.txt", f"User-agent: *\nSitemap: {site.url}/map.xml")
    site.page("/b", "<p>B</p>")
    site.page("/map.xml", f"<urlset><url><loc>{site.url}/b</loc></url></urlset>")
    assert sorted(paths(poll(site.url), site)) == ["/a", "/b"]
    assert poll(site.url) == []


def test_the_sitemap_of_a_home_page_may_lie_elsewhere_and_lists_pages_of_both(
    make_site: Callable[[], Site], poll: Poll
) -> None:
    """Its robots.txt names that sitemap, and so answers for it; for a third site nobody does."""
    site, store, third = make_site(), make_site(), make_site()
    site.page("/robots.txt", f"Sitemap: {store.url}/index.xml")
    site.page("/", "<html><body>Home</body></html>")
    store.page(
        "/index.xml",
        f"<sitemapindex><sitemap><loc>{store.url}/map.xml</loc></sitemap></sitemapindex>",
    )
    listed = (site.page("/a", "<p>A</p>"), store.page("/b", "<p>B</p>"), f"{third.url}/c")
    urls = "".join(f"<url><loc>{url}</loc></url>" for url in listed)
    store.page("/map.xml", f"<urlset>{urls}</urlset>")
    found = {d["url"]: d["reason"] for d in poll(site.url)}
    assert found == {listed[0]: None, listed[1]: None, listed[2]: Reason.OTHER_HOST}
    assert third.log == []
    assert poll(site.url) == []


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_sitemap_may_be_a_text_of_whole_addresses(
    site: Site, poll: Poll, is_packed: bool
) -> None:
    text = f"\ufeff{site.page('/a', '<p>A</p>')}\r\n\r\nabout us\r\n".encode()
    body, said = (gzip.compress(text), "application/gzip") if is_packed else (text, "text/plain")
    found = poll(site.page("/map.txt", body, Content_Type=said), kind="sitemap")
    assert [(d["url"], d["reason"]) for d in found if d["url"]] == [(site.url + "/a", None)]
    assert [d["reason"] for d in found if not d["url"]] == [Reason.BAD_RECORD]
    assert [line.path for line in site.asked()] == ["/map.txt", "/a"]


def test_a_text_that_says_there_is_no_sitemap_leads_to_no_request(site: Site, poll: Poll) -> None:
    url = site.page("/map.txt", "Sorry, nothing\nis here\n", Content_Type="text/plain")
    (document,) = poll(url, kind="sitemap")
    assert document["reason"] == Reason.NOT_FEED
    assert len(site.asked()) == 1


def test_a_home_page_without_any_stands_for_itself(site: Site, poll: Poll) -> None:
    site.page("/", "<html><body><p>One page, all there is.</p></body></html>")
    (document,) = poll(site.url)
    assert (document["locator"], document["reason"]) == (site.url + "/", None)


def test_a_feed_that_is_a_web_page_is_one_row(site: Site, poll: Poll) -> None:
    url = site.page("/feed", "<!DOCTYPE html><html><body>Sign in to read on</body></html>")
    (document,) = poll(url, kind="feed")
    assert document["reason"] == Reason.NOT_FEED


def test_xml_with_a_document_type_is_one_row(site: Site, poll: Poll) -> None:
    text = '<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>'
    (document,) = poll(site.page("/feed.xml", text))
    assert document["reason"] == Reason.FORBIDDEN_XML


def test_two_sources_that_list_one_page_ask_for_it_once(site: Site, poll: Poll) -> None:
    feed = write_feed(site, {"/a": "A", "/b": "B"})
    urls = "".join(f"<url><loc>{site.url}/{n}</loc></url>" for n in "abc")
    site.page("/c", "<p>C</p>")
    map_ = site.page("/map.xml", f"<urlset>{urls}</urlset>")
    assert sorted(paths(poll(feed, map_), site)) == ["/a", "/b", "/c"]
    assert len(site.asked("/a")) == 1


def test_a_list_of_addresses_is_a_source(site: Site, poll: Poll, tmp_path: Path) -> None:
    urls = [site.page(f"/{n}", f"<p>{n}</p>") for n in range(3)]
    listed = tmp_path / "urls.txt"
    listed.write_text("# to read\n" + "\n".join([*urls, "", urls[0]]) + "\n", "utf-8")
    assert paths(poll(str(listed)), site) == ["/0", "/1", "/2"]
    listed.write_text("\n".join([*urls, "not one"]), "utf-8")
    found = poll(str(listed), kind="urls")
    assert [d["reason"] for d in found if d["url"] is None] == [Reason.BAD_LINE]
    assert len(found) == 4
