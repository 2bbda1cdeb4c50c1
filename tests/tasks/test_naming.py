"""A body names an address in every form that a link takes, and no body is taken for another's."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.naming import Naming
from tasks.records import Record

HOME = "https://www.example.org/"
NEWS = "https://www.example.org/news/"
STORY = "https://www.example.org/2026/11/the-story.html?utm_source=feed"


def holding(body: bytes | str, url: str | None = None, **facts: Any) -> Record:
    payload = body.encode() if isinstance(body, str) else body
    return {"payload": payload, "charset": None, "url": url, "http_earlier": None, **facts}


def names(address: str, body: bytes | str, url: str | None = NEWS) -> bool:
    return Naming.of([address]).is_in(holding(body, url))


def tail_of(url: str) -> str:
    """Return an address as its own folder writes it: the last segment and the parameters."""
    parts = urlsplit(url)
    return parts.path.rpartition("/")[2] + (f"?{parts.query}" if parts.query else "")


def below(url: str) -> str:
    return url.removeprefix("https://www.example.org")


LINKS: dict[str, Callable[[str], str]] = {
    "absolute": lambda url: url,
    "without www": lambda url: url.replace("www.", ""),
    "protocol-relative": lambda url: url.removeprefix("https:"),
    "root-relative": below,
    "directory-relative": tail_of,
    "dotted": lambda url: f"./{tail_of(url)}",
    "one folder up": lambda url: f"..{below(url)}",
}
NOTATIONS: dict[str, Callable[[str], str]] = {
    "as it is": lambda link: link,
    "percent-encoded": lambda link: quote(unquote(link), safe="/:?=&+."),
    "percent-encoded in small letters": lambda link: quote(unquote(link), "/:?=&+.").replace(
        "%C3%BC", "%c3%bc"
    ),
    "written out": unquote,
    "with plus": lambda link: link.replace("%20", "+"),
    "named entities": escape,
    "numeric entities": lambda link: "".join(f"&#{ord(c)};" for c in link),
    "hexadecimal entities": lambda link: "".join(f"&#x{ord(c):X};" for c in link),
    "JSON": lambda link: json.dumps(unquote(link))[1:-1].replace("/", "\\/"),
    "JSON, all of it escaped": lambda link: "".join(f"\\u{ord(c):04x}" for c in link),
    "HTML in JSON in HTML": lambda link: escape(json.dumps(escape(link))[1:-1]),
}
PLACES: dict[str, Callable[[str], str]] = {
    "HTML": lambda link: f'<h2><a class="x" href="{link}">It is told</a></h2>',
    "HTML, one quote": lambda link: f"<a href='{link}'>It is told</a>",
    "HTML, no quotes": lambda link: f"<a href={link} class=x>It is told</a>",
    "RSS": lambda link: f"<rss><item><title>It</title><link>\n  {link}\n</link></item></rss>",
    "RSS, CDATA": lambda link: f"<rss><item><link><![CDATA[{link}]]></link></item></rss>",
    "Atom": lambda link: f'<feed><entry><link rel="alternate" href="{link}"/></entry></feed>',
    "sitemap": lambda link: f"<urlset><url><loc>{link}</loc></url></urlset>",
    "JSON Feed": lambda link: f'{{"items": [{{"id": "1", "url": "{link}"}}]}}',
    "JSON in JSON": lambda link: f'{{"html": "<a href=\\"{link}\\">It is told</a>"}}',
}
ADDRESSES = (
    "https://www.example.org/news/told.html",
    "https://www.example.org/news/told",
    "https://www.example.org/news/anna-doe-2026",
    "https://www.example.org/news/m%C3%BCller.html",
    "https://www.example.org/news/a%20told%20story",
    "https://www.example.org/news/1",
    "https://www.example.org/news/index.html",
    "https://www.example.org/news/story.php?id=55&lang=en",
    "https://www.example.org/news/?q=a%20b",
    "https://www.example.org/news/?q=m%C3%BCller",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("link", LINKS)
def test_a_body_names_an_address_in_every_form_of_a_link(address: str, link: str) -> None:
    missed = [
        (notation, place)
        for notation, write in NOTATIONS.items()
        for place, embed in PLACES.items()
        if can_stand(write(LINKS[link](address)), place)
        and not names(address, embed(write(LINKS[link](address))))
    ]
    assert missed == []


def can_stand(link: str, place: str) -> bool:
    """Say whether a place may hold a link: where no quotes are, a blank would end it."""
    return " " not in link or place != "HTML, no quotes"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_body_that_holds_the_neighbours_of_an_address_does_not_name_it(address: str) -> None:
    others = ["b.html", "untold.html", "told-again.html", "retold", "anna-doe-2026-b", "11", "a1"]
    others += ["index2.html", "story.php?id=56&lang=en", "story.php?id=551", "müllerin.html"]
    others += ["?q=a+c", "?q=a+bc", "about.html", "a-told-story-2"]
    links = [f"{form}{other}" for other in others for form in ("", "/news/", "../news/", HOME)]
    for place, embed in PLACES.items():
        body = "".join(embed(link) for link in links)
        assert not names(address, body), place
    assert not names(address, "He told us: 1 story, an index; anna doe 2026. Müller told, too.")
    assert not names(address, "<p>Told that, Müller left. </p> 'It was told', 1 said. (Told so.)")


_NAMES = st.text("abcdefghijklmnopqrstuvwxyzäüßéжあ0123456789_-+ &'~", min_size=6, max_size=20)


@given(
    name=_NAMES.filter(lambda name: name.strip(" '~&+") == name and not name.isdigit()),
    suffix=st.sampled_from(("", ".html", ".php", ".amp.html")),
    link=st.sampled_from(sorted(LINKS)),
    notation=st.sampled_from(sorted(NOTATIONS)),
    place=st.sampled_from(sorted(set(PLACES) - {"HTML, no quotes"})),
)
def test_whatever_a_page_is_called_a_link_to_it_is_found(
    name: str, suffix: str, link: str, notation: str, place: str
) -> None:
    address = f"https://www.example.org/news/{quote(name)}{suffix}"
    body = PLACES[place](NOTATIONS[notation](LINKS[link](address)))
    assert names(address, body)


@pytest.mark.parametrize(
    "body",
    [
        "<link>https://example.org/2026/11/the-story.html</link>",
        "<a href=/2026/11/the-story.html>",
        "<a href='/2026/11/the-story.amp.html?x=1'>",
        "<a href='https://cdn.ampproject.org/c/s/m.example.org/2026/11/the-story/amp'>",
        '{"url": "https:\\/\\/example.org\\/2026\\/11\\/the-story.html"}',
        "<loc>https://example.org/2026&#x2F;11/The-Story</loc>",
        "https://example.org/%32026/11/the%2Dstory.html",
        '<feed xml:base="https://example.org/2026/"><link href="11/the-story.html"/></feed>',
        "<a href='\\2026\\11\\the-story.html'>",
        "https://share.example.com/?u=https%3A%2F%2Fexample.org%2F2026%2F11%2Fthe-story.html",
        "the-story.html\nother.html",
        gzip.compress(b"<loc>https://example.org/2026/11/the-story.html</loc>"),
        "<loc>https://example.org/2026/11/the-story.html</loc>".encode("utf-16"),
        gzip.compress(b"<loc>cut off")[:-9],
    ],
)
def test_a_body_names_an_address_wherever_it_was_written(body: bytes | str) -> None:
    assert names(STORY, body, url=None)


@pytest.mark.parametrize(
    ("addresses", "body"),
    [
        ([STORY], "<link>https://example.org/2026/11/the-story-goes-on.html</link>"),
        ([STORY], "<link>https://example.org/2026/11/the-stor</link>"),
        ([], "<link>https://example.org/2026/11/the-story.html</link>"),
        (["/home/me/inbox/story.txt", "stdin#1"], "inbox/story.txt stdin"),
    ],
)
def test_a_body_that_names_another_address_is_left_alone(
    addresses: Iterable[str], body: str
) -> None:
    assert not Naming.of(addresses).is_in(holding(body, NEWS))


ANY_SITE = (
    "User-agent: *\nCrawl-delay: 1\nDisallow: /search\nSitemap: https://www.example.org/map.xml",
    (
        '<rss version="2.0"><channel><title>News</title><link>https://www.example.org/sport/</link>'
        "<item><title>1</title><link>https://www.example.org/2026/11/other-story.html</link>"
        "<guid>https://www.example.org/index.php?id=7</guid></item></channel></rss>"
    ),
    (
        "<urlset><url><loc>https://www.example.org/news/other</loc><priority>1</priority></url>"
        "<url><loc>https://www.example.org/politics/other</loc></url></urlset>"
    ),
    (
        '<a href="news/other.html">1</a><a href="/1/2">index</a><a href="news/page/2">News</a>'
        '<a href="/index.php?id=8">a</a>'
    ),
    '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}]}',
)


@pytest.mark.parametrize(
    "common",
    [
        "",
        "?",
        "1",
        "a/",
        "index.html",
        "index.php?id=55",
        "news/",
        "politics",
        "2026/11",
        "2026",
        "news/index.php",
        "news/page?id=3",
        "?p=5",
    ],
)
def test_an_address_that_tells_little_does_not_take_every_body(common: str) -> None:
    for body in ANY_SITE:
        assert not names(HOME + common, body, url=HOME + "start.html"), body


@pytest.mark.parametrize(
    ("address", "body", "found_at", "is_named"),
    [
        ("?p=123&utm_source=x", "<guid>https://example.org/?p=123</guid>", None, True),
        ("?p=123", "<guid>https://example.org/?x=1&amp;p=123</guid>", None, True),
        ("?p=123", "<guid>https://example.org/?p=1234</guid>", None, False),
        ("?p=123", "<a href='?p=123'>", HOME, True),
        ("?p=123", "<a href='?p=123'>", HOME + "other/", False),
        ("", "<link>http://example.org</link>", None, True),
        ("", "<a href='/'>", HOME + "a", True),
        ("", "<a href='../'>", HOME + "a/b", True),
        ("", "<a href='/'>", "https://example.com/", False),
        ("news/1", "<a href='1'>", HOME + "news/", True),
        ("news/1", "<a href='1'>", HOME + "sport/", False),
        ("news/1", "<a xml:base='/news/' href='1'>", HOME + "sport/", True),
        ("news/1", "<x xml:base='/news/'><x xml:base='b/'><a href='../1'>", HOME, True),
        ("1", "see https://example.org/1.", None, False),
        ("1", "see https://example.org/1 or", None, True),
        ("news/a", "window.open('/news/a')", None, True),
        ("news/a", "window.open('/news/a/b')", None, False),
    ],
)
def test_of_an_address_that_tells_little_links_are_read(
    address: str, body: str, found_at: str | None, is_named: bool
) -> None:
    assert names(HOME + address, body, url=found_at) == is_named


def test_what_a_forgotten_address_answered_itself_names_it() -> None:
    assert names(HOME, "<p>nothing</p>", url="https://example.org/?utm_source=x")
    assert not names(HOME, "<p>nothing</p>", url="https://example.org/a")


def test_a_body_of_nothing_but_beginnings_is_searched_in_one_go() -> None:
    for piece in ("\n", ">", "&amp;" * 3, "\\u005c", "<link ", "href=", "xml:base='x'"):
        assert not names(HOME + "news/told-story.html", piece * 100_000)
        names(HOME + "1", piece * 10_000)
