"""When an audit may be believed.

Great Expectations passes on nothing: an empty suite, an empty frame, an all-null column are all a
success, and an expectation that raised may look like one that did not run. Each rule here turns
one such silence into a fault, and any fault blocks the gate. Pure functions of plain values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MESSAGE_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What Great Expectations said of one check: its counts, or why it could not say.

    `rows` are the rows it looked at, `nulls` those it skipped, `failing` those that fail.
    """

    name: str
    success: bool
    rows: int | None
    nulls: int
    failing: int | None
    raised: str | None

    @property
    def evaluated(self) -> int:
        """The rows that were judged and not skipped."""
        return (self.rows or 0) - self.nulls


def judgement(
    name: str, success: object, counts: Mapping[str, int], exception_info: object
) -> Judgement:
    """Read what Great Expectations said of one check; absent counts stay None."""
    return Judgement(
        name=name,
        success=success is True,
        rows=counts.get("element_count"),
        nulls=counts.get("missing_count", 0),
        failing=counts.get("unexpected_count"),
        raised=raised(exception_info),
    )


def raised(exception_info: object) -> str | None:
    """Read why an expectation raised; None only where it plainly says that it did not.

    Great Expectations gives one flat entry, or, where a metric failed, one entry for each metric
    under the metric's id. Every shape but a flat "did not raise" counts as raised.
    """
    if not isinstance(exception_info, Mapping) or not exception_info:
        return "no word on whether it raised"
    if "raised_exception" in exception_info:
        if exception_info["raised_exception"] is False:
            return None
        return _shortly(exception_info.get("exception_message"))
    entries = [entry for entry in exception_info.values() if isinstance(entry, Mapping)]
    return _shortly(entries[0].get("exception_message") if entries else None)


def faults_of_suite(
    suite: str,
    *,
    declared: Sequence[str],
    judgements: Sequence[Judgement],
    rows_expected: int,
    rows_found: int,
    failing: Mapping[str, int],
) -> list[str]:
    """Say why the judgement of a suite cannot be trusted; nothing where it can.

    `declared` names the checks, `failing` holds our own count of failing rows for each that did
    not raise, `rows_found` our own count of rows.
    """
    faults: list[str] = []
    if not declared:
        faults.append(f"{suite}: the suite declares no expectation")
    if rows_found != rows_expected:
        faults.append(f"{suite}: {rows_expected} rows were staged, the frame has {rows_found}")
    if sorted(judgement.name for judgement in judgements) != sorted(declared):
        faults.append(
            f"{suite}: {len(declared)} expectations were declared, {len(judgements)} evaluated"
        )
    for judgement in judgements:
        faults += (
            f"{suite}: {judgement.name} {fault}"
            for fault in _faults_of(judgement, rows_expected, failing.get(judgement.name))
        )
    return faults


def faults_of_nulls(suite: str, nulls: Mapping[str, int], *, rows: int) -> list[str]:
    """Say which columns that must not be null are null, somewhere or everywhere."""
    return [
        f"{suite}: {column} is null in {'all' if count == rows else count} of {rows} rows"
        for column, count in nulls.items()
        if count
    ]


def _faults_of(judgement: Judgement, rows_expected: int, failing: int | None) -> list[str]:
    if judgement.raised is not None:
        return [f"raised: {judgement.raised}"]
    if judgement.rows is None or judgement.failing is None:
        return ["gave no counts"]
    faults = []
    if judgement.rows != rows_expected:
        faults.append(f"judged {judgement.rows} of {rows_expected} rows")
    if judgement.success != (judgement.failing == 0):
        faults.append(f"says success={judgement.success} with {judgement.failing} failing rows")
    if judgement.failing != failing:
        faults.append(f"counts {judgement.failing} failing rows, our own count is {failing}")
    return faults


def _shortly(message: object) -> str:
    text = " ".join(str(message).split()) if message else "without a message"
    return text if len(text) <= MESSAGE_CHARS else text[: MESSAGE_CHARS - 1] + "…"
