"""Every answer is kept: of robots.txt, feeds, sitemaps and home pages too, beside the documents."""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks import shards
from tasks.answers import answer_shards, keep_answers
from tasks.desk import Desk
from tasks.readers.web.answers import Answers
from tasks.readers.web.service import answers_spool
from tasks.records import Record
from tasks.warc_export import responses_in, write_warc
from tasks.web_memory import PreviewMemory
from tests.tasks.readers.web.conftest import Site, warc_records
from tests.tasks.readers.web.test_guest import Guest
from tests.tasks.readers.web.test_kills import crawl_all
from tests.tasks.readers.web.test_polling import FEED, Poll, write_feed

Kill = Callable[[list[str], list[Site], float], bool]


@pytest.fixture
def poll(tmp_path: Path) -> Poll:
    desk = Desk(home=tmp_path / "home")
    desk.create()
    return Poll(desk)


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.readers.web.fetch._WAIT_SECONDS", (0.01, 0.01))


def answers(desk: Desk, batch: str) -> list[Record]:
    return [r for path in answer_shards(desk.raw(batch)) for r in shards.read(str(path))]


def exported(desk: Desk, folder: Path) -> list[tuple[str, str, str, bytes]]:
    """Write all of a desk as a WARC that passes the check; return type, URL, status and body."""
    path = folder / "out.warc.gz"
    with path.open("wb") as file:
        write_warc(file, responses_in(sorted((desk.home / "raw").iterdir())), software="test/1")
    return [
        (
            record.rec_type,
            str(record.rec_headers.get_header("WARC-Target-URI")),
            str(record.http_headers.get_statuscode()),
            record.content_stream().read(),
        )
        for record in warc_records(path)
    ]


def busy_first(site: Site, path: str, body: bytes) -> None:
    """Answer 503 to the first request, and then as asked."""
    held = site.page(path, body)
    whole = site.pages[path]

    def answer(handler: Any) -> None:
        site.pages[path] = whole
        handler.send_response(503)
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(b"busy")

    assert held
    site.pages[path] = answer


def wide_site(make_site: Callable[[], Site]) -> tuple[list[Site], list[str]]:
    """Serve every way to a page, and every way to none; return the sites and what to ask for."""
    site, bare, broken = make_site(), make_site(), make_site()
    site.page(
        "/robots.txt", f"User-agent: *\nSitemap: {site.url}/map.xml.gz", Content_Type="text/plain"
    )
    site.page("/", "<head><link rel=alternate type=application/rss+xml href=/moved.xml></head>")
    site.redirect("/moved.xml", FEED, 301)
    write_feed(site, {"/a": "A", "/b": "B"})
    busy_first(site, FEED, site.pages[FEED][2])
    site.redirect("/a", "/a2")
    site.page("/a2", "<p>A</p>")
    inner = f"<urlset><url><loc>{site.url}/c</loc></url></urlset>"
    site.page("/c", "<p>C</p>")
    site.page("/inner.xml", gzip.compress(inner.encode()), Content_Encoding="gzip")
    index = f"<sitemapindex><sitemap><loc>{site.url}/inner.xml</loc></sitemap></sitemapindex>"
    site.page("/map.xml.gz", gzip.compress(index.encode()), Content_Type="application/gzip")
    bare.page("/", "<p>A home page that leads nowhere</p>")  # and a robots.txt that is not there
    broken.page("/robots.txt", b"\x1f\x8bcut off", Content_Encoding="gzip")
    broken.page("/feed", "<rss/>")
    site.page("/dtd.xml", "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>")
    guessed = make_site()
    guessed.page("/", "<p>A home page with a sitemap</p>")
    guessed.redirect("/sitemap.xml", "/sitemap2.xml")
    guessed.page("/sitemap2.xml", f"<urlset><url><loc>{guessed.url}/d</loc></url></urlset>")
    guessed.page("/d", "<p>D</p>")
    site.page("/dump.warc", b"WARC/1.0\r\n")
    site.redirect("/get.warc", "/dump.warc")
    asked = [site, bare, broken, guessed]
    urls = [site.url + "/", site.url + "/dtd.xml", bare.url + "/", broken.url + "/feed"]
    return asked, [*urls, guessed.url + "/", site.url + "/get.warc"]


def test_every_answer_of_a_poll_is_in_the_warc(
    make_site: Callable[[], Site], poll: Poll, tmp_path: Path
) -> None:
    sites, urls = wide_site(make_site)
    poll(*urls)
    found = exported(poll.desk, tmp_path)
    served = Counter(
        (f"http://127.0.0.1:{line.port}{line.path}", str(line.status))
        for site in sites
        for line in site.log
    )
    assert Counter((url, status) for _, url, status, _ in found) == served
    assert served.total() > 20
    bodies = {url: body for _, url, status, body in found if status == "200"}
    site = sites[0]
    for path in ("/", FEED, "/robots.txt", "/map.xml.gz", "/dtd.xml"):
        assert bodies[site.url + path] == site.pages[path][2]
    assert bodies[site.url + "/inner.xml"] == gzip.decompress(site.pages["/inner.xml"][2])


def test_what_is_kept_of_listings_is_no_document(make_site: Callable[[], Site], poll: Poll) -> None:
    site = make_site()
    documents = poll(write_feed(site, {"/a": "A", "/b": "B"}))
    assert [d["locator"] for d in documents] == [site.url + "/a", site.url + "/b"]
    kept = answers(poll.desk, "poll1")
    assert [r["locator"] for r in kept] == [site.url + "/robots.txt", site.url + FEED]
    assert not {r["document_id"] for r in kept} & {d["document_id"] for d in documents}
    assert len(list(poll.desk.raw("poll1").glob("*.parquet"))) == 1


@pytest.mark.parametrize("tagged", [True, False])
def test_an_unchanged_feed_is_kept_once_and_each_answer_to_it(
    site: Site, poll: Poll, tmp_path: Path, tagged: bool
) -> None:
    url = write_feed(site, {"/a": "A"}, **({"ETag": '"1"'} if tagged else {}))
    for _ in range(3):
        poll(url)
    bodies = [r["payload"] for n in (1, 2, 3) for r in answers(poll.desk, f"poll{n}")]
    assert bodies.count(site.pages[FEED][2]) == 1
    found = [line for line in exported(poll.desk, tmp_path) if line[1] == url]
    again = ("revisit", url, "304" if tagged else "200", b"")
    assert found == [("response", url, "200", site.pages[FEED][2]), again, again]

    write_feed(site, {"/a": "A", "/b": "B"}, **({"ETag": '"2"'} if tagged else {}))
    poll(url)
    assert exported(poll.desk, tmp_path)[-2][3] == site.pages[FEED][2]


def test_a_body_whose_shard_was_pruned_is_kept_anew(site: Site, poll: Poll) -> None:
    url = write_feed(site, {"/a": "A"})
    poll(url)
    answer_shards(poll.desk.raw("poll1"))[0].unlink()
    poll(url)
    assert answers(poll.desk, "poll2")[-1]["payload"] == site.pages[FEED][2]


def test_the_shards_of_answers_are_bounded_and_written_again_as_they_were(
    site: Site, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.shards.MOST_BYTES", 1000)
    feeds = [site.page(f"/{n}.xml", f"<rss><!--{400 * str(n)}--></rss>") for n in range(4)]
    poll(*feeds, kind="feed")  # which answers first is for nobody to say: all are of one size
    paths = answer_shards(poll.desk.raw("poll1"))
    assert len(paths) == 2
    before = [path.read_bytes() for path in paths]
    kept = Answers(answers_spool(poll.desk.work("poll1")))
    keep_answers(poll.desk, "poll1", kept.kept())
    kept.close()
    assert [path.read_bytes() for path in answer_shards(poll.desk.raw("poll1"))] == before


def test_a_new_spool_of_a_batch_overwrites_no_shard_and_keeps_no_body_twice(
    site: Site, poll: Poll, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.shards.MOST_BYTES", 1000)
    feeds = [site.page(f"/{n}.xml", f"<rss><!--{400 * str(n)}--></rss>") for n in range(3)]
    poll(*feeds, kind="feed")
    before = [path.read_bytes() for path in answer_shards(poll.desk.raw("poll1"))]
    gone = Answers(answers_spool(poll.desk.work("poll1")))
    first = list(gone.kept())
    gone.close()
    later = Answers(tmp_path / "later.spool")
    for item in first:
        later.keep(replace(item, fetched_at=item.fetched_at + timedelta(hours=1)))
    for _ in range(2):
        keep_answers(poll.desk, "poll1", later.kept())
        kept = answers(poll.desk, "poll1")
        assert [r["url"] for r in kept] == [item.url for item in first] * 2
        assert all(r["payload"] is None for r in kept[len(first) :])
        paths = answer_shards(poll.desk.raw("poll1"))
        assert [path.read_bytes() for path in paths[: len(before)]] == before
    later.close()


def test_a_preview_keeps_nothing(site: Site, tmp_path: Path) -> None:
    guest = Guest(Desk(home=tmp_path / "home"))
    guest.desk.create()
    guest(write_feed(site, {"/a": "A"}), memory=PreviewMemory(guest.desk))
    assert not (guest.desk.home / "raw").exists()


_CHILD = """
import sys
from pathlib import Path
from tests.tasks.readers.web.test_kills import crawl_all
crawl_all(Path(sys.argv[1]), sys.argv[2:])
"""


def test_a_killed_crawl_loses_no_answer_that_it_acted_on(
    make_site: Callable[[], Site], kill_at_work: Kill, tmp_path: Path
) -> None:
    site = make_site()
    feeds = []
    for number in range(12):
        body = f"<rss><channel><item><link>{site.url}/p{number}</link></item></channel></rss>"
        feeds.append(site.page(f"/{number}.xml", body))
        site.page(f"/p{number}", f"<p>{number}</p>")
    command = [sys.executable, "-c", _CHILD, str(tmp_path), *feeds]
    for after in (0.05, 0.1, 0.15):
        kill_at_work(command, [site], after)
    assert len(crawl_all(tmp_path, feeds)) == 12
    spool = Answers(answers_spool(tmp_path))
    kept = Counter(item.locator for item in spool.kept())
    spool.close()
    assert set(kept) == {site.url + "/robots.txt", *feeds}
    asked = Counter(line.path for line in site.log)
    lost = sum(asked[url.removeprefix(site.url)] - kept[url] for url in kept)
    assert 0 <= lost <= 3, "a kill costs the request that was under way"
