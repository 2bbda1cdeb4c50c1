"""The rules, by name and in the order in which they are asked; the first that fits takes a line."""

from __future__ import annotations

import difflib

from tasks.cleaning.rules.credits import CREDIT_RULES
from tasks.cleaning.rules.furniture import FURNITURE_RULES
from tasks.cleaning.rules.prompts import PROMPT_RULES
from tasks.cleaning.rules.repeats import REPEAT_RULES
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.rules.teasers import TEASER_RULES
from tasks.cleaning.rules.templates import TEMPLATE_RULES
from tasks.errors import UsageError

RULES: tuple[Rule, ...] = (
    *TEMPLATE_RULES,
    *PROMPT_RULES,
    *TEASER_RULES,
    *FURNITURE_RULES,
    *CREDIT_RULES,
    *REPEAT_RULES,
)

__all__ = ["RULES", "Rule", "known_rule"]


def known_rule(name: str) -> str:
    """Return the name of a rule; raises UsageError with the nearest one."""
    names = [rule.name for rule in RULES]
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)[0]
    raise UsageError(
        f"no cleaning rule is called {name}, did you mean {near}?",
        "docs/cleaning-rules.md lists them",
    )
