from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.cleaning.datelines import dated_by_dump, read_date_line, read_dump_head
from tasks.model import Dated

FETCHED_AT = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "Wednesday, November 20, 2024",
        "Wed, Nov 20, 2024",
        "Wednesday 20th November 2024",
        "Wednesday, November 20, 2024 10:32 AM EST",
        "Mittwoch, 20. November 2024",
        "Mittwoch, den 20. November 2024 um 14:05 Uhr",
        "mercredi 20 novembre 2024",
        "Mercredi 1er janvier 2025",
        "miércoles, 20 de noviembre de 2024",
        "mercoledì 20 novembre 2024",
        "quarta-feira, 20 de novembro de 2024",
        "woensdag 20 november 2024",
        "onsdag 20. november 2024",
        "środa, 20 listopada 2024",
        "20 Kasım 2024 Çarşamba",
        "среда, 20 ноября 2024 г.",
        "2024年11月20日 星期三",
        "बुधवार, 20 नवंबर 2024",
    ],
)
def test_a_weekday_and_a_date_are_a_date_bar(line: str) -> None:
    read = read_date_line(line)
    assert read is not None
    assert read.has_weekday


@pytest.mark.parametrize(
    ("line", "has_stamp"),
    [
        ("November 20, 2024", False),
        ("20.11.2024", False),
        ("2024-11-20 10:30", False),
        ("Published: 20 November 2024 | 10:30", True),
        ("Uppdaterad 15.59 | Publicerad 14.14", True),
        ("Veröffentlicht am 20.11.2024, 10:30 Uhr", True),
        ("Actualizado: 29/4/2022 - 12:00 am", True),
        ("vor 3 Stunden", True),
        ("il y a 2 heures", True),
    ],
)
def test_a_date_alone_is_a_date_line(line: str, has_stamp: bool) -> None:
    read = read_date_line(line)
    assert read is not None
    assert read.has_stamp == has_stamp
    assert not read.has_weekday


@pytest.mark.parametrize(
    "line",
    [
        "Wednesday, November 20, 2024 was a cold day",
        "4 July",
        "May 5 people",
        "2024",
        "10:30",
        "Monday",
        "1914 - 1918",
        "29 November 2018 | 20 January 2019",
        "Room 20, 2nd floor",
        "1-0",
        "Sonntag ist Markt",
        "5² May 2024²",
        "",
    ],
)
def test_other_lines_are_no_date_lines(line: str) -> None:
    assert read_date_line(line) is None


@given(st.text(max_size=60))
def test_any_line_can_be_asked(line: str) -> None:
    read_date_line(line)
    head = read_dump_head(line)
    assert head is None or head.marker in line


@pytest.mark.parametrize(
    ("line", "marker", "rest"),
    [
        (" date 2024-11-19 Home", "date 2024-11-19", "Home"),
        ("date 2024-11-19", "date 2024-11-19", ""),
        ("date 2024-11-19T08:30:00Z The ferry", "date 2024-11-19T08:30:00Z", "The ferry"),
        ("Date: 2024-11-19 The ferry", "Date: 2024-11-19", "The ferry"),
    ],
)
def test_a_dump_head_is_parted_from_what_follows(line: str, marker: str, rest: str) -> None:
    head = read_dump_head(line)
    assert head is not None
    assert (head.marker, head.rest) == (marker, rest)


@pytest.mark.parametrize(
    "line",
    ["Date 2024-11-19 was set for the hearing.", "update 2024-11-19", "date 2024-11-191", ""],
)
def test_a_sentence_is_no_dump_head(line: str) -> None:
    assert read_dump_head(line) is None


@pytest.mark.parametrize(
    ("line", "dated"),
    [
        ("date 2024-11-19", Dated(on=date(2024, 11, 19), at=None, source="dump")),
        ("date 2024-11-22", Dated(on=date(2024, 11, 22), at=None, source="dump")),
        ("date 2024-11-23", Dated(on=None, at=None, source="dump", flag="future")),
        ("date 2024-02-31", Dated(on=None, at=None, source="dump", flag="invalid")),
        ("date 2024-11-19 25:00", Dated(on=None, at=None, source="dump", flag="invalid")),
        (
            "date 2024-11-19T23:30:00-03:00",
            Dated(
                on=date(2024, 11, 19),
                at=datetime(2024, 11, 20, 2, 30, tzinfo=UTC),
                source="dump",
            ),
        ),
        ("date 2024-11-19 08:30", Dated(on=date(2024, 11, 19), at=None, source="dump")),
    ],
)
def test_a_dump_head_dates_the_article_where_it_can(line: str, dated: Dated) -> None:
    head = read_dump_head(line)
    assert head is not None
    assert dated_by_dump(head, fetched_at=FETCHED_AT) == dated
