"""What page templates print around an article: head fields, breadcrumbs, date bars, AMP marks."""

from __future__ import annotations

import re

from tasks.cleaning.datelines import read_dump_head
from tasks.cleaning.lines import Line, Page, Spot
from tasks.cleaning.phrases.templates import BREADCRUMB_ROOT, MOBILE_SWITCH, SITE_ICON
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.words import ends_sentence, words_of

_SITE_ICON = re.compile(rf"\W{{0,3}}{SITE_ICON}\s+(?P<name>\S.*)", re.IGNORECASE)
_BARE_ICON = re.compile(SITE_ICON)
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}")
SITE_NAME_WORDS = 8
_SHORT_NAME_WORDS = 4
_ROOT = re.compile(BREADCRUMB_ROOT)
_ROOTED_PATH = re.compile(rf"{BREADCRUMB_ROOT}\s*(?:[>»›→▸/|\\•·⟩]|::|--?|–)\s*\S.*")
_ARROW = re.compile(r"[>»›▸⟩]")
_CRUMB_WORDS = 5
_ROOTED_PATH_WORDS = 30
_CHRONOLOGY = 2


def site_icon_name(text: str) -> str | None:
    """Read the site's name out of a "Site icon NAME" line; None where the line is something else.

    The image text of a site icon is followed by a name and by nothing else: it begins with a
    capital, so do half of its words if they are many, and no sentence ends there.
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
    capitals = sum(not word[0].islower() for word in words)
    is_name = len(words) <= _SHORT_NAME_WORDS or capitals * 2 >= len(words)
    return name if is_name and not words[0][0].islower() else None


def _is_site_icon(spot: Spot) -> bool:
    line = spot.line
    is_icon = _BARE_ICON.fullmatch(line.label) or site_icon_name(line.text) is not None
    return spot.at_edge and bool(is_icon)


def _is_mobile_switch(spot: Spot) -> bool:
    line = spot.line
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


def _is_breadcrumb(spot: Spot) -> bool:
    return spot.in_head and (is_breadcrumb(spot.line) or _is_next_step(spot))


def _is_next_step(spot: Spot) -> bool:
    """Tell whether a line goes on in a path that was printed as a list, one step a line."""
    line = spot.line
    return (
        line.is_item
        and line.size <= _CRUMB_WORDS
        and not ends_sentence(line.text)
        and "breadcrumb" in spot.taken
        and spot.nearest is not None
        and spot.nearest.is_item
    )


def _is_dump_head(spot: Spot) -> bool:
    if not spot.in_head:
        return False
    head = read_dump_head(spot.line.text)
    return head is not None and not head.rest


def is_date_bar(line: Line) -> bool:
    """Tell whether a line is a weekday and a date and nothing else."""
    return line.date is not None and line.date.has_weekday


def _is_date_bar(spot: Spot) -> bool:
    return spot.at_edge and is_date_bar(spot.line) and not _is_chronology(spot.page)


def _is_bare_date(spot: Spot) -> bool:
    date = spot.line.date
    if date is None:
        return False
    return date.has_stamp or (spot.at_edge and not _is_chronology(spot.page))


def _is_chronology(page: Page) -> bool:
    """Tell whether dates serve the text as headings, as in a timeline: more than a stamp or two."""
    return page.dates_inside >= _CHRONOLOGY


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
        takes='"Site icon", alone or with a name, before or after all prose',
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
