"""What became of each line: the two sides of a document page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks.model import RemovedLine
from tasks.reporting.limits import SIDE_BYTES
from tasks.reporting.marking import KEPT, LEFT, REMOVED, clean_side, raw_side

_TEXT = "The council met on Tuesday night in the old hall.\nNobody spoke.\nThe gulls did."


def _removed(line_no: int | None, text: str, rule: str = "share_words") -> RemovedLine:
    return RemovedLine(line_no=line_no, text=text, rule=rule)


def test_removed_lines_stand_where_the_engine_had_them() -> None:
    side = clean_side(_TEXT, [_removed(1, "Share"), _removed(3, "Tweet")])
    assert [(line.what, line.html) for line in side.lines] == [
        (REMOVED, "Share"),
        (KEPT, "The council met on Tuesday night in the old hall."),
        (REMOVED, "Tweet"),
        (KEPT, "Nobody spoke."),
        (KEPT, "The gulls did."),
    ]


def test_blocks_have_no_place_in_the_text() -> None:
    assert len(clean_side(_TEXT, [_removed(None, "Menu", "block:menu")]).lines) == 3


@given(
    kept=st.lists(st.text("ab ", min_size=1).map(str.strip).filter(bool), max_size=8),
    places=st.sets(st.integers(1, 16), max_size=8),
)
def test_no_line_is_lost_and_none_is_told_twice(kept: list[str], places: set[int]) -> None:
    removed = [_removed(place, f"gone {place}") for place in places]
    side = clean_side("\n".join(kept), removed)
    assert [line.html for line in side.lines if line.what == KEPT] == kept
    assert [line.html for line in side.lines if line.what == REMOVED] == [
        f"gone {place}" for place in sorted(places)
    ]


def test_raw_lines_are_kept_removed_or_left() -> None:
    raw = ["Menu", "The council met on Tuesday night", "in the old hall.", "Share", "Nobody spoke."]
    side = raw_side(raw, _TEXT, [_removed(1, "Share")])
    assert [line.what for line in side.lines] == [LEFT, KEPT, LEFT, REMOVED, KEPT]
    assert side.lines[3].rule == "share_words"


def test_a_part_of_a_removed_line_is_removed() -> None:
    taken = _removed(1, "Sign up for our free morning newsletter today and tomorrow")
    side = raw_side(["Sign up for our free morning newsletter"], _TEXT, [taken])
    assert side.lines[0].what == REMOVED


def test_a_long_run_of_lines_left_behind_is_folded() -> None:
    side = raw_side([f"Section {n}" for n in range(9)] + ["Nobody spoke."], _TEXT, [])
    assert [(run.folded, len(run.lines)) for run in side.runs] == [(True, 9), (False, 1)]


@given(st.integers(1, 400))
def test_a_side_never_outgrows_its_room(paragraphs: int) -> None:
    side = clean_side("\n".join(['<&">' * 700] * paragraphs), [])
    assert sum(len(line.html.encode()) for line in side.lines) <= SIDE_BYTES
    assert len(side.lines) + side.hidden == paragraphs
