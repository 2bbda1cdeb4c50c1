"""What a check is: one sentence about a column, said twice.

Once as a Great Expectations expectation, which judges, and once as a plain SQL condition, which
names the failing documents and proves the count that Great Expectations gave. The two are built
together by the functions below, so that a check is declared in one place. No heavy imports: the
declarations are read by the documentation and by tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["warn", "quarantine", "hold"]
"""warn: on record only. quarantine: the failing documents are refused. hold: the batch waits."""

ROWS_VIEW = "copydesk_audited_row"
PROFILE_VIEW = "copydesk_audited_batch"
"""The names under which the audit sees its two frames, whatever the caller's tables are called."""

CONDITION_TYPE = "expect_column_values_to_satisfy_condition"
"""Our own expectation, for what the stock ones cannot say on DuckDB (`expectations.engine`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One expectation. `name` is stable: quarantined documents carry `check_failed:<name>`.

    `type` and `arguments` are Great Expectations' (beside the column). `fails_when` is SQL over
    one row of the view; what it cannot decide (null) counts as failing. Rows whose column is null
    are skipped where `skips_null`. `excerpt` is SQL for what to show of a failing row. `is_share`
    marks a share, which may hold a batch only from the gate's `min_documents` on.
    """

    name: str
    column: str
    severity: Severity
    meaning: str
    type: str
    fails_when: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    skips_null: bool = True
    excerpt: str | None = None
    is_share: bool = False

    @property
    def failing(self) -> str:
        """The SQL condition of a failing row, never null."""
        condition = f"coalesce(({self.fails_when}), true)"
        return f"({self.column} IS NOT NULL AND {condition})" if self.skips_null else condition

    @property
    def bounds(self) -> dict[str, object]:
        """What the column is measured against, for a person: the arguments but SQL."""
        return {k: v for k, v in self.arguments.items() if k != "fails_when" and v is not None}

    @property
    def shown(self) -> str:
        """The SQL of what a person is shown of a failing row, still to be cut short."""
        return self.excerpt or f"CAST({self.column} AS VARCHAR)"


def literal(text: str) -> str:
    """Quote text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def present(name: str, column: str, severity: Severity, meaning: str) -> Check:
    """Expect a value in every row."""
    return Check(
        name=name,
        column=column,
        severity=severity,
        meaning=meaning,
        type="expect_column_values_to_not_be_null",
        fails_when=f"{column} IS NULL",
        skips_null=False,
        excerpt="'null'",
    )


def unique(name: str, column: str, severity: Severity, meaning: str) -> Check:
    """Expect no value twice; every row that shares its value fails."""
    return Check(
        name=name,
        column=column,
        severity=severity,
        meaning=meaning,
        type="expect_column_values_to_be_unique",
        fails_when=f"{column} IN (SELECT {column} FROM {ROWS_VIEW}"
        f" WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1)",
    )


def between(
    name: str,
    column: str,
    severity: Severity,
    meaning: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    is_share: bool = False,
) -> Check:
    """Expect every number inside the bounds, both included."""
    low = [] if at_least is None else [f"{column} < {at_least}"]
    high = [] if at_most is None else [f"{column} > {at_most}"]
    return Check(
        name=name,
        column=column,
        severity=severity,
        meaning=meaning,
        type="expect_column_values_to_be_between",
        arguments={"min_value": at_least, "max_value": at_most},
        fails_when=" OR ".join(low + high),
        is_share=is_share,
    )


def lengths_between(
    name: str, column: str, severity: Severity, meaning: str, *, at_least: int, at_most: int
) -> Check:
    """Expect every text to have a number of characters inside the bounds, both included."""
    return Check(
        name=name,
        column=column,
        severity=severity,
        meaning=meaning,
        type="expect_column_value_lengths_to_be_between",
        arguments={"min_value": at_least, "max_value": at_most},
        fails_when=f"length({column}) NOT BETWEEN {at_least} AND {at_most}",
    )


def among(
    name: str, column: str, severity: Severity, meaning: str, *, values: Sequence[str | int]
) -> Check:
    """Expect every value to be one of a few."""
    listed = ", ".join(literal(v) if isinstance(v, str) else str(v) for v in values)
    return Check(
        name=name,
        column=column,
        severity=severity,
        meaning=meaning,
        type="expect_column_values_to_be_in_set",
        arguments={"value_set": list(values)},
        fails_when=f"{column} NOT IN ({listed})",
    )


def condition(
    name: str,
    column: str,
    severity: Severity,
    meaning: str,
    *,
    fails_when: str,
    excerpt: str | None = None,
) -> Check:
    """Expect no row of which an SQL condition holds."""
    return Check(
        name=name,
        column=column,
        severity=severity,
        meaning=meaning,
        type=CONDITION_TYPE,
        arguments={"fails_when": fails_when},
        fails_when=fails_when,
        excerpt=excerpt,
    )


def free_of(
    name: str,
    column: str,
    severity: Severity,
    meaning: str,
    *,
    pattern: str,
    only_if: str | None = None,
) -> Check:
    """Expect no match of a pattern (RE2); the excerpt shows the match in its surroundings.

    `only_if` is a cheap SQL condition without which there can be no match.
    """
    matches = f"regexp_matches({column}, {literal(pattern)})"
    return condition(
        name,
        column,
        severity,
        meaning,
        fails_when=f"CASE WHEN {only_if} THEN {matches} ELSE false END" if only_if else matches,
        excerpt=around(column, pattern),
    )


def around(column: str, pattern: str) -> str:
    """Give the SQL that shows the first match of a pattern with a little of what surrounds it."""
    found = re.match(r"\(\?[a-z]+\)", pattern)
    flags = found.group() if found else ""
    wider = f"{flags}.{{0,20}}(?:{pattern[len(flags) :]}).{{0,20}}"
    return f"regexp_extract({column}, {literal(wider)})"
