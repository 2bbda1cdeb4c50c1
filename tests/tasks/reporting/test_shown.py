"""How values are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from tasks.reporting import names, shown


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("https:///path", False),
        ("http://[broken", False),
        ("/data/page.html", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, linked: bool) -> None:
    assert (shown.web_address(url) is not None) is linked


def test_shares_never_round_to_nothing_or_all() -> None:
    assert [shown.share(value) for value in (None, 0, 0.0004, 0.123, 0.9996, 1)] == [
        "–",
        "0 %",
        "< 0.1 %",
        "12.3 %",
        "> 99.9 %",
        "100 %",
    ]


def test_things_are_counted_in_words() -> None:
    assert [shown.counted(1, "batch"), shown.counted(0, "batch"), shown.counted(1200, "line")] == [
        "1 batch",
        "0 batches",
        "1,200 lines",
    ]


def test_durations_have_the_digits_that_they_are_worth() -> None:
    assert [shown.seconds(value) for value in (0.021, 59.6, 150, 7320)] == [
        "0.02 s",
        "60 s",
        "2 min 30 s",
        "2 h 02 min",
    ]


def test_instants_are_shown_in_utc() -> None:
    told = shown.moment(datetime(2026, 11, 22, 9, 5, tzinfo=UTC))
    assert str(told) == '<time datetime="2026-11-22T09:05:00Z">2026-11-22 09:05</time>'


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_is_one_short_line_without_control_characters(text: str, chars: int) -> None:
    line = shown.cut(text, chars)
    assert len(line) <= chars
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in line)


@given(st.text(st.characters(codec="utf-8")))
def test_bytes_of_a_page_are_counted_as_they_will_be(text: str) -> None:
    assert shown.escaped_bytes(text) == len(str(escape(text)).encode())


@given(st.text(min_size=1))
def test_a_page_of_any_site_lies_in_its_folder(site: str) -> None:
    folder, _, file = names.site_page(site).partition("/")
    assert folder == "sites"
    assert "/" not in file
    assert not file.startswith(".")
    assert len(file) < 120


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_sites_have_two_pages(one: str, other: str) -> None:
    assert (names.site_page(one) == names.site_page(other)) is (one == other)
    assert names.site_page(one) != names.site_page(None)


def test_links_lead_back_to_the_root() -> None:
    assert names.up(names.FRONT) == ""
    assert names.up(names.document_page("b", "d")) == "../../"
