"""What a copy of a page's title may read like."""

from __future__ import annotations

import re

from tasks.cleaning.words import word_count, words_of

_SITE_SEPARATOR = re.compile(r"\s+(?:[|–—\-·•»«›‹/~]|::|\|\|)\s+|\s*[|｜：]\s*")
_COLON = re.compile(r"(?<=\w)\s?: ")
SITE_PART_WORDS = 6
"""Names of sites and sections are short; a longer part of a title belongs to the headline."""
_AND = frozenset({"and", "und", "et", "y", "e", "en", "og", "och", "i"})
"""Written as a word in one place and as a sign in the other."""


def title_forms(title: str | None) -> frozenset[str]:
    """List what a copy of the title may read like: whole, or without a site's or section's part.

    Behind a colon may stand half of the headline, so there what is left must be the larger part.
    """
    if title is None:
        return frozenset()
    parts = [part for part in _SITE_SEPARATOR.split(title) if part and part.strip()]
    forms = {spoken(title)} | {spoken(" - ".join(rest)) for rest in _without_short_ends(parts)}
    whole = word_count(title)
    for rest in _without_short_ends([part for part in _COLON.split(title) if part.strip()]):
        left = ": ".join(rest)
        if word_count(left) * 2 >= whole:
            forms.add(spoken(left))
    return frozenset(form for form in forms if form)


def spoken(text: str) -> str:
    """Give a text as it would be said: words joined by blanks, no case, punctuation or "and"."""
    return " ".join(word for word in words_of(text) if word not in _AND)


def _without_short_ends(parts: list[str]) -> list[list[str]]:
    """List what is left of a title's parts when the last, the first or both go, being short."""
    if len(parts) <= 1:
        return []
    short_last = word_count(parts[-1]) <= SITE_PART_WORDS
    short_first = word_count(parts[0]) <= SITE_PART_WORDS
    rests = []
    if short_last:
        rests.append(parts[:-1])
    if short_first:
        rests.append(parts[1:])
    if short_first and short_last:
        rests.append(parts[1:-1])
    return [rest for rest in rests if rest]
