"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tasks.cleaning.lines import Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named reason to take a whole line.

    `takes` says what, `reason` why that is never part of an article, in general and not on one
    site. `matches(spot)` is pure. `looks_around` is False where the answer depends on the
    line alone: it is then asked once. A rule that looks around must never fire because evidence
    is missing, only because it is there; that is what makes cleaning twice change nothing.
    """

    name: str
    takes: str
    reason: str
    matches: Callable[[Spot], bool]
    looks_around: bool = False
