"""Pointers to other articles: labels over a list, and labelled headlines between paragraphs.

The shape of a line alone (short, no full stop, a bullet) does not tell a teaser from a crosshead or
a list of the article: measured at .47. So each rule here asks for a label.
"""

from __future__ import annotations

import re

from tasks.cleaning.lines import Spot
from tasks.cleaning.phrases.teasers import LABEL, LEAD_IN, LEAD_IN_ALSO_A_WORD
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.words import ends_sentence

_ALSO_READ = re.compile(
    rf"{LEAD_IN}\s?(?::|：|>+|»|›|→|\||–|—| - )\s*(?P<headline>\S.*)", re.DOTALL
)
_BRACKETED = re.compile(rf"\s*[\[(]\s*{LEAD_IN}\b[\s:].*[\])]\s*\.?", re.DOTALL)
HEADLINE_WORDS = 30
"""Longer lines behind a label say more than a link does."""
_ANNOUNCED_BY = frozenset({"read_more", "related_teaser"})


def _is_read_more(spot: Spot) -> bool:
    line = spot.line
    return not line.is_quoted and LABEL.fullmatch(line.label.rstrip(".!?")) is not None


def _is_also_read(spot: Spot) -> bool:
    line = spot.line
    if line.size > HEADLINE_WORDS or line.is_quoted:
        return False
    folded = line.text.casefold().replace("’", "'").lstrip("-–—•*·►▶>» ")
    if _BRACKETED.fullmatch(folded):
        return True
    found = _ALSO_READ.fullmatch(folded)
    if found is None or _headline_in(line.text, found["headline"])[0].islower():
        return False
    lead_in = folded[: found.start("headline")].strip(" :：>»›→|–—-")
    if lead_in.split(" ")[0] in LEAD_IN_ALSO_A_WORD and " " not in lead_in:
        return lead_in.upper() in line.text
    return True


def _headline_in(text: str, folded: str) -> str:
    """Give the headline as it is written: the end of a text that is as long as its folded form."""
    return text[-len(folded) :]


def _is_related_teaser(spot: Spot) -> bool:
    """Tell whether the line is a headline under a label, nothing but headlines between them."""
    line = spot.line
    return (
        spot.in_tail
        and not spot.taken.isdisjoint(_ANNOUNCED_BY)
        and line.size <= HEADLINE_WORDS
        and not ends_sentence(line.text.rstrip("?!"))
    )


TEASER_RULES = (
    Rule(
        name="read_more",
        takes='"Read more", "Related articles", "You may also like" alone on a line',
        reason="they head a list of other articles or link to one",
        matches=_is_read_more,
    ),
    Rule(
        name="also_read",
        takes='a headline behind such a label ("Also read: ..."), or in brackets with it',
        reason="a link to another article, set between the paragraphs",
        matches=_is_also_read,
    ),
    Rule(
        name="related_teaser",
        takes="the headlines under such a label where nothing but headlines follows to the end",
        reason="the list that the label announced",
        matches=_is_related_teaser,
        looks_around=True,
    ),
)
