"""Forms of one page have one key; pages that differ in what they show never do."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.cleaning.url import plausible_canonical, same_but_form, site_of, url_key

PLAIN = "https://example.org/news/2024/bridge?id=7"

PIECES = st.sampled_from(
    [
        "https://", "http://", "HTTP:", "//", "/", "www.", "m.", "amp.", "mobile.", "example.org",
        "bücher.de", "xn--bcher-kva.de", "[::1]", ":80", ":8080", ":x", "@", "?", "&", "&amp;", "=",
        "#", "amp", "/amp", ".amp", ".html", ".amp.html", "utm_source=x", "id=7", "a=%zz", "%2F",
        "%e4", "%7e", "ä", "..", ".", "/c/s/", "cdn.ampproject.org", "google.com/amp/s/", " ", "\n",
        ";jsessionid=1", "+", "\\", "m=1", "\ud800", "\x00",
    ]
)  # fmt: skip
JUNK = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))
URLS = st.lists(PIECES, max_size=10).map(lambda tail: "https://example.org/" + "".join(tail))


@given(st.one_of(JUNK, URLS))
@example("https://example.org/amp/amp/s/b.org")
@example("https://cdn.ampproject.org/c/s/cdn.ampproject.org/c/s/b.org/x")
def test_a_key_is_its_own_key(url: str) -> None:
    key = url_key(url)
    if key is not None:
        assert url_key(f"https://{key}") == key
        assert url_key(f"http://{key}") == key
        assert key.isascii()


@given(JUNK, st.one_of(st.none(), JUNK))
@example("https://exa[mple.org/", "http://[")
@example("https://example.org:99999/", None)
def test_nothing_raises_on_junk(url: str, other: str | None) -> None:
    site = site_of(url)
    assert site is None or site == site.lower()
    assert plausible_canonical(url, other) in {True, False}
    assert same_but_form(url, other or "") in {True, False}


@pytest.mark.parametrize(
    "form",
    [
        "http://example.org/news/2024/bridge?id=7",
        "https://www.example.org/news/2024/bridge?id=7",
        "https://m.example.org/news/2024/bridge?id=7",
        "https://mobile.example.org/news/2024/bridge?id=7",
        "https://amp.example.org/news/2024/bridge?id=7",
        "HTTPS://EXAMPLE.ORG:443/news/2024/bridge?id=7",
        "http://example.org:80/news/2024/bridge/?id=7",
        "https://example.org./news/2024/bridge?id=7",
        "https://user:secret@example.org/news/2024/bridge?id=7",
        "https://example.org/news/2024/bridge?id=7#comments",
        "https://example.org/news/./2023/../2024/%62ridge?id=%37",
        "https://example.org/news/2024/bridge?utm_source=x&id=7&fbclid=AbC&utm_medium=y",
        "https://example.org/news/2024/bridge?id=7&amp;utm_campaign=z",
        "https://example.org/news/2024/bridge?id=7&ref=rss",
        "https://example.org/news/2024/bridge/amp?id=7",
        "https://example.org/news/2024/bridge/amp/?id=7",
        "https://example.org/amp/news/2024/bridge?id=7",
        "https://example.org/news/2024/bridge.amp?id=7",
        "https://example.org/news/2024/bridge?amp=1&id=7",
        "https://example.org/news/2024/bridge?id=7&amp",
        "https://example.org/news/2024/bridge?id=7&outputType=amp",
        "https://example.org/news/2024/bridge;jsessionid=0A1B?id=7",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/2024/bridge?id=7&amp_js_v=0.1",
        "https://www.google.com/amp/s/www.example.org/news/2024/bridge/amp?id=7&usqp=x",
        "  https://example.org/news/2024/\nbridge?id=7 ",
    ],
)
def test_every_form_of_a_page_has_its_key(form: str) -> None:
    assert url_key(form) == "example.org/news/2024/bridge?id=7"
    assert same_but_form(form, PLAIN)
    assert site_of(form) in {"example.org", "mobile.example.org"}


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/news/2024/bridge",
        "https://example.org/news/2024/bridge?id=8",
        "https://example.org/news/2024/Bridge?id=7",
        "https://example.com/news/2024/bridge?id=7",
        "https://sport.example.org/news/2024/bridge?id=7",
        "https://example.org:8080/news/2024/bridge?id=7",
        "https://example.org/news/2024/bridge?id=7&page=2",
        "https://example.org/news/2024%2Fbridge?id=7",
        "https://example.org/news/2024/bridge-amp?id=7",
        "ftp://example.org/news/2024/bridge?id=7",
    ],
)
def test_what_may_be_another_page_has_another_key(other: str) -> None:
    assert not same_but_form(other, PLAIN)


@pytest.mark.parametrize(
    "parameter",
    [
        "id",
        "p",
        "cid",
        "sid",
        "article",
        "gallery",
        "source",
        "story_id",
        "nid",
        "page",
        "q",
        "lang",
    ],
)
def test_parameters_that_name_an_article_somewhere_are_kept(parameter: str) -> None:
    one, two = (f"https://example.org/show?{parameter}={value}" for value in (3, 4))
    assert url_key(one) != url_key(two)


def test_the_order_of_parameters_does_not_matter_but_of_repeated_ones_it_does() -> None:
    assert same_but_form("https://example.org/?b=2&a=1", "https://example.org/?a=1&b=2")
    assert not same_but_form("https://example.org/?a=1&a=2", "https://example.org/?a=2&a=1")


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.org/a", "example.org"),
        ("https://m.example.org/a", "example.org"),
        ("https://amp.www.Example.ORG:8080/a", "example.org"),
        ("https://news.example.org/a", "news.example.org"),
        ("https://m.com/a", "m.com"),
        ("https://www.com/a", "www.com"),
        ("https://Bücher.de/a", "xn--bcher-kva.de"),
        ("https://xn--bcher-kva.de/a", "xn--bcher-kva.de"),
        ("https://www-example-org.cdn.ampproject.org/v/s/www.example.org/a", "example.org"),
        ("https://192.0.2.7/a", "192.0.2.7"),
        ("example.org/a", None),
        ("mailto:desk@example.org", None),
        ("https:///a", None),
        ("https://exa mple.org/a", None),
        ("", None),
    ],
)
def test_a_site_is_the_host_without_its_form(url: str, site: str | None) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("canonical", "own", "plausible"),
    [
        ("https://example.org/a", "http://www.example.org/a?utm_source=x", True),
        ("https://example.org/a", "https://amp.example.org/a", True),
        ("https://example.org/?p=12", "https://example.org/a", True),
        ("https://example.org/a", None, True),
        ("https://example.org/a", "not a URL", True),
        ("https://other.org/a", "https://example.org/a", False),
        ("https://blog.example.org/a", "https://example.org/a", False),
        ("https://example.org:8080/a", "https://example.org/a", False),
        ("https://example.org/", "https://example.org/a", False),
        ("https://example.org", None, False),
        ("https://example.org/index.html", "https://example.org/a", False),
        ("https://example.org/en/", "https://example.org/en/a", False),
        ("https://example.org/?utm_source=x#top", "https://example.org/a", False),
        ("/a", "https://example.org/a", False),
        ("//example.org/a", "https://example.org/a", False),
        ("javascript:void(0)", "https://example.org/a", False),
        ("", "https://example.org/a", False),
    ],
)
def test_a_canonical_url_must_be_one_that_can_be_meant(
    canonical: str, own: str | None, plausible: bool
) -> None:
    assert plausible_canonical(canonical, own) is plausible
