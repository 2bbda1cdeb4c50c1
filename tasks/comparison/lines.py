"""Where each line of a page went in one reading, and where it goes in another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

TEXT = "the text"
NOWHERE = "nowhere"
"""Where a line is that extraction did not give at all. Rules have no blanks in their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A line that a reading puts elsewhere. `before`, `after`: TEXT, NOWHERE or a rule's name."""

    before: str
    after: str
    line: str


def moves(
    text_before: str,
    removed_before: Iterable[tuple[str, str]],
    text_after: str,
    removed_after: Iterable[tuple[str, str]],
) -> Iterator[Move]:
    """Yield each line that one reading has elsewhere than the other; equal readings yield nothing.

    `removed_*` are (rule, line). A line that stands several times is followed as often; in which
    order does not count.
    """
    before = _places(text_before, removed_before)
    after = _places(text_after, removed_after)
    gone, come = _by_line(before - after), _by_line(after - before)
    for line in gone | come:
        for place, other in zip_longest(gone[line], come[line], fillvalue=NOWHERE):
            yield Move(before=place, after=other, line=line)


def _places(text: str, removed: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    found = Counter((line, TEXT) for line in text.split("\n") if line)
    found.update((line, rule) for rule, line in removed)
    return found


def _by_line(counted: Counter[tuple[str, str]]) -> defaultdict[str, list[str]]:
    found = defaultdict(list)
    for line, place in sorted(counted.elements()):
        found[line].append(place)
    return found
