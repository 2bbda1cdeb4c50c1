"""Plain text: lines as they are, dump heads parted, and what leftovers tell."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.extraction.plain import EXTRACTOR, extract_plain
from tasks.model import NO_DATE, Dated, Extraction, Reason, Refusal, Stage

FETCHED_AT = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)
PROSE = "The council of the small town voted on Monday evening to close the old bridge for good."


def extracted(text: str) -> Extraction:
    extraction = extract_plain(text, fetched_at=FETCHED_AT)
    assert isinstance(extraction, Extraction)
    return extraction


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n\n", " \n\t\n"])
def test_lines_are_stripped_and_never_empty(end: str) -> None:
    extraction = extracted(f"\ufeff  One line{end}another {end}")
    assert extraction.text == "One line\nanother"
    assert extraction.extractor == EXTRACTOR == "plain 1"
    assert (extraction.title, extraction.published) == (None, NO_DATE)


@given(st.text())
def test_any_text_is_extracted_or_refused(text: str) -> None:
    found = extract_plain(text, fetched_at=FETCHED_AT)
    if isinstance(found, Extraction):
        assert found.text
        assert all(line == line.strip() and line for line in found.text.split("\n"))
        found.text.encode("utf-8")
    else:
        assert found.stage is Stage.EXTRACT


@pytest.mark.parametrize("text", ["", " \r\n\t", "\ufeff\n\u200b"])
def test_a_text_without_a_visible_character_is_refused_as_empty(text: str) -> None:
    found = extract_plain(text, fetched_at=FETCHED_AT)
    assert isinstance(found, Refusal)
    assert found.reason is Reason.EMPTY_BODY


@pytest.mark.parametrize(
    "text", ["\x00\x01\x02\x03", "P\x00l\x00a\x00i\x00n\x00", "\x7fELF\x02" * 9]
)
def test_bytes_that_were_never_text_are_refused(text: str) -> None:
    found = extract_plain(text, fetched_at=FETCHED_AT)
    assert isinstance(found, Refusal)
    assert found.reason is Reason.CONTROL_CHARS


def test_a_stray_control_character_is_no_reason_to_refuse() -> None:
    assert extracted(PROSE + "\x07").text


@pytest.mark.parametrize(
    ("first", "lines"),
    [
        (f" date 2024-11-19 {PROSE}", ["date 2024-11-19", PROSE]),
        (" date 2024-11-19 Home", ["date 2024-11-19", "Home"]),
        (" date 2024-11-19", ["date 2024-11-19"]),
        (
            " date 2024-11-19 Home Wednesday, November 20, 2024 Town closes bridge",
            ["date 2024-11-19", "Home", "Wednesday, November 20, 2024", "Town closes bridge"],
        ),
        (
            "Home Wednesday, November 20, 2024 10:32 AM Ten bridges that fell",
            ["Home", "Wednesday, November 20, 2024 10:32 AM", "Ten bridges that fell"],
        ),
        (
            " date 2024-11-19 Startseite Mittwoch, 20. November 2024",
            ["date 2024-11-19", "Startseite", "Mittwoch, 20. November 2024"],
        ),
        (
            " date 2024-11-19 Home is where the vote was won",
            ["date 2024-11-19", "Home is where the vote was won"],
        ),
        ("Home Wednesday is a song of hers", ["Home Wednesday is a song of hers"]),
    ],
)
def test_a_dumps_first_line_is_cut_into_its_parts(first: str, lines: list[str]) -> None:
    assert extracted(f"{first}\n\n{PROSE}").text.split("\n") == [*lines, PROSE]


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("date 2024-11-19", Dated(on=date(2024, 11, 19), at=None, source="dump")),
        ("date 2024-02-31", Dated(on=None, at=None, source="dump", flag="invalid")),
        ("date 2025-03-01", Dated(on=None, at=None, source="dump", flag="future")),
        ("Date 2024-11-19 was fine,", NO_DATE),
        ("Wednesday, November 20, 2024", NO_DATE),
    ],
)
def test_only_the_dumps_own_date_field_dates_the_article(head: str, published: Dated) -> None:
    assert extracted(f" {head} {PROSE}").published == published
    assert extracted(f"{PROSE}\n{head} {PROSE}").published == NO_DATE


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Home\nWednesday, November 20, 2024\nTown closes bridge\n", "Town closes bridge"),
        ("Wednesday, November 20, 2024\nHome > News\nTown closes bridge\n", "Town closes bridge"),
        ("Inicio\nmiércoles, 20 de noviembre de 2024\n¿Cierra el puente?\n", "¿Cierra el puente?"),
        ("Home\nTown closes bridge\n", None),
        ("Wednesday, November 20, 2024\nTown closes bridge\n", None),
        ("Town closes bridge\n", None),
        ("Home\nWednesday, November 20, 2024\n", None),
    ],
)
def test_a_title_is_known_only_behind_breadcrumb_and_date_bar(text: str, title: str | None) -> None:
    extraction = extracted(text + PROSE)
    assert extraction.title == title
    assert extraction.title_source == ("dump" if title else None)


def test_a_last_line_is_no_title() -> None:
    assert extracted("Home\nWednesday, November 20, 2024\nTown closes bridge").title is None


@pytest.mark.parametrize(
    ("line", "site_name"),
    [
        ("Site icon Harrowmere Courier", "Harrowmere Courier"),
        ("Website-Icon Grünhafener Bote", "Grünhafener Bote"),
        ("Site icon courier.example", "courier.example"),
        ("Site icon makers in Lisbon earn well", None),
        ("Site icon Designers Guild elects its chair.", None),
    ],
)
def test_a_site_icon_names_the_site(line: str, site_name: str | None) -> None:
    assert extracted(f"{line}\n{PROSE}").site_name == site_name
    assert extracted(f"{PROSE}\n{line}").site_name == site_name
    assert extracted(f"{PROSE}\n{line}\n{PROSE}").site_name is None
