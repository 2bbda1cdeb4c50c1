"""Cleaning a text: take the lines that rules name, keep all others, account for each.

The laws: kept lines and removed lines together are the lines of the extraction; cleaning a cleaned
text removes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.cleaning.characters import normalise_line
from tasks.cleaning.headlines import title_forms
from tasks.cleaning.lines import Line, Page, page_of, read_lines
from tasks.cleaning.rules import RULES, Rule
from tasks.model import Dated, Extraction, RemovedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A text without its leftovers, and every line that went.

    `text`: paragraphs separated by one newline, NFC, single spaces, no control characters; empty
    where nothing was left. `removed`: the blocks that pruning took, then the removed lines in the
    order of the page. `title`, `site_name` and `published` are the extraction's own, normalised.
    """

    text: str
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
    return Cleaned(
        text="\n".join(line.text for line in kept),
        removed=(*extraction.removed, *removed),
        title=title,
        site_name=site_name,
        published=extraction.published,
    )


def _sort_out(page: Page, rules: Sequence[Rule]) -> tuple[tuple[Line, ...], list[tuple[Line, str]]]:
    """Part the kept lines from the taken ones, each of those with its rule; both in page order."""
    taken: list[tuple[Line, str]] = []
    asked = rules
    while True:
        verdicts = [_verdict(page, index, asked) for index in range(len(page.lines))]
        if not any(verdicts):
            return page.lines, sorted(taken, key=lambda pair: pair[0].number)
        taken += [(line, rule) for line, rule in zip(page.lines, verdicts, strict=True) if rule]
        page = _without(page, verdicts)
        asked = [rule for rule in rules if rule.looks_around]


def _verdict(page: Page, index: int, rules: Sequence[Rule]) -> str | None:
    """Name the first rule that takes a line."""
    return next((rule.name for rule in rules if rule.matches(page, index)), None)


def _without(page: Page, verdicts: Sequence[str | None]) -> Page:
    """Give the page of the lines that stay, each knowing the rules that took what was above it."""
    kept: list[Line] = []
    above: list[frozenset[str]] = []
    gone: frozenset[str] = frozenset()
    for line, over, rule in zip(page.lines, page.above, verdicts, strict=True):
        gone |= over
        if rule is None:
            kept.append(line)
            above.append(gone)
            gone = frozenset()
        else:
            gone |= {rule}
    return page_of(
        kept, above=above, titles=page.titles, authors=page.authors, site_name=page.site_name
    )


def _normalised(name: str | None) -> str | None:
    return (normalise_line(name) or None) if name is not None else None
