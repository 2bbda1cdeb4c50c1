"""The page as it arrived, as lines: it must never fail, hang or grow."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Kind
from tasks.reporting.raw_lines import raw_lines

_PIECES = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            "</",
            "<p>",
            "</p>",
            "<!--",
            "-->",
            "<script>",
            "</script",
            '="',
            "'",
            '"',
            "&amp;",
            "&#0;",
            "<br/>",
            "<style",
            "a b",
            "\n",
            '<A HREF="x>y">',
            "\x00",
            "é",
            "<![CDATA[",
            "<?x",
        ]
    )
).map("".join)


def test_lines_break_where_a_browser_breaks_them() -> None:
    page = "<body><h1>One <b>two</b></h1><p>three<br>four</p>five<ul><li>six</li></ul></body>"
    assert raw_lines(page, Kind.HTML) == ["One two", "three", "four", "five", "six"]


def test_what_no_browser_shows_is_no_line() -> None:
    page = (
        "<head><title>t</title></head><header>seen</header><script>if (a < b) hide()</script>"
        "<style>p {}</style><!-- <p>hidden</p> --><p>shown &amp; read</p>"
    )
    assert raw_lines(page, Kind.HTML) == ["seen", "shown & read"]


def test_a_sign_in_an_attribute_ends_no_tag() -> None:
    assert raw_lines("<p data-x=\"a>b\" title='c>d'>text</p>", Kind.HTML) == ["text"]


def test_an_apostrophe_in_a_tag_swallows_nothing() -> None:
    assert raw_lines("<p don't>text</p><p>it's here</p>", Kind.HTML) == ["text", "it's here"]


def test_a_record_shows_its_fields() -> None:
    record = json.dumps({"title": "A day", "html": "<p>one</p><p>two</p>", "id": 7})
    assert raw_lines(record, Kind.RECORD) == ["title:", "A day", "html:", "one", "two", "id:", "7"]


def test_a_record_that_is_no_json_is_shown_as_it_is() -> None:
    assert raw_lines("{broken", Kind.RECORD) == ["{broken"]


@given(text=st.one_of(st.text(), _PIECES), kind=st.sampled_from(list(Kind)))
def test_any_text_gives_lines_without_blank_ones(text: str, kind: Kind) -> None:
    lines = raw_lines(text, kind)
    assert all(line and line == " ".join(line.split()) for line in lines)


@pytest.mark.soak
@pytest.mark.parametrize(
    "bait",
    [
        "<",
        '<a b="',
        "<a b='",
        "<!--",
        "<script>",
        "<script ",
        "</",
        "<p x=\"'",
        "<svg",
        "&#",
        "<p ",
    ],
)
def test_a_bait_costs_time_in_proportion_to_its_length(bait: str) -> None:
    def cost(length: int) -> float:
        text = bait * (length // len(bait))
        began = time.thread_time()
        raw_lines(text, Kind.HTML)
        return time.thread_time() - began

    cost(10_000)
    short = max(min(cost(50_000) for _ in range(3)), 0.002)
    assert cost(400_000) < 8 * 8 * short, "eight times the text may not cost sixty-four times"
