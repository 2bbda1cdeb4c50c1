"""What page templates print around an article: head fields, breadcrumbs, date bars, AMP marks."""

from __future__ import annotations

import re

from tasks.cleaning.datelines import read_dump_head
from tasks.cleaning.lines import Line, Page
from tasks.cleaning.phrases.templates import BREADCRUMB_ROOT, MOBILE_SWITCH, SITE_ICON
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.words import ends_sentence, words_of

_SITE_ICON = re.compile(rf"\W{{0,3}}{SITE_ICON}\s+(?P<name>\S.*)", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}")
SITE_NAME_WORDS = 8
_ROOT = re.compile(BREADCRUMB_ROOT)
_ROOTED_PATH = re.compile(rf"{BREADCRUMB_ROOT}\s*(?:[>»›→▸/|\\•·⟩]|::|--?|–)\s*\S.*")
_ARROW = re.compile(r"[>»›▸⟩]")
_CRUMB_WORDS = 5
_ROOTED_PATH_WORDS = 30
_MAX_CHRONOLOGY = 2


def site_icon_name(text: str) -> str | None:
    """Read the site's name out of a "Site icon NAME" line; None where the line is something else.

    The image text of a site icon is followed by a name and by nothing else: it begins with a
    capital, half of its words do, and no sentence ends there.
    """
    found = _SITE_ICON.fullmatch(text)
    if found is None:
        return None
    name = found["name"]
    words = name.split()
    if len(words) > SITE_NAME_WORDS or ends_sentence(name) or name[-1] in ",;:":
        return None
    if _DOMAIN.fullmatch(name):
        return name
    capital = [not word[0].islower() for word in words]
    return name if capital[0] and sum(capital) * 2 >= len(words) else None


def _is_site_icon(page: Page, index: int) -> bool:
    line = page.lines[index]
    return page.at_edge(index) and site_icon_name(line.text) is not None


def _is_mobile_switch(page: Page, index: int) -> bool:
    line = page.lines[index]
    return not ends_sentence(line.text) and MOBILE_SWITCH.fullmatch(line.label) is not None


def is_breadcrumb(line: Line) -> bool:
    """Tell whether a line is the root of a breadcrumb ("Home") or a whole path from it."""
    if ends_sentence(line.text) or line.is_quoted:
        return False
    if _ROOT.fullmatch(line.label):
        return True
    if _ROOTED_PATH.fullmatch(line.label):
        return line.size <= _ROOTED_PATH_WORDS
    steps = _ARROW.split(line.text)
    return len(steps) > 1 and all(0 < len(words_of(step)) <= _CRUMB_WORDS for step in steps)


def _is_breadcrumb(page: Page, index: int) -> bool:
    return page.in_head(index) and (is_breadcrumb(page.lines[index]) or _is_crumb(page, index))


def _is_crumb(page: Page, index: int) -> bool:
    """Tell whether a line is a step in a path that was printed as a list, one step a line."""
    if not _is_step(page.lines[index]):
        return False
    while index > 0 and "breadcrumb" not in page.above[index]:
        index -= 1
        if _ROOT.fullmatch(page.lines[index].label):
            return page.lines[index].text[0] in "-•*"
        if not _is_step(page.lines[index]):
            return False
    return "breadcrumb" in page.above[index]


def _is_step(line: Line) -> bool:
    return line.text[0] in "-•*" and line.size <= _CRUMB_WORDS and not ends_sentence(line.text)


def _is_dump_head(page: Page, index: int) -> bool:
    if not page.in_head(index):
        return False
    head = read_dump_head(page.lines[index].text)
    return head is not None and not head.rest


def is_date_bar(line: Line) -> bool:
    """Tell whether a line is a weekday and a date and nothing else."""
    return line.date is not None and line.date.has_weekday


def _is_date_bar(page: Page, index: int) -> bool:
    return page.at_edge(index) and is_date_bar(page.lines[index]) and not _is_chronology(page)


def _is_bare_date(page: Page, index: int) -> bool:
    date = page.lines[index].date
    if date is None:
        return False
    return date.has_stamp or (page.at_edge(index) and not _is_chronology(page))


def _is_chronology(page: Page) -> bool:
    """Tell whether dates serve the text as headings, as in a timeline: more than a stamp or two."""
    inside = range(page.head_end, page.tail_start)
    return sum(page.lines[i].date is not None for i in inside) >= _MAX_CHRONOLOGY


TEMPLATE_RULES = (
    Rule(
        name="dump_date_head",
        takes="the date field that a text dump puts before the article",
        reason="it is a field of the dump's record; its value becomes the article's date",
        matches=_is_dump_head,
        looks_around=True,
    ),
    Rule(
        name="site_icon",
        takes='"Site icon" and a name, before or after all prose',
        reason="AMP reader templates print the alternative text of the site's icon",
        matches=_is_site_icon,
        looks_around=True,
    ),
    Rule(
        name="exit_mobile_version",
        takes="the bare link text that leaves the mobile version",
        reason="mobile templates end with a switch to the other version",
        matches=_is_mobile_switch,
    ),
    Rule(
        name="breadcrumb",
        takes='"Home" alone, or a path of sections, before all prose',
        reason="it says where the page stands in the site, not what the article says",
        matches=_is_breadcrumb,
        looks_around=True,
    ),
    Rule(
        name="date_bar",
        takes="a weekday and date alone, before or after all prose, unless dates are headings",
        reason="magazine themes print the visitor's day over every page",
        matches=_is_date_bar,
        looks_around=True,
    ),
    Rule(
        name="bare_date",
        takes="a date alone at the edge of the text, or one with published or updated anywhere",
        reason="it is the page's stamp, which the date fields hold",
        matches=_is_bare_date,
        looks_around=True,
    ),
)
