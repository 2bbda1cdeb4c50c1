"""The view that tells where documents rest, over documents in every state."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.sql import statements

_COLUMNS = (
    "document_id, batch_id, site, stage, kind, url, charset, shard_path, detail, article_id, "
    "outcome, state, reason"
)


def _place(**facts: object) -> tuple[bool, int | None]:
    """Return shows_raw and said of one document."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} VARCHAR" for name in _COLUMNS.split(", "))
        connection.execute(
            "CREATE SCHEMA ops; CREATE TABLE ops.document_state "
            f"({columns}, http_status INTEGER, position BIGINT, payload_bytes BIGINT)"
        )
        row = ", ".join(f"${name} AS {name}" for name in facts)
        connection.execute(f"INSERT INTO ops.document_state BY NAME SELECT {row}", facts)
        connection.execute(dict(statements("views"))["41_document_places.sql"])
        found: list[tuple[bool, int | None]] = connection.execute(
            "SELECT shows_raw, said FROM main.document_places"
        ).fetchall()
        return found[0]


@pytest.mark.parametrize(
    ("outcome", "state", "reason", "shown"),
    [
        ("published", "visible", None, True),
        ("held", "held", None, True),
        ("quarantined", None, "too_short", True),
        ("failed", None, "truncated_input", True),
        ("published", "withdrawn", None, False),
        ("published", "rejected", None, False),
        ("held", "rejected", None, False),
        ("held", "withdrawn", None, False),
        ("quarantined", None, "withdrawn", False),
        ("unchanged", None, None, False),
        ("duplicate", None, None, False),
    ],
)
def test_what_a_person_took_back_is_not_shown_raw(
    outcome: str, state: str | None, reason: str | None, shown: bool
) -> None:
    facts = {"outcome": outcome, "state": state, "reason": reason}
    assert _place(payload_bytes=9, **facts)[0] is shown
    assert _place(payload_bytes=0, **facts)[0] is False


def test_of_an_unchanged_document_alone_there_is_nothing_to_say() -> None:
    said = {
        outcome: _place(outcome=outcome, payload_bytes=9)[1]
        for outcome in ("published", "unchanged", "duplicate", "quarantined", "failed", "held")
    }
    assert said.pop("unchanged") is None
    assert None not in said.values()
    assert len(set(said.values())) == len(said)
