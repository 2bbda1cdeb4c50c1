"""The rules, by name and in the order in which they are asked; the first that fits takes a line."""

from __future__ import annotations

from tasks.cleaning.rules.credits import CREDIT_RULES
from tasks.cleaning.rules.furniture import FURNITURE_RULES
from tasks.cleaning.rules.prompts import PROMPT_RULES
from tasks.cleaning.rules.repeats import REPEAT_RULES
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.rules.teasers import TEASER_RULES
from tasks.cleaning.rules.templates import TEMPLATE_RULES

RULES: tuple[Rule, ...] = (
    *TEMPLATE_RULES,
    *PROMPT_RULES,
    *TEASER_RULES,
    *FURNITURE_RULES,
    *CREDIT_RULES,
    *REPEAT_RULES,
)

__all__ = ["RULES", "Rule"]
