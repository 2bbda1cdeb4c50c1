"""What the leftovers of a template tell about the page: the one good thing about them.

A text dump has no fields. The headline that stands between breadcrumb and date bar and the text,
and the name behind "Site icon", are all it says of itself. Where they are missing nothing is known:
a first line that merely looks like a headline is as often a standfirst.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.cleaning.datelines import read_date_line, read_dump_head
from tasks.cleaning.lines import Line, Page, Spot, page_of, read_lines
from tasks.cleaning.phrases.templates import BREADCRUMB_ROOT
from tasks.cleaning.rules.templates import is_breadcrumb, is_date_bar, site_icon_name
from tasks.cleaning.words import ends_sentence

HEADLINE_WORDS = 30
"""Headlines of news pages stay well below; a longer line is a standfirst."""

_ROOT_THEN_MORE = re.compile(
    rf"(?P<root>{BREADCRUMB_ROOT})\s+(?P<more>\S.*)", re.IGNORECASE | re.DOTALL
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_CLOCK_WORD = re.compile(
    r"[,|•-]?(?:\d{1,2}[:.h]\d{2}(?::\d{2})?|[ap]\.?m\.?|uhr|gmt|utc|at|um|à)", re.IGNORECASE
)
_DATE_BAR_WORDS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What leftovers told: None where they told nothing."""

    title: str | None
    site_name: str | None


def split_head(line: str) -> list[str]:
    """Cut a first line that holds breadcrumb, date bar and headline into these; else give it back.

    Only a root ("Home") with a weekday and full date right behind it is cut off: "Home" before
    other words may be the first word of a sentence.
    """
    found = _ROOT_THEN_MORE.fullmatch(line)
    if found is None:
        return [line]
    words = found["more"].split()
    for count in range(1, min(len(words), _DATE_BAR_WORDS) + 1):
        bar = " ".join(words[:count])
        date = read_date_line(bar)
        if date is not None and date.has_weekday and _YEAR.search(bar):
            while count < len(words) and _CLOCK_WORD.fullmatch(words[count]):
                count += 1  # noqa: PLW2901 - the bar grows by its hour
            parts = [found["root"], " ".join(words[:count]), " ".join(words[count:])]
            return [part for part in parts if part]
    return [line]


def told_by(lines: Sequence[str]) -> Told:
    """Read a title and a site's name out of the leftovers around a dumped article."""
    page = page_of(read_lines("\n".join(lines)))
    return Told(title=_title(page), site_name=_site_name(page))


def _title(page: Page) -> str | None:
    """Find the headline right after both a breadcrumb and a date bar at the very top.

    It must close as no sentence does, question and exclamation aside, and have text below it.
    """
    has_breadcrumb = has_date_bar = False
    for index, line in enumerate(page.lines[:-1]):
        if is_breadcrumb(line):
            has_breadcrumb = True
        elif is_date_bar(line):
            has_date_bar = True
        elif not _is_other_leftover(line):
            follows = has_breadcrumb and has_date_bar
            return line.text if follows and _is_headline(page, index) else None
    return None


def _is_other_leftover(line: Line) -> bool:
    head = read_dump_head(line.text)
    return site_icon_name(line.text) is not None or (head is not None and not head.rest)


def _is_headline(page: Page, index: int) -> bool:
    line = page.lines[index]
    return line.size <= HEADLINE_WORDS and not (
        ends_sentence(line.text) and line.text.rstrip("\"'”’»)")[-1:] in ".。।"
    )


def _site_name(page: Page) -> str | None:
    """Give the name of the first site icon before or after the prose."""
    spots = (Spot(page=page, index=index) for index in range(len(page.lines)))
    named = (site_icon_name(spot.line.text) for spot in spots if spot.at_edge)
    return next((name for name in named if name is not None), None)
