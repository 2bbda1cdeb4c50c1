"""The main text as engines and blocks agree on it.

The second engine is asked, and what is furniture beyond doubt is hidden from the first one, which
costs most. The first engine's lines are the start: one whose blocks look like furniture is dropped,
a block that it passed over and that looks like article is added where it stands on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import html
from numpy.typing import NDArray

from tasks.extraction import engine_resiliparse, engine_trafilatura
from tasks.extraction.blocks import Block, Layout, lines_of, words_of
from tasks.extraction.evidence import Evidence, Opinion
from tasks.extraction.forest import forest_after, forest_before
from tasks.extraction.parse import Page
from tasks.model import Mode

# Likelihoods (drop below, add from) between which the first engine's word stands. Those of `auto`
# were chosen by cross-validation over sites on the flat part of the curve; dropping needs better
# grounds than keeping, since a lost line of an article is worse than a leftover that cleaning may
# still take. On 641 labelled pages `precision` gives .961 for .942 and pays with .953 of recall for
# .976; `recall` gives .982, and precision falls to .924. The engine's own mode for precision lost
# .009 of recall behind these blocks and won nothing.
CUTS = {
    Mode.AUTO: (0.38, 0.55),
    Mode.PRECISION: (0.70, 0.85),
    Mode.RECALL: (0.10, 0.25),
}

FURNITURE_BELOW = 0.05
"""A block whose likelihood lies below this before the first engine is asked is hidden from it."""

# Below these the first engine's quick answer is in doubt. Of 1,055 pages its full answer is another
# one for 72; 63 pages are in doubt, 43 of these among them. Most of the others differ little.
_FEWEST_CHARS = 300
_LEAST_SHARE = 0.5

# A line this long that holds this many paragraphs of this length is none of its own. Cells of a
# table, which engines do put on one line, do not count.
_SHORTEST_DUMP_CHARS = 1_000
_MOST_PARAGRAPHS = 4
_LONG_BLOCK_CHARS = 60
_CELLS = frozenset({"td", "th"})
_ROWS = _CELLS | {"tr"}

_FEWEST_WORDS = 3  # of a block inside a longer line: shorter ones may stand there by chance
_SEARCH_AHEAD = 150  # blocks; a list or table that one line holds is seldom longer
_LARGEST_LEAP = 400  # blocks; a line that seems to stand further on is a chance repetition


@dataclass(frozen=True, slots=True)
class Agreed:
    """A text, one paragraph a line, and the lines of the first engine that it has not."""

    lines: tuple[str, ...]
    dropped: tuple[str, ...]


def agree(page: Page, layout: Layout, *, title: str | None, url: str | None, mode: Mode) -> Agreed:
    """Find the main text of a page; both engines may find nothing.

    `title` is the decided headline. The first engine's order is kept.
    """
    second = engine_resiliparse.main_text(page.source)
    blocks = layout.blocks
    if not blocks:
        return Agreed(tuple(lines_of(ask_first(page, (), second, url=url))), ())
    evidence = Evidence.of(blocks, Opinion.of(second), title)
    hidden = []
    if mode is not Mode.RECALL:  # which would rather have too much
        hidden = furniture(layout, forest_before().likelihood(evidence.rows))
    lines = list(lines_of(ask_first(page, hidden, second, url=url)))
    shaped = [line for line in lines if not is_dump(line, blocks)]
    rows = evidence.with_first(Opinion.of("\n".join(shaped)))
    agreed = merge(shaped, blocks, forest_after().likelihood(rows), mode)
    return agreed if agreed.lines else Agreed(tuple(lines), ())


def furniture(layout: Layout, likelihood: NDArray[np.float64]) -> list[html.HtmlElement]:
    """List the outermost elements of which no block may be article text."""
    doubted = np.concatenate(([0], np.cumsum(likelihood >= FURNITURE_BELOW)))
    found: list[html.HtmlElement] = []
    behind = 0
    for element, first, end in layout.containers:
        if first >= behind and doubted[first] == doubted[end] and element.tag != "body":
            behind = end
            if not _is_data(element, layout.blocks[first:end]):
                found.append(element)
    return found


def _is_data(element: html.HtmlElement, blocks: Sequence[Block]) -> bool:
    """Say whether an element is one row or cell of a table of data: it goes with its table."""
    return element.tag in _ROWS and not any(block.link_count for block in blocks)


def ask_first(
    page: Page, hidden: Sequence[html.HtmlElement], second: str, *, url: str | None
) -> str:
    """Give the main text as the first engine finds it, which does not see the `hidden` elements.

    The engine compares what it finds with two other algorithms; that is asked for, of the whole
    page, only where it found little, or the second engine much more.
    """
    text = engine_trafilatura.main_text(page.tree, url=url, fast=True, without=hidden)
    if len(text) < max(_FEWEST_CHARS, _LEAST_SHARE * len(second)):
        text = engine_trafilatura.main_text(page.tree, url=url, fast=False)
    return text


def is_dump(line: str, blocks: Sequence[Block]) -> bool:
    """Say whether a line holds a page's paragraphs run together: an engine's last resort.

    Such a line says nothing about which of them are article, so the blocks are asked instead.
    """
    if len(line) < _SHORTEST_DUMP_CHARS:
        return False
    words = f" {words_of(line)} "
    held = 0
    for block in blocks:
        if len(block.text) > _LONG_BLOCK_CHARS and block.tag not in _CELLS:
            held += f" {block.words} " in words
            if held == _MOST_PARAGRAPHS:
                return True
    return False


def merge(
    lines: Sequence[str],
    blocks: Sequence[Block],
    likelihood: NDArray[np.float64],
    mode: Mode = Mode.AUTO,
) -> Agreed:
    """Drop unlikely lines, add likely blocks; `likelihood` has one value a block."""
    drop_below, add_from = CUTS[mode]
    placed: list[tuple[int, int, str]] = []
    dropped: list[str] = []
    used: set[int] = set()
    place = -1
    wordings = [words_of(line) for line in lines]
    for line, words, members in zip(lines, wordings, _members(wordings, blocks), strict=True):
        used.update(members)
        if members and place < members[0] < place + _LARGEST_LEAP:
            place = members[0]
        parts = [(blocks[m].text, [m]) for m in members] if len(members) > 1 else []
        if not parts or not _cover(members, words, blocks):
            parts = [(line, members)]
        for text, places in parts:
            if places and _likelihood(places, blocks, likelihood) < drop_below:
                dropped.append(text)
            else:
                placed.append((place, 0, text))
    known = " " + " ".join(wordings) + " "
    added: set[str] = set()
    for index in np.nonzero(likelihood >= add_from)[0].tolist():
        block = blocks[index]
        if index in used or block.words in added or f" {block.words} " in known:
            continue
        added.add(block.words)
        placed.append((index, 1, block.text))
    placed.sort(key=lambda item: item[:2])
    return Agreed(tuple(line for _, _, line in placed), tuple(dropped))


def _likelihood(
    places: Sequence[int], blocks: Sequence[Block], likelihood: NDArray[np.float64]
) -> float:
    """Average over some blocks, each weighing as many as its characters."""
    chars = [len(blocks[place].text) for place in places]
    return sum(likelihood[places] * chars) / sum(chars)


def _cover(members: Sequence[int], words: str, blocks: Sequence[Block]) -> bool:
    """Say whether blocks other than cells make up a line: paragraphs that were run together."""
    if any(blocks[m].tag in _CELLS for m in members):
        return False
    return " ".join(blocks[m].words for m in members) == words


def _members(wordings: Sequence[str], blocks: Sequence[Block]) -> list[list[int]]:
    """Find for each line (its words) the blocks it was made of; empty where none is found."""
    by_words: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        by_words[block.words].append(index)
    found: list[list[int]] = []
    start = 0
    for words in wordings:
        same = by_words.get(words)
        if same:
            members = [next((i for i in same if i >= start), same[0])]
        else:
            members = _parts(words, blocks, start)
        if members and members[-1] >= start:
            start = members[-1] + 1
        found.append(members)
    return found


def _parts(words: str, blocks: Sequence[Block], start: int) -> list[int]:
    """Find the blocks inside a line, else the block that the line is a part of."""
    padded = f" {words} "
    inside = [
        index
        for index in range(start, min(len(blocks), start + _SEARCH_AHEAD))
        if blocks[index].words.count(" ") + 1 >= _FEWEST_WORDS
        and f" {blocks[index].words} " in padded
    ]
    if inside:
        return _with_short_parts(words, blocks, inside)
    if words.count(" ") + 1 <= _FEWEST_WORDS:
        return []
    whole = (i for i, block in enumerate(blocks) if padded in f" {block.words} ")
    return list(whole)[:1]


def _with_short_parts(words: str, blocks: Sequence[Block], inside: list[int]) -> list[int]:
    """Add the short blocks around and between `inside`, if with them a run makes up the line."""
    for start in range(max(0, inside[0] - _FEWEST_WORDS), inside[0] + 1):
        run: list[int] = []
        left = words
        for index in range(start, min(len(blocks), inside[-1] + _FEWEST_WORDS + 1)):
            if left == blocks[index].words:
                return [*run, index]
            if not left.startswith(blocks[index].words + " "):
                break
            run.append(index)
            left = left[len(blocks[index].words) + 1 :]
    return inside
