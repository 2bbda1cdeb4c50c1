"""What speaks for and against each block of a page, as numbers.

Nothing here depends on a language or a site. The strongest evidence is regularity: blocks that
one template made (same tags and classes around them) are mostly all article or all furniture, so
what the engines say of most of them tells about the rest.

The second engine is asked first, since it is the cheap one. What its answer and the page itself
say is enough to tell the furniture that is beyond doubt, which the first engine need not see.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tasks.extraction.blocks import CLASS_GROUPS, TAG_GROUPS, Block, lines_of, words_of

Floats = NDArray[np.float64]

_SENTENCE_END = re.compile(r"[.!?…:;\"”»。！？]\W*$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BULLETS = frozenset("|•»›©✓→·-–")
_TAGS = (
    "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "div", "figcaption", "blockquote",
    "pre", "dt", "dd", "section", "article", "body",
)  # fmt: skip
_TAG_NUMBERS = {tag: number for number, tag in enumerate(_TAGS)}
_BITS = np.arange(len(TAG_GROUPS) + len(CLASS_GROUPS), dtype=np.int64)
_LETTERS = 1 << 16  # what lies beyond the basic plane is no digit and no capital that counts
_SAMPLE_CHARS = 200  # of a block's text, for shares of characters
_FEWEST_WORDS = 4  # below that, words may stand anywhere by chance: only whole lines count
_LONG_BLOCK_CHARS = 40
_FAR = 99.0
_REACHES = (3, 8)  # blocks on each side


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
    columns |= _wording(blocks, chars, title_words)
    columns |= _place(blocks)
    columns |= _alike(
        chars,
        page_log_other=np.log1p((chars * other).sum()),
        page_log_chars=np.log1p(total),
        page_link=(chars * link).sum() / total,
    )
    columns["chars_before"] = np.cumsum(chars) / total
    neighbours = {n: columns[n] for n in ("other", "link", "log_chars", "ends")}
    columns |= _neighbours(neighbours)
    columns |= _windows({"other": other, "link": link}, chars)
    for reach in _REACHES:
        columns[f"window{reach}_log_chars"] = np.log1p(_window(chars, reach))
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
    columns |= _nearness(chars, base)
    columns |= _neighbours({"base": base})
    columns |= _windows({"base": base}, chars)
    for group in groups:
        taken = np.bincount(group.numbers, chars * base)
        columns[f"{group.kind}_base"] = (taken / group.chars)[group.numbers]
        columns[f"{group.kind}_of_base"] = (taken / max(1.0, found))[group.numbers]
    return columns


def _alike(chars: Floats, **values: float) -> dict[str, Floats]:
    """Say the same of every block of a page."""
    return {name: np.full(len(chars), value) for name, value in values.items()}


def _wording(blocks: Sequence[Block], chars: Floats, title_words: str) -> dict[str, Floats]:
    words = np.array([float(b.words.count(" ") + 1) for b in blocks])
    sampled = np.minimum(chars, _SAMPLE_CHARS)
    heads = [b.text[:_SAMPLE_CHARS] for b in blocks]
    digits, capitals = _counted(heads)
    repeats = Counter(b.words for b in blocks)
    title = frozenset(title_words.split())

    def likeness(block: Block) -> float:
        own = block.words.split()
        if title.isdisjoint(own):
            return 0.0
        shared = len(title.intersection(own))
        return 2 * shared / (len(set(own)) + len(title))

    return {
        "log_chars": np.log1p(chars),
        "log_words": np.log1p(words),
        "word_length": np.minimum(chars / words, 30.0),
        "link_count": np.array([min(b.link_count, 20.0) for b in blocks]),
        "capital_first": np.array([float(b.text[0].isupper()) for b in blocks]),
        "digits": digits / sampled,
        "capitals": capitals / sampled,
        "commas": np.array([float(b.text.count(",")) for b in blocks]) / words,
        "year": np.array([float(_has_year(h)) for h in heads]),
        "bullet": np.array([float(b.text[0] in _BULLETS or "|" in b.text) for b in blocks]),
        "repeats": np.array([min(3.0, repeats[b.words]) for b in blocks]),
        "title": np.array(
            [
                likeness(b) if title and n < _LONG_BLOCK_CHARS else 0.0
                for b, n in zip(blocks, words, strict=True)
            ]
        ),
    }


def _has_year(text: str) -> bool:
    return ("19" in text or "20" in text) and _YEAR.search(text) is not None


def _counted(texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Count the digits and the capitals of texts, none of them empty."""
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    letters = np.minimum(np.frombuffer(joined, dtype=np.uint32), _LETTERS)
    ends = np.cumsum([len(text) for text in texts])
    starts = np.concatenate(([0], ends[:-1]))
    digits, capitals = (np.add.reduceat(kind[letters], starts, dtype=float) for kind in _kinds())
    return digits, capitals


@cache
def _kinds() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say of each letter of the basic plane whether it is a digit, and a capital."""
    letters = [chr(number) for number in range(_LETTERS)]
    digits = [*(letter.isdecimal() for letter in letters), False]
    capitals = [*(letter.isupper() for letter in letters), False]
    return np.array(digits), np.array(capitals)


def _place(blocks: Sequence[Block]) -> dict[str, Floats]:
    tags = np.array([_TAG_NUMBERS.get(b.tag, -1) for b in blocks])
    columns = {f"tag_{tag}": (tags == n).astype(float) for tag, n in _TAG_NUMBERS.items()}
    for prefix, bits in (("own", [b.own for b in blocks]), ("around", [b.around for b in blocks])):
        table = (np.array(bits, dtype=np.int64)[:, None] >> _BITS) & 1
        for index, name in enumerate(TAG_GROUPS + CLASS_GROUPS):
            columns[f"{prefix}_{name}"] = table[:, index].astype(float)
    columns["depth"] = np.array([float(b.depth) for b in blocks])
    columns["position"] = np.arange(len(blocks)) / len(blocks)
    return columns


def _nearness(chars: Floats, base: Floats) -> dict[str, Floats]:
    """Measure how far, in blocks, each lies from what the first engine took for text."""
    count = len(chars)
    places = np.arange(count)
    taken = np.nonzero(base * (chars > _LONG_BLOCK_CHARS))[0]
    names = ("before_base", "after_base", "from_base", "inside_base", "base_before")
    if len(taken) == 0:
        return {name: np.full(count, -1.0) for name in names}
    start, end = taken[0], taken[-1]
    right = np.searchsorted(taken, places)
    back = np.where(right > 0, places - taken[np.maximum(right - 1, 0)], _FAR)
    ahead = np.where(right < len(taken), taken[np.minimum(right, len(taken) - 1)] - places, _FAR)
    running = np.cumsum(chars * base)
    return {
        "before_base": np.log1p(np.maximum(start - places, 0)),
        "after_base": np.log1p(np.maximum(places - end, 0)),
        "from_base": np.log1p(np.minimum(back, ahead)),
        "inside_base": ((places >= start) & (places <= end)).astype(float),
        "base_before": running / max(1.0, running[-1]),
    }


def _neighbours(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for name, column in columns.items():
        padded = np.concatenate(([-1.0, -1.0], column, [-1.0, -1.0]))
        for offset in (-2, -1, 1, 2):
            found[f"{name}{offset:+d}"] = padded[2 + offset : 2 + offset + len(column)]
    return found


def _windows(columns: Mapping[str, Floats], chars: Floats) -> dict[str, Floats]:
    """Average over the surroundings of each block, by characters."""
    return {
        f"window{reach}_{name}": _window(chars * column, reach) / _window(chars, reach)
        for reach in _REACHES
        for name, column in columns.items()
    }


def _window(values: Floats, reach: int) -> Floats:
    """Sum each value with `reach` neighbours on both sides."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    places = np.arange(len(values))
    upper = np.minimum(places + reach + 1, len(values))
    summed: Floats = total[upper] - total[np.maximum(places - reach, 0)]
    return np.maximum(summed, 0.0)


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
