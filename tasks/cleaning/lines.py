"""A line and the page around it, as the rules see them.

Rules are pure predicates on a `Spot`. Everything they may ask is here: the words of the line, its
place before, within or after the running prose, what was already taken above it, and what the page
says of itself (title, site name, authors).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tasks.cleaning.characters import normalise_line
from tasks.cleaning.datelines import DateLine, read_date_line
from tasks.cleaning.phrases.speech import TELLING
from tasks.cleaning.words import ends_sentence, label_of, opens_quoted, word_count, words_of

PROSE_WORDS = 8
"""A sentence of fewer words may be a caption or a call; it does not show where the text begins."""
LONG_LINE_WORDS = 25
"""A line of so many words is running text, whether or not it closes with a full stop."""
STANDFIRST_WORDS = 6
"""A shorter repeat may be meant: "No." and "No. I will not." are two sentences."""
LABEL_CHARS = 400
PROMPT_WORDS = 45
"""Labels and prompts are read at a glance; a longer line says more than they do."""
_BULLETS = ("- ", "• ", "* ", "· ", "– ", "| ")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\))\s*$")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the engine's output. `number` counts from 1 in it; `text` is normalised.

    What else there is to say of it is found out when a rule asks, and then kept.
    """

    number: int
    text: str

    @cached_property
    def label(self) -> str:
        """The line as a label would say it (`label_of`), empty for one too long."""
        return label_of(self.text) if len(self.text) <= LABEL_CHARS else ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the line, folded."""
        return words_of(self.text)

    @cached_property
    def size(self) -> int:
        """The length in words (`word_count`)."""
        return word_count(self.text)

    @cached_property
    def is_prose(self) -> bool:
        """Tell whether the line reads as running text."""
        return self.size >= LONG_LINE_WORDS or (
            self.size >= PROSE_WORDS and ends_sentence(self.text)
        )

    @cached_property
    def is_quoted(self) -> bool:
        """Tell whether the line opens with a quotation mark."""
        return opens_quoted(self.text)

    @property
    def is_item(self) -> bool:
        """Tell whether the line stands in a list or a table."""
        return self.text.startswith(_BULLETS)

    @cached_property
    def is_call(self) -> bool:
        """Tell whether the line may be a call to the reader.

        It is short, not quoted, and no report of what somebody said.
        """
        return (
            self.size <= PROMPT_WORDS
            and bool(self.label)
            and not self.is_quoted
            and TELLING.search(self.label) is None
        )

    @cached_property
    def date(self) -> DateLine | None:
        """What the line holds where it is nothing but a date."""
        return read_date_line(self.text)


def read_lines(text: str) -> tuple[Line, ...]:
    """Cut an engine's output into its visible lines; blank ones count for `number` only."""
    normalised = enumerate(map(normalise_line, text.split("\n")), 1)
    return tuple(Line(number=number, text=line) for number, line in normalised if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The lines still there, and what is known about the page they come from.

    The head is what stands before the first line of prose (`head_end`), the tail what stands from
    `tail_start` on; a page without prose is head and tail at once. `opening` is the index up to
    which the first lines of prose are repeats of what follows them; `dates_inside` counts the date
    lines between head and tail.
    """

    lines: tuple[Line, ...]
    titles: frozenset[str]  # what a copy of the title may read like (`title_forms`)
    authors: tuple[str, ...]
    site_name: str | None
    head_end: int
    tail_start: int
    opening: int
    dates_inside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One line in its page: what a rule is asked about.

    `taken` names the rules that took the lines directly above it, `nearest` is the last of those
    lines; empty and None where the line above is still there.
    """

    page: Page
    index: int
    taken: frozenset[str] = frozenset()
    nearest: Line | None = None

    @property
    def line(self) -> Line:
        """The line itself."""
        return self.page.lines[self.index]

    @property
    def in_head(self) -> bool:
        """Tell whether the line stands before all prose."""
        return self.index < self.page.head_end

    @property
    def in_tail(self) -> bool:
        """Tell whether the line stands after all prose."""
        return self.index >= self.page.tail_start

    @property
    def at_edge(self) -> bool:
        """Tell whether the line stands before or after all prose."""
        return self.in_head or self.in_tail


def page_of(
    lines: Sequence[Line],
    *,
    titles: frozenset[str] = frozenset(),
    authors: tuple[str, ...] = (),
    site_name: str | None = None,
) -> Page:
    """Lay lines out as a page: find where its prose begins and ends."""
    prose = [i for i, line in enumerate(lines) if line.is_prose]
    head_end = prose[0] if prose else len(lines)
    opening = head_end
    while opening < len(lines) and repeats_next(lines, opening):
        opening += 1
    tail_start = prose[-1] + 1 if prose else 0
    return Page(
        lines=tuple(lines),
        titles=titles,
        authors=authors,
        site_name=site_name,
        head_end=head_end,
        tail_start=tail_start,
        opening=opening,
        dates_inside=sum(line.date is not None for line in lines[head_end:tail_start]),
    )


def repeats_next(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a line of some length is how the next line begins, or all of it.

    A standfirst cut short by an ellipsis counts as far as it goes.
    """
    line = lines[index]
    if line.size < STANDFIRST_WORDS or line.is_item or index + 1 >= len(lines):
        return False
    following = lines[index + 1].words
    if following[: len(line.words)] == line.words:
        return True
    has_no_blanks = line.size > len(line.words)
    if has_no_blanks or _ELLIPSIS.search(line.text):
        return "".join(following).startswith("".join(line.words))
    return False
