"""The view that tells where documents rest, over documents in every state."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pytest

from warehouse.sql import statements

_COLUMNS = (
    "document_id, batch_id, site, stage, kind, url, charset, shard_path, detail, article_id, "
    "outcome, state, reason"
)


def _place(**facts: object) -> tuple[bool, int | None]:
    """Return shows_raw and said of one document."""
    return _places(facts)[0][:2]


def _places(*documents: Mapping[str, object]) -> list[tuple[bool, int | None, int | None]]:
    """Return shows_raw, said and number of documents, in the order of their positions."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} VARCHAR" for name in _COLUMNS.split(", "))
        connection.execute(
            "CREATE SCHEMA ops; CREATE TABLE ops.document_state "
            f"({columns}, http_status INTEGER, position BIGINT, payload_bytes BIGINT)"
        )
        for facts in documents:
            row = ", ".join(f"${name} AS {name}" for name in facts)
            connection.execute(f"INSERT INTO ops.document_state BY NAME SELECT {row}", facts)
        connection.execute(dict(statements("views"))["41_document_places.sql"])
        return connection.execute(
            "SELECT shows_raw, said, number FROM main.document_places ORDER BY batch_id, position"
        ).fetchall()


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


def test_documents_are_numbered_in_each_batch_without_the_unchanged() -> None:
    outcomes = ["unchanged", "failed", "unchanged", "published", "held", "unchanged", "duplicate"]
    numbers = [
        number
        for *_, number in _places(
            *(
                {"batch_id": batch, "outcome": outcome, "position": position, "payload_bytes": 9}
                for batch in ("a", "b")
                for position, outcome in reversed(list(enumerate(outcomes)))
            )
        )
    ]
    assert numbers == [None, 0, None, 1, 2, None, 3] * 2
