"""Laws of outages: what of the ledger makes a source one that fails, and what ends that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import ledger
from warehouse.connect import Connection, connect
from warehouse.migrate import migrate
from warehouse.outages import Outage, outages_of, unread_sources

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://gazette.example/feed.xml"
DEAD = f"{FEED}: 404 Not Found"
LONG = timedelta(hours=6)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Connection]:
    connection = connect()
    migrate(connection)
    yield connection
    connection.close()


@pytest.fixture
def connection(warehouse: Connection) -> Connection:
    emptied(warehouse)
    return warehouse


def emptied(connection: Connection) -> None:
    for table in ("ops.batch", "ops.batch_source", "ops.stage_shard", "raw.document"):
        connection.execute(f"DELETE FROM {table}")


def read(
    connection: Connection,
    hour: float,
    error: str | None = None,
    *,
    locator: str = FEED,
    name: str | None = None,
    gate: str | None = "nothing_new",
    kind: str = "run",
) -> str:
    """Enter a batch that reads one source, so many hours after noon; return its id."""
    batch_id = f"at-{hour}-{locator}"
    ledger.open_batch(
        connection,
        batch_id,
        kind=kind,
        rules_version="test",
        options="{}",
        sources=[(locator, None, name)],
    )
    ledger.source_read(connection, batch_id, 0, error=error)
    connection.execute(
        "UPDATE ops.batch_source SET read_at = $at WHERE batch_id = $batch_id",
        {"at": NOON + timedelta(hours=hour), "batch_id": batch_id},
    )
    connection.execute("UPDATE ops.batch SET gate = ? WHERE batch_id = ?", [gate, batch_id])
    return batch_id


def refuse(connection: Connection, batch_id: str, reason: str | None, *, beside: int = 0) -> None:
    """Let a batch hold the refusal of its source's own address, and so many other documents.

    No reason: the same one as before.
    """
    connection.execute(
        "INSERT INTO ops.stage_shard VALUES ($b, 'acquire', 0, 0, 'p', $n, $n, 0, 1.0, now())",
        {"b": batch_id, "n": 1 + beside},
    )
    connection.execute(
        "INSERT INTO raw.document BY NAME SELECT $b AS document_id, $b AS batch_id, $s AS "
        "batch_sequence, 0 AS position, $l AS source, $l AS locator, $l AS place, 'html' AS kind, "
        "0 AS payload_bytes, now() AS fetched_at, 'p' AS shard_path, "
        "if($r IS NULL, 'unchanged', 'quarantined') AS outcome, $r::VARCHAR AS reason, "
        "if($r IS NOT NULL, 'a detail', NULL) AS detail, 'test' AS rules_version",
        {"b": batch_id, "s": int(batch_id.split("-")[1]), "l": FEED, "r": reason},
    )


def failing(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT source FROM main.failing_sources ORDER BY 1").fetchall()
    return [source for (source,) in rows]


def test_a_source_fails_when_six_hours_lie_between_failures_without_a_success(
    connection: Connection,
) -> None:
    read(connection, 0)
    first = read(connection, 1, DEAD)
    assert outages_of(connection, first) == []
    read(connection, 6.9, DEAD)
    assert failing(connection) == []
    known = read(connection, 7, DEAD)
    outage = Outage(
        source=FEED,
        locator=FEED,
        began_at=NOON + timedelta(hours=1),
        tries=3,
        error=DEAD,
        is_new=True,
        is_over=False,
    )
    assert outages_of(connection, known) == [outage]
    later = read(connection, 8, DEAD)
    assert [(o.is_new, o.tries) for o in outages_of(connection, later)] == [(False, 4)]
    assert failing(connection) == [FEED]
    well = read(connection, 9)
    assert [(o.is_over, o.tries) for o in outages_of(connection, well)] == [(True, 4)]
    assert failing(connection) == []
    assert outages_of(connection, read(connection, 10)) == []


def test_a_source_that_could_never_be_read_is_not_one_that_fails(connection: Connection) -> None:
    for hour in range(0, 48, 8):
        read(connection, hour, DEAD)
    assert failing(connection) == []


@pytest.mark.parametrize(
    ("reason", "beside", "fails"),
    [
        ("robots_denied", 0, True),
        ("not_feed", 0, True),
        ("robots_denied", 1, False),  # it gave something
        ("withdrawn", 0, False),  # a person did that
    ],
)
def test_a_source_whose_own_address_is_all_that_is_refused_fails(
    connection: Connection, reason: str, beside: int, fails: bool
) -> None:
    read(connection, 0)
    for hour, said in ((1, reason), (9, None)):
        batch_id = read(connection, hour)
        refuse(connection, batch_id, said, beside=beside)
    why = {FEED: f"{FEED}: {reason}, a detail"} if fails else {}
    assert unread_sources(connection, batch_id) == why
    assert failing(connection) == [FEED] * fails


def test_a_named_source_whose_address_is_mended_is_well_again(connection: Connection) -> None:
    read(connection, 0, name="gazette")
    for hour in (1, 9):
        read(connection, hour, DEAD, name="gazette")
    assert failing(connection) == ["gazette"]
    well = read(connection, 10, locator="https://gazette.example/new.xml", name="gazette")
    (outage,) = outages_of(connection, well)
    assert (outage.source, outage.locator, outage.is_over) == ("gazette", FEED, True)


def test_what_a_defect_stopped_a_replay_and_a_run_at_work_say_nothing_of_a_source(
    connection: Connection,
) -> None:
    read(connection, 0)
    read(connection, 1, DEAD)
    read(connection, 2, gate="failed")
    read(connection, 3, gate=None)
    read(connection, 4, kind="replay")
    read(connection, 8, DEAD, gate="failed")
    assert failing(connection) == [FEED]


@dataclass(slots=True)
class Known:
    """What is told of one source by a plain reading of its history."""

    new: list[str]
    over: list[str]
    lasts: bool


def plainly(readings: Sequence[tuple[str, float, bool]]) -> Known:
    """Judge the readings (batch, hour, is well) of one source, one after the other."""
    known = Known([], [], lasts=False)
    groups = [(well, list(found)) for well, found in groupby(readings, key=lambda r: r[2])]
    for number, (well, found) in enumerate(groups):
        began = found[0][1]
        if well:
            known.over += [found[0][0]] * known.lasts
            known.lasts = False
        elif number:
            lasting = [batch for batch, hour, _ in found if hour - began >= LONG.seconds / 3600]
            known.new += lasting[:1]
            known.lasts = bool(lasting)
    return known


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 4), st.booleans()), min_size=1, max_size=25
    )
)
def test_each_outage_is_new_once_and_over_once(
    warehouse: Connection, steps: list[tuple[str, int, bool]]
) -> None:
    emptied(warehouse)
    told: dict[str, Known] = {source: Known([], [], lasts=False) for source in "ab"}
    history: dict[str, list[tuple[str, float, bool]]] = {"a": [], "b": []}
    hour = 0.0
    for source, hours, well in steps:
        hour += hours + 0.01
        batch_id = read(warehouse, hour, None if well else "gone", locator=source)
        history[source].append((batch_id, hour, well))
        for outage in outages_of(warehouse, batch_id):
            assert outage.source == source
            told[source].new += [batch_id] * outage.is_new
            told[source].over += [batch_id] * outage.is_over
    for source in "ab":
        told[source].lasts = source in failing(warehouse)
        assert told[source] == plainly(history[source])
