"""What can be measured of each block of a page: its wording, its place, its surroundings.

Every measure is a column with one number a block; the model is bound to its name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tasks.extraction.blocks import CLASS_GROUPS, TAG_GROUPS, Block

Floats = NDArray[np.float64]

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
_LONG_BLOCK_CHARS = 40
_FAR = 99.0
REACHES = (3, 8)  # blocks on each side


def wording(blocks: Sequence[Block], chars: Floats, title_words: str) -> dict[str, Floats]:
    """Measure what the words of each block are like, and how like the headline's."""
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


def place(blocks: Sequence[Block]) -> dict[str, Floats]:
    """Say in which tags and classes each block stands, how deep, and how far down the page."""
    tags = np.array([_TAG_NUMBERS.get(b.tag, -1) for b in blocks])
    columns = {f"tag_{tag}": (tags == n).astype(float) for tag, n in _TAG_NUMBERS.items()}
    for prefix, bits in (("own", [b.own for b in blocks]), ("around", [b.around for b in blocks])):
        table = (np.array(bits, dtype=np.int64)[:, None] >> _BITS) & 1
        for index, name in enumerate(TAG_GROUPS + CLASS_GROUPS):
            columns[f"{prefix}_{name}"] = table[:, index].astype(float)
    columns["depth"] = np.array([float(b.depth) for b in blocks])
    columns["position"] = np.arange(len(blocks)) / len(blocks)
    return columns


def nearness(chars: Floats, base: Floats) -> dict[str, Floats]:
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


def neighbours(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Repeat columns for the two blocks before and the two behind each; -1 where there is none."""
    found: dict[str, Floats] = {}
    for name, column in columns.items():
        padded = np.concatenate(([-1.0, -1.0], column, [-1.0, -1.0]))
        for offset in (-2, -1, 1, 2):
            found[f"{name}{offset:+d}"] = padded[2 + offset : 2 + offset + len(column)]
    return found


def windows(columns: Mapping[str, Floats], chars: Floats) -> dict[str, Floats]:
    """Average over the surroundings of each block, by characters."""
    return {
        f"window{reach}_{name}": window(chars * column, reach) / window(chars, reach)
        for reach in REACHES
        for name, column in columns.items()
    }


def window(values: Floats, reach: int) -> Floats:
    """Sum each value with `reach` neighbours on both sides."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    places = np.arange(len(values))
    upper = np.minimum(places + reach + 1, len(values))
    summed: Floats = total[upper] - total[np.maximum(places - reach, 0)]
    return np.maximum(summed, 0.0)
