"""Two views of a document: the page as it arrived, and its text with removed lines in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from markupsafe import escape

from tasks.model import RemovedLine
from tasks.reporting.limits import LINE_CHARS, SIDE_BYTES
from tasks.reporting.shown import plain

KEPT, REMOVED, LEFT = "kept", "removed", "left"
_CERTAIN_CHARS = 20
"""A shorter line may stand in a text by accident, so it must be a whole line of it."""
_FOLDED_FROM = 4
_LINE_HTML_BYTES = 60
"""What the markup around one line takes."""
_UTF8_BYTES = 4
"""What a character takes at most."""
_BETWEEN = "\0"
"""No line that is shown holds it: `plain` has put another character in its place."""


class Marked(NamedTuple):
    """A line as a page has it, and what became of it: kept, removed by `rule`, or left behind."""

    html: str
    what: str
    rule: str | None


_Found = tuple[str, str, str | None]
"""A line of a document, what became of it, and the rule that removed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Lines that stand together; folded ones are shown when a reader asks."""

    lines: tuple[Marked, ...]
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a document page. `hidden` counts the lines that did not fit."""

    lines: tuple[Marked, ...]
    hidden: int

    @property
    def runs(self) -> list[Run]:
        """The lines in runs; a long run of lines left behind (a menu, a footer) is folded."""
        found = []
        for is_left, group in groupby(self.lines, key=lambda line: line.what == LEFT):
            lines = tuple(group)
            found.append(Run(lines=lines, folded=is_left and len(lines) > _FOLDED_FROM))
        return found


def raw_side(raw: Sequence[str], text: str | None, removed: Sequence[RemovedLine]) -> Side:
    """Mark the lines of the page as it arrived.

    A line is kept when the text has it, or has it inside a paragraph; removed when a rule took it
    or a line that holds it; else the engine left it behind.
    """
    whole = " ".join((text or "").split())
    lines = {" ".join(line.split()) for line in (text or "").splitlines()}
    rules = {" ".join(line.text.split()): line.rule for line in removed}
    taken = [(words, rule) for words, rule in rules.items() if len(words) >= _CERTAIN_CHARS]
    return _fitting([_mark(line, lines, whole, rules, taken) for line in raw])


def _mark(
    line: str,
    lines: set[str],
    whole: str,
    rules: dict[str, str],
    taken: Sequence[tuple[str, str]],
) -> _Found:
    if line in lines:
        return line, KEPT, None
    if line in rules:
        return line, REMOVED, rules[line]
    if len(line) >= _CERTAIN_CHARS:
        if line in whole:
            return line, KEPT, None
        for words, rule in taken:
            if line in words:
                return line, REMOVED, rule
    return line, LEFT, None


def clean_side(text: str | None, removed: Sequence[RemovedLine]) -> Side:
    """Put the removed lines back where they stood in the engine's output, marked with their rule.

    Lines of the text fill the numbers that no removed line has. Blocks that were taken before the
    engine saw the page have no place in its output; they are not here (the list of removed lines
    has them).
    """
    kept = iter((text or "").splitlines())
    found: list[_Found] = []
    number = 1
    for line in sorted((r for r in removed if r.line_no is not None), key=_place):
        while number < _place(line) and (words := next(kept, None)) is not None:
            found.append((words, KEPT, None))
            number += 1
        found.append((line.text, REMOVED, line.rule))
        number = _place(line) + 1
    found += [(words, KEPT, None) for words in kept]
    return _fitting(found)


def _place(line: RemovedLine) -> int:
    return line.line_no or 0


def _fitting(lines: Sequence[_Found]) -> Side:
    """Make HTML of the lines, all of them at once, and drop those for which there is no room."""
    texts = [_shown(text) for text, _, _ in lines]
    whole = str(escape(_BETWEEN.join(texts)))
    marked = [
        Marked(html, what, rule)
        for html, (_, what, rule) in zip(whole.split(_BETWEEN), lines, strict=False)
    ]
    if len(whole) * _UTF8_BYTES + len(lines) * _LINE_HTML_BYTES <= SIDE_BYTES:
        return Side(lines=tuple(marked), hidden=0)
    fitting, room = [], SIDE_BYTES
    for line in marked:
        room -= len(line.html.encode("utf-8", "replace")) + _LINE_HTML_BYTES
        if room >= 0:
            fitting.append(line)
    return Side(lines=tuple(fitting), hidden=len(marked) - len(fitting))


def _shown(line: str) -> str:
    text = plain(line)
    return text if len(text) <= LINE_CHARS else text[:LINE_CHARS] + "…"
