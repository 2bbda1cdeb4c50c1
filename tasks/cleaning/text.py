"""Cleaning a text: take the lines that rules name, keep all others, account for each.

The laws: kept lines and removed lines together are the lines of the extraction; cleaning a cleaned
text removes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.cleaning.characters import normalise_line
from tasks.cleaning.headlines import title_forms
from tasks.cleaning.lines import Line, Page, Spot, page_of, read_lines
from tasks.cleaning.rules import RULES, Rule
from tasks.cleaning.words import word_count
from tasks.model import Dated, Extraction, RemovedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A text without its leftovers, and every line that went.

    `text`: paragraphs separated by one newline, NFC, single spaces, no control characters; empty
    where nothing was left. `removed`: the blocks that pruning took, then the removed lines in the
    order of the page. `title`, `site_name` and `published` are the extraction's own, normalised;
    `words` is the length of the text (`word_count`).
    """

    text: str
    words: int
    removed: tuple[RemovedLine, ...]
    title: str | None
    site_name: str | None
    published: Dated


def clean(extraction: Extraction, skip: frozenset[str] = frozenset()) -> Cleaned:
    """Take the leftovers out of an extraction's text, line by line; `skip` names rules left out.

    Rules are asked again until none fires, since a line may turn out to be the first or the last
    only after its neighbours went. Raises ValueError for a name in `skip` that is no rule's.
    """
    unknown = skip - {rule.name for rule in RULES}
    if unknown:
        message = f"no such cleaning rule: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    rules = [rule for rule in RULES if rule.name not in skip]
    title = _normalised(extraction.title)
    site_name = _normalised(extraction.site_name)
    bare = page_of(
        read_lines(extraction.text),
        titles=title_forms(title),
        authors=extraction.authors,
        site_name=site_name,
    )
    kept, taken = _sort_out(bare, rules)
    removed = (RemovedLine(line_no=line.number, text=line.text, rule=rule) for line, rule in taken)
    text = "\n".join(line.text for line in kept)
    return Cleaned(
        text=text,
        words=word_count(text),
        removed=(*extraction.removed, *removed),
        title=title,
        site_name=site_name,
        published=extraction.published,
    )


def _sort_out(page: Page, rules: Sequence[Rule]) -> tuple[tuple[Line, ...], list[tuple[Line, str]]]:
    """Part the kept lines from the taken ones, each of those with its rule; both in page order."""
    taken: list[tuple[Line, str]] = []
    spots = [Spot(page=page, index=index) for index in range(len(page.lines))]
    asked = rules
    while True:
        kept, went = _ask(spots, asked)
        if not went:
            return page.lines, sorted(taken, key=lambda pair: pair[0].number)
        taken += went
        page = page_of(
            [spot.line for spot in kept],
            titles=page.titles,
            authors=page.authors,
            site_name=page.site_name,
        )
        spots = [replace(spot, page=page, index=index) for index, spot in enumerate(kept)]
        asked = [rule for rule in rules if rule.looks_around]


def _ask(spots: Sequence[Spot], rules: Sequence[Rule]) -> tuple[list[Spot], list[tuple[Line, str]]]:
    """Ask the rules about each line from the top; every line hears what went directly above it."""
    kept: list[Spot] = []
    went: list[tuple[Line, str]] = []
    names: frozenset[str] = frozenset()
    nearest: Line | None = None
    for known in spots:
        spot = known
        if names:
            spot = replace(known, taken=known.taken | names, nearest=known.nearest or nearest)
        rule = next((rule.name for rule in rules if rule.matches(spot)), None)
        if rule is None:
            kept.append(spot)
            names, nearest = frozenset(), None
        else:
            went.append((spot.line, rule))
            names, nearest = spot.taken | {rule}, spot.line
    return kept, went


def _normalised(name: str | None) -> str | None:
    return (normalise_line(name) or None) if name is not None else None
