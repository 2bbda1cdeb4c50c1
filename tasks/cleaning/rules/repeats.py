"""What stands twice: the headline over the text, and the standfirst before its own paragraph."""

from __future__ import annotations

from tasks.cleaning.headlines import spoken, title_forms
from tasks.cleaning.lines import Line, Spot, repeats_next
from tasks.cleaning.rules.rule import Rule

KICKER_WORDS = 6
"""A kicker names the occasion in a few words; more would be a sentence of its own."""
_TITLE_WORDS = 4
"""A title of fewer words can end another sentence by chance."""
MAX_TITLE_WORDS = 60


def _is_title_copy(spot: Spot) -> bool:
    """Tell whether a line before the text's own beginning is the title, a kicker aside."""
    line = spot.line
    titles = spot.page.titles
    if not titles or spot.index > spot.page.head_end:
        return False
    if line.size > MAX_TITLE_WORDS:
        return False
    if not titles.isdisjoint(title_forms(line.text)):
        return True
    return any(_ends_with_title(line, form) for form in titles)


def _ends_with_title(line: Line, form: str) -> bool:
    """Tell whether a line is the title behind a kicker of a few words: an `h1` may hold both."""
    said = spoken(line.text)
    kicker = said.removesuffix(form)
    return (
        form.count(" ") + 1 >= _TITLE_WORDS
        and kicker.endswith(" ")
        and kicker.count(" ") <= KICKER_WORDS
        and not line.text.endswith(".")
    )


def _is_standfirst_repeat(spot: Spot) -> bool:
    """Tell whether the text's first line is the opening of the paragraph after it.

    Only at the head: a sentence said again later is the author's choice.
    """
    return spot.index <= spot.page.opening and repeats_next(spot.page.lines, spot.index)


REPEAT_RULES = (
    Rule(
        name="title_copy",
        takes="the title over the text, also with a kicker before it or without the site's name",
        reason="the title is a field of its own",
        matches=_is_title_copy,
        looks_around=True,
    ),
    Rule(
        name="standfirst_repeat",
        takes="a first line with which the next paragraph begins; it goes once",
        reason="the teaser text of lists and mails, printed over the paragraph it was taken from",
        matches=_is_standfirst_repeat,
        looks_around=True,
    ),
)
