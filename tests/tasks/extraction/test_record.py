"""One record, many spellings, one meaning."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.extraction.record import FIELDS, Record, parse_record
from tasks.model import Reason, Refusal


def parsed(**fields: object) -> Record:
    record = parse_record(json.dumps({"text": "A text.", **fields}).encode())
    assert isinstance(record, Record)
    return record


@pytest.mark.parametrize(
    "name", ["datePublished", "date_published", "Date-Published", "DATE PUBLISHED", "publish_date"]
)
def test_a_field_is_known_by_its_letters_alone(name: str) -> None:
    assert parsed(**{name: "2024-03-05"}).date == "2024-03-05"


def test_every_listed_name_is_in_its_normal_form_and_listed_once() -> None:
    names = [name for listed in FIELDS.values() for name in listed]
    assert len(names) == len(set(names))
    assert all(name.isalpha() and name.islower() for name in names)


def test_html_wins_over_text_and_the_better_name_over_the_vaguer() -> None:
    record = parsed(html="<p>Page", content="Content")
    assert (record.html, record.text) == ("<p>Page", "A text.")
    assert parsed(content="Content").text == "A text."
    assert parsed(html="  ").html is None


def test_a_text_field_with_markup_is_html_and_keeps_its_paragraphs() -> None:
    record = parsed(text="<div><p>One.</p></div>")
    assert (record.html, record.text) == ("<div><p>One.</p></div>", None)
    record = parsed(text="One <em>word</em>.\n\nTwo.")
    assert record.html == "<p>One <em>word</em>.</p>\n<p>Two.</p>"
    assert parsed(text="Prices: a < b > c & d").text == "Prices: a < b > c & d"


def test_paragraphs_in_a_list_are_one_text() -> None:
    assert parsed(text=["One.", "Two.", 3]).text == "One.\nTwo."


@pytest.mark.parametrize(
    ("given_authors", "expected"),
    [
        ("Ann Bell", ("Ann Bell",)),
        (["Ann Bell", " Cem Demir "], ("Ann Bell", "Cem Demir")),
        ([{"@type": "Person", "name": "Ann Bell"}], ("Ann Bell",)),
        ({"name": "Ann Bell"}, ("Ann Bell",)),
        ([[["deep"]], 7, None], ()),
        (None, ()),
    ],
)
def test_authors_come_in_every_shape(given_authors: object, expected: tuple[str, ...]) -> None:
    assert parsed(authors=given_authors).authors == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("5 March 2024", "5 March 2024"),
        (1709618828, "2024-03-05T06:07:08+00:00"),
        (1709618828000, "2024-03-05T06:07:08+00:00"),
        ({"$date": 1709618828000}, "2024-03-05T06:07:08+00:00"),
        (10**300, None),
        (-5, None),
        (True, None),
        ("", None),
    ],
)
def test_a_date_stands_as_written_and_unix_time_as_a_date(
    moment: object, expected: str | None
) -> None:
    assert parsed(date=moment).date == expected


def test_the_time_of_the_crawl_is_no_date() -> None:
    assert parsed(timestamp="2024-01-01", crawled_at="2024-01-01").date is None


def test_addresses_must_be_addresses() -> None:
    assert parsed(url="https://example.org/a").url == "https://example.org/a"
    assert parsed(url="/a", link="//example.org").url is None
    assert (
        parsed(image={"url": "https://example.org/i.png"}).image_url == "https://example.org/i.png"
    )


def test_an_outlet_may_be_an_object_but_not_an_address() -> None:
    assert parsed(publisher={"name": "The Harbour Post"}).site_name == "The Harbour Post"
    assert parsed(source="https://example.org").site_name is None


def test_what_is_nested_under_metadata_counts_after_the_records_own_fields() -> None:
    record = parsed(metadata={"url": "https://example.org/a", "title": "Inner"}, title="Outer")
    assert (record.url, record.title) == ("https://example.org/a", "Outer")


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [(7, "7"), (" a ", "a"), ({"$oid": "65e6"}, "65e6"), (True, None), ("", None), ([1], None)],
)
def test_an_id_is_text_or_a_number(given_id: object, expected: str | None) -> None:
    assert parsed(_id=given_id).id == expected


def test_a_very_long_id_is_known_by_its_hash() -> None:
    record = parsed(id="x" * 10_000)
    assert record.id is not None
    assert len(record.id) == 32


def test_keywords_are_split_at_their_commas() -> None:
    assert parsed(keywords="harbour, bridge,").tags == ("harbour", "bridge")
    assert parsed(tags=["a, b"]).tags == ("a, b",)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.BAD_LINE),
        (b"{", Reason.BAD_LINE),
        (b"\xff", Reason.BAD_LINE),
        (b"[" * 100_000, Reason.BAD_LINE),
        (b'"text"', Reason.BAD_RECORD),
        (b"{}", Reason.BAD_RECORD),
        (b'{"text": 7}', Reason.BAD_RECORD),
        (b'{"summary": "A teaser is not the article."}', Reason.BAD_RECORD),
        (b'{"text": "", "html": "  "}', Reason.EMPTY_BODY),
    ],
)
def test_what_is_no_article_says_why(payload: bytes, reason: Reason) -> None:
    refusal = parse_record(payload)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason
    assert "\n" not in refusal.detail


def test_surrogates_that_no_file_can_hold_are_replaced() -> None:
    record = parse_record(b'{"text": "a\\ud83d b\\ud83d\\ude00", "id": "\\udc00"}')
    assert isinstance(record, Record)
    assert (record.text, record.id) == ("a\ufffd b\U0001f600", "\ufffd")


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = sorted(name for listed in FIELDS.values() for name in listed)


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=12))
def test_no_value_in_any_field_raises_or_leaves_a_blank(fields: dict[str, object]) -> None:
    record = parse_record(json.dumps(fields).encode())
    if isinstance(record, Record):
        assert record.html or record.text
        for name in Record.__slots__:
            value = getattr(record, name)
            for part in value if isinstance(value, tuple) else [value]:
                assert part is None or part.strip()
