"""Charts are well-formed SVG whatever the numbers are."""

from __future__ import annotations

from xml.etree import ElementTree as ET  # our own SVG

from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Outcome
from tasks.reporting import charts

_COUNTS = st.lists(st.integers(0, 10**9), min_size=6, max_size=6)


def _rects(svg: str) -> list[tuple[float, float]]:
    return [
        (float(rect.get("x", 0)) + float(rect.get("width", 0)), float(rect.get("width", 0)))
        for rect in ET.fromstring(svg).iter("rect")
    ]


@given(st.lists(_COUNTS, max_size=70))
def test_columns_stay_within_the_chart(batches: list[list[int]]) -> None:
    data = [
        charts.Column(label="<&>", parts=dict(zip(Outcome, counts, strict=True)))
        for counts in batches
    ]
    svg = charts.columns(data, series=tuple(Outcome), name='"a"', sentence="<b>")
    for rect in ET.fromstring(svg).iter("rect"):
        assert float(rect.get("y", 0)) >= 0
        assert float(rect.get("x", 0)) + float(rect.get("width", 0)) <= 720.5


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=70))
def test_a_line_has_gaps_where_nothing_is_known(values: list[float | None]) -> None:
    line = charts.Line(label="l", css="title", values=values)
    svg = charts.lines([line], labels=["x"] * len(values), name="n", sentence="s")
    assert sum(1 for _ in ET.fromstring(svg).iter("circle")) == sum(v is not None for v in values)


@given(_COUNTS)
def test_the_book_is_filled_by_its_parts(counts: list[int]) -> None:
    svg = charts.book(dict(zip(Outcome, counts, strict=True)), name="n", sentence="s")
    widths = [wide for _, wide in _rects(svg)]
    assert len(widths) == sum(count > 0 for count in counts)
    if widths:
        assert abs(sum(widths) - 720) < 1


def test_a_batch_without_time_is_drawn() -> None:
    span = charts.Span(label="acquire", began=0, ended=0, note="0 s")
    ET.fromstring(charts.spans([span], name="n", sentence="s"))
    ET.fromstring(charts.spans([], name="n", sentence="s"))
    ET.fromstring(charts.spark([], name="n"))
