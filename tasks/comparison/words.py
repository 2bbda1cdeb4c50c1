"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

KEPT, GONE, COME, SKIPPED = "kept", "gone", "come", "skipped"
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_TOKENS = 2_000
"""Tokens of both sides of one changed passage that are compared with each other; the matcher is
quadratic. A longer passage is shown as gone and come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of text and what becomes of it: KEPT, GONE, COME; SKIPPED: unchanged, not shown."""

    what: str
    text: str


def word_diff(before: str, after: str) -> list[Span]:
    """Return the changed passages of two texts, each with the line before and behind it.

    Lines are matched first, then the words of the lines that differ.
    """
    old, new = before.split("\n"), after.split("\n")
    spans: list[Span] = []
    matched = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (tag, from_old, to_old, from_new, to_new) in enumerate(matched):
        if tag != "equal":
            gone = "".join(f"{line}\n" for line in old[from_old:to_old])
            come = "".join(f"{line}\n" for line in new[from_new:to_new])
            spans.extend(_words(gone, come))
            continue
        lines = old[from_old:to_old]
        top = lines[:1] if number else []
        bottom = lines[max(len(top), len(lines) - 1) :] if number + 1 < len(matched) else []
        spans.extend(_context(top, len(lines) - len(top) - len(bottom), bottom))
    told = [span for span in spans if span.text]
    return [
        Span(what=what, text="".join(span.text for span in group))
        for what, group in groupby(told, key=lambda span: span.what)
    ]


def _context(top: Sequence[str], between: int, bottom: Sequence[str]) -> Iterator[Span]:
    yield from (Span(what=KEPT, text=f"{line}\n") for line in top)
    if between:
        yield Span(what=SKIPPED, text=f"[{between} lines]\n")
    yield from (Span(what=KEPT, text=f"{line}\n") for line in bottom)


def _words(before: str, after: str) -> Iterator[Span]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if not old or not new or len(old) + len(new) > _MOST_TOKENS:
        yield from (Span(what=what, text=text) for what, text in ((GONE, before), (COME, after)))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Span(what=KEPT, text="".join(old[a:b]))
        else:
            yield Span(what=GONE, text="".join(old[a:b]))
            yield Span(what=COME, text="".join(new[c:d]))
