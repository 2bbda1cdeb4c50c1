"""A query that DuckDB refuses is a source that cannot be read: the batch ends all the same."""

from __future__ import annotations

from pathlib import Path

from tasks.acquire import acquire
from tasks.desk import Desk
from tasks.model import RULES_VERSION, Source
from tasks.shards import read
from tasks.taking import Taking
from warehouse import ledger


def test_a_query_that_fails_is_one_failed_document(tmp_path: Path) -> None:
    sql = "SELECT nothing FROM nowhere"
    desk = Desk(home=tmp_path)
    source = Source(locator=sql, kind="query")
    with desk.writing("test") as connection:
        ledger.open_batch(
            connection, "b", kind="run", rules_version=RULES_VERSION, options="{}",
            sources=[(sql, "query", None)],
        )  # fmt: skip
    written = acquire.fn(desk, "b", 0, source, Taking(max_bytes=10**6))
    found = [row["reason"] for shard in written for row in read(shard.path)]
    assert found == ["unreadable"]
    with desk.writing("test") as connection:
        (row,) = ledger.sources_of(connection, "b")
    assert row.read_at is not None
    assert row.error is not None
    assert row.error.startswith(sql)
