"""What speaks for and against each block of a page, as numbers.

Nothing here depends on a language or a site. The strongest evidence is regularity: blocks that
one template made (same tags and classes around them) are mostly all article or all furniture, so
what the engines say of most of them tells about the rest.

The second engine is asked first, since it is the cheap one. What its answer and the page itself
say is enough to tell the furniture that is beyond doubt, which the first engine need not see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tasks.extraction import measures
from tasks.extraction.blocks import Block, lines_of, words_of
from tasks.extraction.measures import Floats

_SENTENCE_END = re.compile(r"[.!?…:;\"”»。！？]\W*$")
_FEWEST_WORDS = 4  # below that, words may stand anywhere by chance: only whole lines count


@dataclass(frozen=True, slots=True)
class Opinion:
    """An engine's output, ready to be asked for a block."""

    joined: str
    lines: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Opinion:
        """Read an engine's output, one paragraph a line."""
        lines = [words_of(line) for line in lines_of(text)]
        return cls(" " + " ".join(lines) + " ", frozenset(lines))

    def has(self, words: str) -> bool:
        """Say whether the output holds a block, given as its words."""
        if words in self.lines:
            return True
        return words.count(" ") + 1 >= _FEWEST_WORDS and f" {words} " in self.joined


@dataclass(frozen=True, slots=True)
class _Group:
    """Blocks that have something in common: the number of each block's group, and their sizes."""

    kind: str
    numbers: NDArray[np.intp]
    counts: NDArray[np.intp]
    chars: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """The blocks of a page as measured before the first engine is asked.

    `rows` has one row a block and one column each of `names_before`.
    """

    rows: NDArray[np.float32]
    _blocks: Sequence[Block]
    _chars: Floats
    _other: Floats
    _groups: Sequence[_Group]

    @classmethod
    def of(cls, blocks: Sequence[Block], second: Opinion, title: str | None) -> Evidence:
        """Measure at least one block; `second` is the second engine's output, `title` the headline.

        Raises ValueError where there is none.
        """
        chars = np.array([float(len(b.text)) for b in blocks])
        other = np.array([float(second.has(b.words)) for b in blocks])
        groups = _groups(blocks, chars)
        columns = _before(blocks, chars, other, words_of(title or ""), groups)
        return cls(_rows(columns), blocks, chars, other, groups)

    def with_first(self, first: Opinion) -> NDArray[np.float32]:
        """Add what the first engine's output says: the columns of `names_after` follow."""
        base = np.array([float(first.has(b.words)) for b in self._blocks])
        added = _after(self._chars, base, self._other, self._groups)
        return np.concatenate((self.rows, _rows(added)), axis=1)


def names_before() -> tuple[str, ...]:
    """Name the columns of `Evidence.rows`, in order; a model is bound to them."""
    return _names()[0]


def names_after() -> tuple[str, ...]:
    """Name the columns that `Evidence.with_first` adds, in order."""
    return _names()[1]


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    dummy = [Block("a", "a", "p", 0, 0, 0, 0, 0, 0, "", 0)]
    one = np.ones(1)
    groups = _groups(dummy, one)
    return tuple(_before(dummy, one, one, "", groups)), tuple(_after(one, one, one, groups))


def _rows(columns: Mapping[str, Floats]) -> NDArray[np.float32]:
    return np.array(list(columns.values()), dtype=np.float32).T


def _before(
    blocks: Sequence[Block],
    chars: Floats,
    other: Floats,
    title_words: str,
    groups: Sequence[_Group],
) -> dict[str, Floats]:
    link = np.minimum(1.0, np.array([b.link_chars for b in blocks]) / np.maximum(1.0, chars))
    ends = np.array([float(_SENTENCE_END.search(b.text[-4:]) is not None) for b in blocks])
    total = chars.sum()
    columns = {"other": other, "link": link, "ends": ends}
    columns |= measures.wording(blocks, chars, title_words)
    columns |= measures.place(blocks)
    columns |= _alike(
        chars,
        page_log_other=np.log1p((chars * other).sum()),
        page_log_chars=np.log1p(total),
        page_link=(chars * link).sum() / total,
    )
    columns["chars_before"] = np.cumsum(chars) / total
    neighbours = {n: columns[n] for n in ("other", "link", "log_chars", "ends")}
    columns |= measures.neighbours(neighbours)
    columns |= measures.windows({"other": other, "link": link}, chars)
    for reach in measures.REACHES:
        columns[f"window{reach}_log_chars"] = np.log1p(measures.window(chars, reach))
    for group in groups:
        columns[f"{group.kind}_count"] = np.log1p(group.counts[group.numbers])
        columns[f"{group.kind}_log_chars"] = np.log1p(group.chars / group.counts)[group.numbers]
        columns[f"{group.kind}_share"] = group.chars[group.numbers] / total
        ending = np.bincount(group.numbers, ends) / group.counts
        columns[f"{group.kind}_ends"] = ending[group.numbers]
        for name in ("other", "link"):
            shares = np.bincount(group.numbers, chars * columns[name]) / group.chars
            columns[f"{group.kind}_{name}"] = shares[group.numbers]
    return columns


def _after(
    chars: Floats, base: Floats, other: Floats, groups: Sequence[_Group]
) -> dict[str, Floats]:
    found = (chars * base).sum()
    columns = {"base": base}
    columns |= _alike(
        chars,
        page_base=found / chars.sum(),
        page_log_base=np.log1p(found),
        page_agreement=(chars * base * other).sum() / max(1.0, found),
    )
    columns |= measures.nearness(chars, base)
    columns |= measures.neighbours({"base": base})
    columns |= measures.windows({"base": base}, chars)
    for group in groups:
        taken = np.bincount(group.numbers, chars * base)
        columns[f"{group.kind}_base"] = (taken / group.chars)[group.numbers]
        columns[f"{group.kind}_of_base"] = (taken / max(1.0, found))[group.numbers]
    return columns


def _alike(chars: Floats, **values: float) -> dict[str, Floats]:
    """Say the same of every block of a page."""
    return {name: np.full(len(chars), value) for name, value in values.items()}


def _groups(blocks: Sequence[Block], chars: Floats) -> list[_Group]:
    """Find the blocks that share a container, or a kind of place."""
    found = []
    for kind, keys in (
        ("parent", [b.parent for b in blocks]),
        ("grandparent", [b.grandparent for b in blocks]),
        ("path", [b.path + b.tag for b in blocks]),
    ):
        numbers: dict[object, int] = {}
        members = np.array([numbers.setdefault(key, len(numbers)) for key in keys])
        sums = np.bincount(members, chars).astype(np.float64)
        found.append(_Group(kind, members, np.bincount(members), sums))
    return found
