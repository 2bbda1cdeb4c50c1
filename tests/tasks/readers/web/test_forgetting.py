"""What is forgotten is in no feed that was kept, neither before nor after; all else stays kept."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tasks import shards
from tasks.answers import answer_shards
from tasks.desk import Desk as Home
from tests.conftest import Desk, story
from tests.flows.test_forget import SECRET, holding
from tests.flows.test_line import assert_books_balance
from tests.tasks.readers.web import conftest as local_web
from tests.tasks.readers.web.test_answers import exported

pytestmark = pytest.mark.prefect
Site = local_web.Site
site = local_web.site_for_runs
TOLD = "The complaint came from " + SECRET + " of Net Street."


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
        patch.setattr("tasks.erasure.drop_bodies", killed)
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


def exported_records(desk: Desk, path: Path) -> list[tuple[str, str, str, str | None, str | None]]:
    """Export a WARC that passes the check: type, path, status, digest and truncation of each."""
    path.unlink(missing_ok=True)
    assert desk("export", "warc", path).code == 0
    return [
        (
            record.rec_type,
            urlsplit(record.rec_headers.get_header("WARC-Target-URI")).path,
            record.http_headers.get_statuscode(),
            record.rec_headers.get_header("WARC-Payload-Digest"),
            record.rec_headers.get_header("WARC-Truncated"),
        )
        for record in local_web.warc_records(path)
    ]


def shown(desk: Desk, path: Path, *targets: str) -> list[tuple[str, str, str, str | None]]:
    """Return type, path, status and truncation of the exported records of some paths, sorted."""
    records = exported_records(desk, path)
    return sorted(
        (kind, target, status, truncated)
        for kind, target, status, _, truncated in records
        if target in targets
    )


@pytest.fixture
def polled(desk: Desk, site: Site) -> Site:
    """Poll a page that tells it, two feeds that name it and one that does not, three times each."""
    serve(site, "/unused.xml", {"/told.html": f"{story(2)}\n{TOLD}", "/b.html": story(3)})
    item = f"<item><link>{site.url}/told.html</link><description>{TOLD}</description></item>"
    site.page("/same.xml", f"<rss><channel>{item}</channel></rss>")
    site.page("/tagged.xml", f"<rss><channel>{item}<a/></channel></rss>", ETag='"1"')
    site.page("/other.xml", f"<rss><item><link>{site.url}/b.html</link></item></rss>")
    for _ in range(3):
        desk("run", *(site.url + path for path in ("/same.xml", "/tagged.xml", "/other.xml")))
    desk("run", site.url + "/told.html")
    return site


def test_no_record_of_a_warc_says_that_an_erased_body_is_kept_elsewhere(
    desk: Desk, polled: Site, tmp_path: Path
) -> None:
    warc = tmp_path / "out.warc.gz"
    other = [("response", "/other.xml", "200", None), *[("revisit", "/other.xml", "200", None)] * 2]
    gone = ("/same.xml", "/tagged.xml", "/told.html")
    before = shown(desk, warc, *gone)
    assert [line[:3] for line in before if line[0] == "revisit"] == [
        *[("revisit", "/same.xml", "200")] * 2,
        *[("revisit", "/tagged.xml", "304")] * 2,
        ("revisit", "/told.html", "200"),
    ]
    desk("forget", polled.url + "/told.html", "--why", "a court order")
    after = [
        *[("response", "/same.xml", "200", "unspecified")] * 3,
        ("response", "/tagged.xml", "200", "unspecified"),
        *[("response", "/tagged.xml", "304", None)] * 2,
        *[("response", "/told.html", "200", "unspecified")] * 2,
    ]
    assert shown(desk, warc, *gone) == sorted(after, key=str)
    assert shown(desk, warc, "/other.xml") == other

    desk("run", *(polled.url + path for path in gone))
    assert holding(desk.home, SECRET) == []
    later = [
        ("response", "/same.xml", "200", "unspecified"),
        ("response", "/tagged.xml", "304", None),
        ("response", "/told.html", "200", "unspecified"),
    ]
    assert shown(desk, warc, *gone) == sorted([*after, *later], key=str)
    kept = desk.sql("SELECT DISTINCT payload_sha256 FROM documents WHERE locator LIKE '%/told%'")
    erased = {base64.b32encode(bytes.fromhex(row["payload_sha256"])).decode() for row in kept}
    digests = {str(line[3]).partition(":")[2] for line in exported_records(desk, warc)}
    assert erased
    assert digests.isdisjoint(erased)
    replayed = desk("replay")
    assert replayed.code == 0, replayed.object
    assert_books_balance(desk)


@pytest.mark.parametrize("at", [4, 5])
def test_a_kill_between_the_shards_leaves_no_word_of_an_erased_body(
    desk: Desk, polled: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    whole, written = shards.write, []

    def killed(path: Path, *facts: Any) -> None:
        written.append(path)
        if len(written) == at:
            raise KeyboardInterrupt
        whole(path, *facts)

    with monkeypatch.context() as patch:
        patch.setattr("tasks.shards.write", killed)
        assert desk("forget", polled.url + "/told.html", "--why", "x").code == 130
    assert desk("forget", polled.url + "/told.html", "--why", "x").code == 0
    found = shown(desk, tmp_path / "out.warc.gz", "/same.xml", "/tagged.xml", "/told.html")
    assert {kind for kind, _, _, _ in found} == {"response"}
    assert holding(desk.home, SECRET) == []


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
