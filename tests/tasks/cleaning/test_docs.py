"""The page of rules says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.cleaning.rules import RULES, Rule
from tasks.cleaning.text import clean
from tasks.model import Extraction

PAGE = Path(__file__).resolve().parents[3] / "docs" / "cleaning-rules.md"
PROSE = (
    "The council voted on Monday to close the old bridge, which nobody in the town had expected."
)


def rows() -> dict[str, list[str]]:
    """Read the table: rule name -> the row's other cells."""
    lines = PAGE.read_text("utf-8").splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return {first.strip("`"): rest for first, *rest in cells}


def test_the_page_lists_every_rule_in_order_and_no_other() -> None:
    assert list(rows()) == [rule.name for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_says_what_a_rule_takes_and_why(rule: Rule) -> None:
    takes, reason, example = rows()[rule.name]
    assert takes == rule.takes
    assert reason == rule.reason
    assert example


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_example_of_a_rule_is_taken_by_it(rule: Rule) -> None:
    example = rows()[rule.name][2]
    before = {"standfirst_repeat", "title_copy", "dump_date_head", "site_icon", "breadcrumb"}
    label = "Related articles\n" if rule.name == "related_teaser" else ""
    text = f"{example}\n{PROSE}" if rule.name in before else f"{PROSE}\n{label}{example}"
    cleaned = clean(
        Extraction(
            text=text,
            extractor="test 1",
            title="Town closes its oldest bridge",
            authors=("Orla Fennimore",),
        )
    )
    assert rule.name in {line.rule for line in cleaned.removed if line.text == example}
