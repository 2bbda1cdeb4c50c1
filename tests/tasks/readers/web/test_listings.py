"""Feeds and sitemaps of every kind give their addresses; what is none says so."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Reason
from tasks.readers.web.discovery import feeds_of
from tasks.readers.web.listed import MOST_ENTRIES, read_date
from tasks.readers.web.listings import listing_kind, read_listing
from tasks.readers.web.rules import Failure, Role

BASE = "https://example.org/feed.xml"
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Desk</title>
<link>https://example.org/</link><atom:link href="https://example.org/feed.xml" rel="self"/>
<item><title>One</title><link>/1</link><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>Two</title><guid>https://example.org/2</guid><description>&lt;b&gt;x</description></item>
<item><title>Three</title><guid isPermaLink="false">tag:3</guid></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Desk</title>
<entry><title>One</title><link rel="self" href="/self"/><link href="/1"/>
<updated>2026-11-02T10:00:00+01:00</updated><content type="xhtml"><div>a <a href="/x">b</a></div>
</content></entry>
<entry><title>Two</title><id>https://example.org/2</id></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://example.org/"><title>x</title></channel>
<item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link></item>
<item rdf:about="https://example.org/2"><title>Two</title></item></rdf:RDF>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://example.org/1</loc><lastmod>2026-11-02</lastmod>
<image:image><image:loc>https://example.org/picture.jpg</image:loc></image:image></url>
<url><loc> https://example.org/2 </loc><news:news><news:title>Two</news:title>
<news:publication_date>2026-11-02T10:00Z</news:publication_date></news:news></url></urlset>"""
JSON_FEED = json.dumps({
    "version": "https://jsonfeed.org/version/1.1",
    "items": [
        {"id": "1", "url": "https://example.org/1", "title": "One"},
        {"id": "https://example.org/2", "date_modified": "2026-11-02T10:00:00Z"},
        {"id": "three"},
    ],
})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "lost"),
    [
        (RSS, Role.FEED, 1),
        (ATOM, Role.FEED, 0),
        (RDF, Role.FEED, 0),
        (SITEMAP, Role.SITEMAP, 0),
        (JSON_FEED, Role.FEED, 1),
    ],
)
def test_each_kind_gives_its_addresses(text: str, kind: Role, lost: int) -> None:
    found = read_listing(text.encode(), BASE)
    assert found.kind is kind
    assert [e.url for e in found.entries] == ["https://example.org/1", "https://example.org/2"]
    assert [p.reason for p in found.problems] == [Reason.BAD_RECORD] * lost


@pytest.mark.parametrize("damage", ["", "<broken>"])
def test_the_picture_of_a_channel_is_no_entry(damage: str) -> None:
    picture = "<image><url>https://example.org/logo.png</url><title>Desk</title></image>"
    text = RSS.replace("<item>", f"{picture}{damage}<item>", 1)
    found = read_listing(text.encode(), BASE)
    assert [entry.url for entry in found.entries] == [
        "https://example.org/1",
        "https://example.org/2",
    ]
    assert [problem.detail for problem in found.problems] == ["entry 3 has no address"]


@pytest.mark.parametrize("damage", ["", "<broken>"])
def test_links_are_relative_to_each_base_around_them(damage: str) -> None:
    text = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/desk/">
    <title>Desk</title>{damage}<entry><link rel="ALTERNATE" href="1"/></entry>
    <entry xml:base="sport/"><link href="2"/></entry>
    <entry xml:base="http://["><link href="/3"/></entry></feed>"""
    found = read_listing(text.encode(), BASE)
    assert [entry.url for entry in found.entries] == [
        "https://news.example/desk/1",
        "https://news.example/desk/sport/2",
        "https://news.example/3",
    ]


def test_a_feed_that_only_says_it_is_utf_16_is_read() -> None:
    """Programs that write XML into a string of theirs declare it, and send UTF-8."""
    text = '<?xml version="1.0" encoding="utf-16"?>' + RSS.partition("?>")[2]
    assert len(read_listing(text.encode(), BASE).entries) == 2


def test_an_address_of_half_a_character_is_one_refused_entry() -> None:
    body = b"""{"version": "https://jsonfeed.org/version/1.1",
    "items": [{"url": "https://[\\ud800"}, {"url": "/2"}]}"""
    found = read_listing(body, BASE)
    assert [entry.url for entry in found.entries] == ["https://example.org/2"]
    assert [problem.reason for problem in found.problems] == [Reason.BAD_RECORD]


def test_a_json_feed_may_state_its_version_last() -> None:
    items = [{"url": f"https://example.org/{n}", "content_text": "x" * 400} for n in range(40)]
    body = json.dumps({"items": items, "version": "https://jsonfeed.org/version/1.1"}).encode()
    assert listing_kind(body) is Role.FEED
    assert len(read_listing(body, BASE).entries) == 40


def test_an_index_lists_sitemaps() -> None:
    text = "<sitemapindex><sitemap><loc>https://example.org/s.xml.gz</loc></sitemap></sitemapindex>"
    (entry,) = read_listing(text.encode(), BASE).entries
    assert (entry.url, entry.role) == ("https://example.org/s.xml.gz", Role.SITEMAP)


def test_a_changed_entry_has_another_hint_and_a_counter_changes_nothing() -> None:
    def hint(text: str) -> str | None:
        return read_listing(text.encode(), BASE).entries[0].hint

    assert hint(RSS) == hint(RSS.replace("<item>", "<item><comments>9</comments>", 1))
    assert hint(RSS) != hint(RSS.replace(">One<", ">One, corrected<"))
    assert hint(RSS) != hint(RSS.replace("10:00:00", "11:00:00"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_every_encoding_of_the_web_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>' + RSS[21:]
    assert len(read_listing(text.encode(encoding), BASE).entries) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
@pytest.mark.parametrize("before", ["", "<!-- <rss> -->\n", "junk\n"])
def test_a_document_type_is_refused_before_it_is_parsed(encoding: str, before: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{before}'
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        "<rss><channel><item><title>&b;</title><link>https://example.org/</link></item>"
        "</channel></rss>"
    )
    with pytest.raises(Failure) as caught:
        read_listing(text.encode(encoding), BASE)
    assert caught.value.reason in {Reason.FORBIDDEN_XML, Reason.NOT_FEED}


def test_an_article_may_quote_a_document_type() -> None:
    text = RSS.replace("&lt;b&gt;x", "<![CDATA[<!DOCTYPE html><p>x]]>")
    assert len(read_listing(text.encode(), BASE).entries) == 2


@pytest.mark.parametrize("text", ["<html><body>hello</body></html>", "just words", "{}", ""])
def test_what_is_no_feed_says_so(text: str) -> None:
    with pytest.raises(Failure) as caught:
        read_listing(text.encode(), BASE)
    assert caught.value.reason is Reason.NOT_FEED


def test_a_feed_that_is_cut_off_gives_what_it_has_and_says_so() -> None:
    found = read_listing(RSS[: RSS.index("<item><title>Two")].encode(), BASE)
    assert [entry.url for entry in found.entries] == ["https://example.org/1"]
    assert [problem.reason for problem in found.problems] == [Reason.MALFORMED_FEED]


def test_markup_that_is_slightly_wrong_is_read_all_the_same() -> None:
    found = read_listing(RSS.replace(">One<", ">Fish & chips <br> now<").encode(), BASE)
    assert len(found.entries) == 2


def test_fifty_thousand_entries_take_little_time() -> None:
    entry = "<url><loc>https://example.org/{}</loc><lastmod>2026-11-02</lastmod></url>"
    text = "<urlset>" + "".join(entry.format(n) for n in range(50_000)) + "</urlset>"
    began = time.thread_time()
    assert len(read_listing(text.encode(), BASE).entries) == 50_000
    assert time.thread_time() - began < 20  # a guard against the quadratic, not a measure


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(junk: bytes) -> None:
    in_xml = b"<rss><channel><item>" + junk + b"</item></channel></rss>"
    for body in (junk, in_xml, b'{"items": [' + junk):
        reasons = {Reason.NOT_FEED, Reason.MALFORMED_FEED, Reason.FORBIDDEN_XML}
        assert reason_of(body) in reasons | {None}


def reason_of(body: bytes) -> Reason | None:
    try:
        read_listing(body, BASE)
    except Failure as failure:
        return failure.reason
    return None


@pytest.mark.parametrize("entry", ["<item>", "<item><link>/1</link></item>"])
def test_a_listing_without_end_is_read_so_far_and_says_so(entry: str) -> None:
    text = f"<rss><channel>{entry * (2 * MOST_ENTRIES)}</channel></rss>"
    found = read_listing(text.encode(), BASE)
    assert len(found.entries) + len(found.problems) == MOST_ENTRIES + 1
    assert found.problems[-1].reason is Reason.MALFORMED_FEED


def test_dates_are_read_in_both_forms() -> None:
    at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert read_date("Mon, 02 Nov 2026 10:00:00 GMT") == read_date("2026-11-02T10:00:00Z") == at
    assert read_date("yesterday") is None


def test_kinds_are_told_from_the_beginning() -> None:
    assert listing_kind(b"\xef\xbb\xbf<?xml version='1.0'?><!-- c --><rss>") is Role.FEED
    assert listing_kind(gzip.compress(b"<urlset>")) is None
    assert listing_kind(b"<!DOCTYPE html><html><rss>") is None


def test_a_home_page_names_its_feeds() -> None:
    page = b"""<html><head><base href="https://example.org/x/">
    <link rel="alternate" type="application/rss+xml" href="feed"><link rel=stylesheet href=s.css>
    <link rel="alternate" type="application/atom+xml" href="/atom?a=1&amp;b=2">
    <link rel="alternate" type="application/json" href="/wp-json/1"></head>"""
    assert [entry.url for entry in feeds_of(page, "https://example.org/")] == [
        "https://example.org/x/feed",
        "https://example.org/atom?a=1&b=2",
    ]


@pytest.mark.parametrize("base", ["/desk/", "//example.org/desk/", "https://example.org/desk/"])
def test_the_feeds_of_a_home_page_are_relative_to_its_base(base: str) -> None:
    page = f'<base href="{base}"><link rel=alternate type="application/rss+xml" href="feed.xml">'
    [feed] = feeds_of(page.encode(), "https://example.org/")
    assert feed.url == "https://example.org/desk/feed.xml"


@pytest.mark.parametrize(
    "odd", ["<![foo[ x ]]>", "<![%x;[>", "<![if !IE]>", "<![ >", "<![CDATA[x]]>"]
)
def test_odd_declarations_keep_no_feed_from_being_found(odd: str) -> None:
    page = f'<head>{odd}<link rel=alternate type="application/rss+xml" href="/feed.xml"></head>'
    [feed] = feeds_of(page.encode(), "https://example.org/")
    assert feed.url == "https://example.org/feed.xml"
