"""Every query of docs/sql-cookbook.md answers, on a small desk in the real reading copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from warehouse import reading_copy
from warehouse.answers import answer
from warehouse.connect import Connection, connect
from warehouse.decisions import Decision, check, record
from warehouse.migrate import migrate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "sql-cookbook.md"
QUERIES = re.findall(r"^```sql\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.M | re.S)
SUNDAY = "2026-11-01T06:00:00Z"

FERRY = "The ferry leaves the harbour at night.\nThe council agreed on Monday."
IMPRINT = "\nThe Harbour Gazette, Quay Street"
KELP = "The first kelp was brought into the harbour."


def _row(connection: Connection, table: str, **values: Any) -> None:
    names, marks = ", ".join(values), ", ".join(f"${name}" for name in values)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def _document(connection: Connection, number: int, outcome: str, **more: Any) -> None:
    values = {
        "document_id": f"d{number}",
        "batch_id": "first",
        "batch_sequence": 1,
        "position": number,
        "source": "/inbox",
        "locator": f"/inbox/{number}.html",
        "place": f"/inbox/{number}.html",
        "kind": "html",
        "site": "harbourgazette.example",
        "payload_bytes": 9,
        "fetched_at": SUNDAY,
        "shard_path": "raw/first/00000.parquet",
        "outcome": outcome,
        "rules_version": "2026.11.1",
    }
    _row(connection, "raw.document", **(values | more))


def _revision(
    connection: Connection, number: int, article: str, revision: int, title: str, text: str
) -> None:
    _document(connection, number, "published", article_id=article)
    _row(
        connection,
        "published.article_revision",
        article_id=article,
        revision=revision,
        document_id=f"d{number}",
        batch_id="first",
        batch_sequence=1,
        held=False,
        place=f"/inbox/{number}.html",
        own_key=f"harbourgazette.example/{article}",
        site="harbourgazette.example",
        site_name="The Harbour Gazette",
        title=title,
        authors=["Ines Marlow"],
        published_at="2026-10-31T21:00:00Z",
        published_on="2026-10-31",
        date_source="json-ld",
        language="en",
        tags=["sea"],
        text=text,
        text_sha256=f"hash of {number}",
        text_chars=len(text),
        text_words=len(text.split()),
        extractor="an engine 1",
        rules_version="2026.11.1",
        fetched_at=SUNDAY,
    )


def _fill(connection: Connection) -> None:
    _row(
        connection,
        "ops.batch",
        batch_id="first",
        sequence=1,
        kind="run",
        started_at=SUNDAY,
        finished_at=SUNDAY,
        gate="published",
        rules_version="2026.11.1",
        options="{}",
    )
    _revision(connection, 1, "a1", 1, "Saltmere ferry", FERRY)
    _revision(connection, 2, "a1", 2, "Saltmere ferry to sail at night", FERRY + IMPRINT)
    _revision(connection, 3, "a2", 1, "Kelp farm", KELP + IMPRINT)
    _document(connection, 4, "duplicate", article_id="a2")
    _document(connection, 5, "quarantined", stage="clean", reason="too_short", detail="2 words")
    _document(connection, 6, "quarantined", stage="clean", reason="too_short", detail="3 words")
    for line, rule in enumerate(("breadcrumb", "share_bar"), start=1):
        _row(
            connection,
            "published.removed_line",
            batch_id="first",
            document_id="d2",
            line_no=line,
            text="a line",
            rule=rule,
        )
    _row(
        connection,
        "ops.check_result",
        batch_id="first",
        suite="batches",
        expectation="titles_are_known",
        severity="warn",
        success=False,
        evaluated_count=1,
        unexpected_count=1,
    )
    who = {"why": "a test", "user_name": "ines"}
    withdraw = Decision(verb="withdraw", article_id="a2", **who)
    check(connection, withdraw)
    record(connection, withdraw)
    release = Decision(verb="release", article_id="a2", **who)
    check(connection, release)
    record(connection, release)
    record(connection, Decision(verb="discard", document_id="d6", **who))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    warehouse = connect()
    migrate(warehouse)
    _fill(warehouse)
    copy = tmp_path_factory.mktemp("home") / "published.duckdb"
    reading_copy.rebuild(warehouse, copy)
    warehouse.close()
    opened = reading_copy.open_copy(copy)
    yield opened
    opened.close()


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.split("\n")[0][:60])
def test_a_query_of_the_cookbook_answers(desk: Connection, query: str) -> None:
    with answer(desk, query) as result:
        assert result.fetchmany(1)


def test_there_is_a_cookbook() -> None:
    assert len(QUERIES) > 15
