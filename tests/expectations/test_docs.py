"""The page on checks lists every check as it is declared, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from expectations.articles.suite import KEY_COLUMNS, ROW_CHECKS
from expectations.batches import batch_checks
from expectations.sites.suite import SITE_CHECKS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "checks.md").read_text("utf-8")


def test_the_page_lists_every_check_and_no_other() -> None:
    checks = (*ROW_CHECKS, *batch_checks(rows_staged=0, max_refused_share=0.5), *SITE_CHECKS)
    rows = [f"| `{c.name}` | `{c.column}` | {c.severity} | {c.meaning} |" for c in checks]
    assert [line for line in PAGE.splitlines() if re.match(r"\| `\w+` \| `\w+` \|", line)] == rows


def test_the_page_names_the_columns_that_must_not_be_null() -> None:
    for column in KEY_COLUMNS:
        assert f"`{column}`" in PAGE.split("## When an audit is not believed")[1]
