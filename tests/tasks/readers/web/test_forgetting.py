"""What is forgotten is in no feed that was kept, neither before nor after; all else stays kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks import shards
from tasks.answers import answer_shards
from tasks.desk import Desk as Home
from tests.conftest import Desk, story
from tests.flows.test_forget import SECRET, holding
from tests.flows.test_line import assert_books_balance
from tests.tasks.readers.web.conftest import Site
from tests.tasks.readers.web.test_answers import exported

pytestmark = pytest.mark.prefect
TOLD = "The complaint came from " + SECRET + " of Net Street."


@pytest.fixture
def site(make_site: Callable[[], Site], monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("COPYDESK_FETCH__ALLOW_ADDRESSES", '["127.0.0.0/8"]')
    monkeypatch.setenv("COPYDESK_FETCH__GAP_SECONDS", "0")
    return make_site()


def serve(site: Site, name: str, stories: dict[str, str]) -> str:
    """Serve pages and a feed that holds their whole text, as many do; return its address."""
    items = ""
    for path, text in stories.items():
        told = "".join(f"<p>{line}</p>" for line in text.split("\n") if line)
        head = f"<title>Report {path}</title>"
        site.page(path, f"<html><head>{head}</head><body><article>{told}</article></body></html>")
        items += f"<item><link>{site.url}{path}</link><description>{text}</description></item>"
    return str(site.page(name, f"<rss><channel>{items}</channel></rss>"))


def kept_of(desk: Desk, url: str) -> list[bool]:
    """Say of each kept answer of an address, in order, whether it has its body."""
    return [
        record["payload"] is not None
        for folder in sorted((desk.home / "raw").iterdir(), key=lambda f: f.stat().st_ctime)
        for path in answer_shards(folder)
        for record in shards.read(str(path))
        if record["url"] == url
    ]


def test_a_feed_that_names_what_is_forgotten_keeps_no_body(desk: Desk, site: Site) -> None:
    stories = {"/a.html": story(1), "/told.html": f"{story(2)}\n{TOLD}"}
    feed = serve(site, "/feed.xml", stories)
    other = serve(site, "/other.xml", {"/b.html": story(3)})
    robots = site.page("/robots.txt", "User-agent: *\nAllow: /", Content_Type="text/plain")
    assert desk("run", feed, other).counts["published"] == 3
    assert desk.value("SELECT count(*) FROM documents") == 3
    assert_books_balance(desk)
    assert any("answers" in name for name in holding(desk.home, SECRET))
    assert [kept_of(desk, url) for url in (feed, other, robots)] == [[True], [True], [True]]

    said = desk("forget", site.url + "/told.html", "--why", "a court order")
    assert (said.code, said.object["payloads"]) == (0, 2)
    assert holding(desk.home, SECRET) == []
    assert [kept_of(desk, url) for url in (feed, other, robots)] == [[False], [True], [True]]
    statuses = [
        line[2] for line in exported(Home(home=desk.home), desk.home.parent) if line[1] == feed
    ]
    assert statuses == ["200"]

    serve(site, "/feed.xml", {"/new.html": story(4), **stories})
    assert desk("run", feed).counts["published"] == 1
    assert holding(desk.home, SECRET) == []
    serve(site, "/feed.xml", {"/new.html": story(4)})
    desk("run", feed)
    assert kept_of(desk, feed) == [False, False, True]
    assert_books_balance(desk)


def test_no_form_of_a_link_keeps_a_body_that_tells_what_is_forgotten(
    desk: Desk, site: Site
) -> None:
    serve(site, "/unused.xml", {"/news/told.html": f"{story(2)}\n{TOLD}", "/b.html": story(3)})
    serve(site, "/unused.xml", {"/news/m%C3%BCller": f"{story(4)}\n{TOLD}"})
    item = f"<item><link>told.html</link><description>{TOLD}</description></item>"
    feed = site.page("/news/feed.xml", f"<rss><channel>{item}</channel></rss>")
    items = [{"id": "1", "url": f"{site.url}/news/müller", "content_text": TOLD}]
    whole = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    escaped = site.page("/feed.json", whole, Content_Type="application/feed+json")
    other = site.page("/o.xml", f"<rss><item><link>{site.url}/b.html</link></item></rss>")
    alternate = '<link rel="alternate" type="application/rss+xml" href="/o.xml">'
    home = site.page("/news/", f"<head>{alternate}</head><a href='told.html'>{TOLD}</a>")
    assert desk("run", feed, escaped).counts["published"] == 2
    assert desk("run", home, "--kind", "site").counts["published"] == 1
    for path in ("/news/told.html", "/news/m%C3%BCller"):
        assert desk("forget", site.url + path, "--why", "a court order").code == 0
    assert holding(desk.home, SECRET) == []
    bodies = [kept_of(desk, url) for url in (feed, escaped, home, other)]
    assert bodies == [[False], [False], [False], [True]]
    desk("run", feed, escaped)
    desk("run", home, "--kind", "site")
    assert holding(desk.home, SECRET) == []


def test_a_kill_between_the_feeds_leaves_what_the_same_command_finishes(
    desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = serve(site, "/feed.xml", {"/told.html": f"{story(2)}\n{TOLD}"})
    desk("run", feed)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tasks.erasure.drop_naming", killed)
        assert desk("forget", site.url + "/told.html", "--why", "x").code == 130
    assert any("answers" in name for name in holding(desk.home, SECRET))
    assert desk("forget", site.url + "/told.html", "--why", "x").code == 0
    assert holding(desk.home, SECRET) == []


def test_a_feed_that_tells_it_under_another_address_keeps_no_body(desk: Desk, site: Site) -> None:
    told = f"{story(2)}\n{TOLD}"
    feed = serve(site, "/feed.xml", {"/told.html": told})
    desk("run", feed)
    desk("forget", site.url + "/told.html", "--why", "a court order")
    serve(site, "/feed.xml", {"/told-again.html": told, "/a.html": story(1)})
    said = desk("run", feed)
    assert (said.counts["quarantined"], said.counts["published"]) == (1, 1)
    assert holding(desk.home, SECRET) == []
    serve(site, "/feed.xml", {"/told-again.html": told, "/a.html": story(1), "/b.html": story(3)})
    assert desk("run", feed).counts["published"] == 1
    assert holding(desk.home, SECRET) == []
    assert kept_of(desk, feed) == [False, False, False]


def test_answers_are_pruned_with_the_payloads_of_their_batch_and_no_replay_reads_them(
    desk: Desk, site: Site, tmp_path: Path
) -> None:
    feed = serve(site, "/feed.xml", {"/a.html": story(1)})
    batch = desk("run", feed).object["batch_id"]
    replayed = desk("replay", batch)
    assert replayed.counts["documents"] == 1
    assert desk("export", "warc", tmp_path / "out.warc.gz").object["responses"] == 4
    assert desk("maintain", "--raw-days", "0").code == 0
    assert not list((desk.home / "raw").iterdir())
    desk("run", feed)
    assert kept_of(desk, feed) == [True]
