"""The laws of cleaning, over texts put together from leftovers, prose and chance."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.cleaning.characters import normalise_line
from tasks.cleaning.text import Cleaned, clean
from tasks.model import Dated, Extraction, RemovedLine

TITLE = "Town closes its oldest bridge"
PROSE = (
    "The council of the small town voted on Monday evening to close the old bridge for good.",
    "Nobody in the hall spoke against the plan, although many had come to do just that.",
    "The council of the small town voted on Monday evening to close the old bridge for good. So.",
    "Town closes its oldest bridge, and nobody in the small town knows what will come next.",
    "小さな町の議会は月曜日の夜、古い橋を閉鎖することを決めた。反対する声はなかった。",
)
SHORT = (
    *("Home", "- Home", "- News", "Home > News", "News", "date 2024-11-19", "date 2024-02-31"),
    *("Wednesday, November 20, 2024", "20 November 2024", "Monday, 3 June 2019", "3 hours ago"),
    *("Updated 14:02", "Site icon Harrowmere Courier", "Exit mobile version", "Share", "Tags"),
    *("Facebook Twitter", "Follow us on Twitter", "Subscribe to our newsletter", "Read more"),
    *("Related articles", "Ten bridges that fell", "Also read: Ten bridges that fell", "Comments"),
    *(
        "Leave a comment",
        "Advertisement",
        "Copy link",
        "Photo: dpa",
        "© 2024 Courier",
        "Source: dpa",
    ),
    *("By Orla Fennimore", "Orla Fennimore", "Reporting by Orla Fennimore", "", " ", "\u200b"),
    *("Harbour: " + TITLE, TITLE, TITLE.upper() + " | Courier", "The council of the small town"),
    *("The council of the small town voted...", "1 January 1999", "| a | b |", "“Home”", "1", "."),
)
LINES = st.one_of(st.sampled_from(SHORT), st.sampled_from(PROSE), st.text(max_size=40))
EXTRACTIONS = st.builds(
    Extraction,
    text=st.lists(LINES, max_size=14).map("\n".join),
    extractor=st.just("test 1"),
    title=st.sampled_from([None, TITLE, f"{TITLE} - Harrowmere Courier", "Home", "News", ""]),
    authors=st.sampled_from([(), ("Orla Fennimore",), ("Admin",), ("",)]),
    site_name=st.sampled_from([None, "Harrowmere Courier", "News"]),
)


@settings(max_examples=600)
@given(EXTRACTIONS)
def test_cleaning_twice_changes_nothing(extraction: Extraction) -> None:
    once = clean(extraction)
    twice = clean(replace(extraction, text=once.text))
    assert twice.text == once.text
    assert twice.removed == ()


@settings(max_examples=400)
@given(EXTRACTIONS)
def test_kept_and_removed_lines_are_all_lines(extraction: Extraction) -> None:
    cleaned = clean(extraction)
    lines = {
        number: line
        for number, raw in enumerate(extraction.text.split("\n"), 1)
        if (line := normalise_line(raw))
    }
    removed = {line.line_no: line.text for line in cleaned.removed}
    assert len(removed) == len(cleaned.removed)
    assert all(lines[number] == text for number, text in removed.items() if number is not None)
    kept = [line for number, line in lines.items() if number not in removed]
    assert cleaned.text == "\n".join(kept)
    assert list(removed) == sorted(removed, key=lambda number: number or 0)


@settings(max_examples=400)
@given(EXTRACTIONS)
def test_a_cleaned_text_is_nfc_in_single_spaced_lines_without_control_characters(
    extraction: Extraction,
) -> None:
    text = clean(extraction).text
    assert unicodedata.is_normalized("NFC", text)
    for line in text.split("\n") if text else []:
        assert line
        assert line == " ".join(line.split())
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in line)


@settings(max_examples=200)
@given(
    EXTRACTIONS, st.sets(st.sampled_from(["breadcrumb", "title_copy", "bare_date", "read_more"]))
)
def test_cleaning_twice_changes_nothing_with_rules_off(
    extraction: Extraction, off: set[str]
) -> None:
    skip = frozenset(off)
    once = clean(extraction, skip)
    assert clean(replace(extraction, text=once.text), skip).removed == ()


def test_what_a_page_says_of_itself_passes_through() -> None:
    published = Dated(on=date(2024, 11, 19), at=None, source="meta")
    cleaned = clean(
        Extraction(
            text=PROSE[0],
            extractor="test 1",
            title="  Town\u00a0closes its bridge ",
            site_name="",
            published=published,
        )
    )
    assert cleaned == Cleaned(
        text=PROSE[0],
        words=len(PROSE[0].split()),
        removed=(),
        title="Town closes its bridge",
        site_name=None,
        published=published,
    )


def test_blocks_that_pruning_took_come_first_and_stay_as_they_are() -> None:
    block = RemovedLine(line_no=None, text="Menu", rule="block:nav")
    cleaned = clean(Extraction(text=f"Home\n\n{PROSE[0]}", extractor="test 1", removed=(block,)))
    assert cleaned.removed == (block, RemovedLine(line_no=1, text="Home", rule="breadcrumb"))


def test_line_numbers_count_blank_lines_too() -> None:
    cleaned = clean(Extraction(text=f"\n\n{PROSE[0]}\n\nExit mobile version", extractor="test 1"))
    assert [line.line_no for line in cleaned.removed] == [5]


@pytest.mark.parametrize("text", ["", "\n", " \n\u200b\n"])
def test_a_text_without_a_visible_character_cleans_to_nothing(text: str) -> None:
    cleaned = clean(Extraction(text=text, extractor="test 1"))
    assert (cleaned.text, cleaned.removed) == ("", ())


def test_many_equal_lines_take_one_pass_not_one_pass_each() -> None:
    text = "\n".join([PROSE[0]] * 3000)
    cleaned = clean(Extraction(text=text, extractor="test 1"))
    assert cleaned.text == PROSE[0]
    assert {line.rule for line in cleaned.removed} == {"standfirst_repeat"}
