"""The ledger of the web: what was asked when, with which validators, and what listings held.

Every function takes an open connection; whoever writes holds the writer's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from warehouse.connect import Connection, transaction
from warehouse.rows import columns_of, names_of, rows_of
from warehouse.sql import query


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRow:
    """One answer to one page, under one of its keys."""

    key: str
    place: str
    url: str
    fetched_at: datetime
    http_status: int | None
    etag: str | None
    last_modified: str | None
    payload_sha256: str | None
    reason: str | None
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRow:
    """A feed, sitemap or home page as it was last read whole; `entries` is JSON."""

    key: str
    url: str
    fetched_at: datetime
    etag: str | None
    last_modified: str | None
    entries: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPageRow:
    """The last answer to a page; validators and payload where a 304 needs no new look.

    `asked_at` is None where a sitemap of another site listed the page and nobody asked for it.
    """

    key: str
    asked_at: datetime | None
    failed: bool
    url: str | None
    etag: str | None
    last_modified: str | None
    payload_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginRow:
    """How one origin wants to be asked; the columns are told in the migration."""

    origin: str
    asked_at: datetime
    not_before: datetime | None
    robots_at: datetime | None
    robots_status: int | None
    robots: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """The newest body of an address that is no document's, and the shard that keeps it."""

    url: str
    payload_sha256: str
    shard_path: str


def record_fetches(connection: Connection, batch_id: str, rows: Sequence[FetchRow]) -> None:
    """Enter answers."""
    if rows:
        connection.execute(query("record_fetches"), {"batch_id": batch_id, **columns_of(rows)})


def record_listings(connection: Connection, batch_id: str, rows: Sequence[ListingRow]) -> None:
    """Keep listings as they are now; what they were before a batch that has ended is dropped."""
    for row in rows:
        named = {"batch_id": batch_id, "key": row.key}
        connection.execute(query("forget_listings"), named)
        connection.execute(
            "INSERT INTO ops.listing "
            "(key, batch_id, url, fetched_at, etag, last_modified, entries) "
            "VALUES ($key, $batch_id, $url, $fetched_at, $etag, $last_modified, $entries)",
            {"batch_id": batch_id, **asdict(row)},
        )


def record_origins(
    connection: Connection, rows: Sequence[OriginRow], *, void_before: datetime
) -> None:
    """Enter how origins want to be asked, in place of what was known, in one transaction.

    Origins that were asked last before `void_before` are dropped: nobody asks for them any more.
    """
    if not rows:
        return
    columns = columns_of(rows)
    with transaction(connection):
        connection.execute(
            "DELETE FROM ops.origin "
            "WHERE origin IN (SELECT unnest($origin::VARCHAR[])) OR asked_at < $void_before",
            {"origin": columns["origin"], "void_before": void_before},
        )
        connection.execute(query("record_origins"), columns)


def known_origins(connection: Connection, *, since: datetime) -> list[OriginRow]:
    """Return what is known of the origins that were asked since then.

    A warehouse of another version, which keeps no such rows, knows nothing.
    """
    names = names_of(OriginRow)
    held = connection.execute(
        "SELECT column_name FROM duckdb_columns() "
        "WHERE schema_name = 'ops' AND table_name = 'origin'"
    ).fetchall()
    if not {(name,) for name in names} <= set(held):
        return []
    found = rows_of(
        connection,
        f"SELECT {', '.join(names)} FROM ops.origin WHERE asked_at >= $since",
        {"since": since},
    )
    return [OriginRow(**row) for row in found]


def record_answers(connection: Connection, rows: Sequence[AnswerRow]) -> None:
    """Enter which shard keeps the newest body of addresses; old rows of them go."""
    if not rows:
        return
    columns = columns_of(rows)
    with transaction(connection):
        connection.execute(
            "DELETE FROM ops.answer WHERE url IN (SELECT unnest($url::VARCHAR[]))",
            {"url": columns["url"]},
        )
        connection.execute(
            "INSERT INTO ops.answer (url, payload_sha256, shard_path) "
            "SELECT unnest($url::VARCHAR[]), unnest($payload_sha256::VARCHAR[]), "
            "unnest($shard_path::VARCHAR[])",
            columns,
        )


def drop_answers(
    connection: Connection, *, urls: Collection[str] = (), payloads: Collection[str] = ()
) -> None:
    """Drop what is known of the newest body of some addresses, and of bodies that are gone."""
    connection.execute(
        "DELETE FROM ops.answer WHERE url IN (SELECT unnest($urls::VARCHAR[])) "
        "OR payload_sha256 IN (SELECT unnest($payloads::VARCHAR[]))",
        {"urls": list(urls), "payloads": list(payloads)},
    )


def known_answers(connection: Connection, urls: Collection[str]) -> dict[str, AnswerRow]:
    """Return, by address, where the newest body of some addresses is kept."""
    names = ", ".join(names_of(AnswerRow))
    found = rows_of(
        connection,
        f"SELECT {names} FROM ops.answer WHERE url IN (SELECT unnest($urls::VARCHAR[]))",
        {"urls": list(urls)},
    )
    return {row["url"]: AnswerRow(**row) for row in found}


def known_pages(
    connection: Connection, keys: Collection[str], *, rules_version: str
) -> list[KnownPageRow]:
    """Return what is known of some pages, by key."""
    asked = {"keys": list(keys), "rules_version": rules_version}
    return [KnownPageRow(**row) for row in rows_of(connection, query("known_pages"), asked)]


def known_listing(connection: Connection, key: str) -> ListingRow | None:
    """Return a listing as it was last read; one of a batch that failed counts for nothing."""
    names = names_of(ListingRow)
    found = rows_of(
        connection,
        f"SELECT {', '.join('l.' + name for name in names)} FROM ops.listing AS l "
        "INNER JOIN ops.batch AS b ON b.batch_id = l.batch_id "
        "AND coalesce(b.gate, '') <> 'failed' WHERE l.key = $key ORDER BY l.fetched_at DESC "
        "LIMIT 1",
        {"key": key},
    )
    return ListingRow(**found[0]) if found else None


def listing_times(connection: Connection, keys: Collection[str]) -> dict[str, datetime]:
    """Return when each of some listings was last read."""
    found = connection.execute(
        "SELECT l.key, max(l.fetched_at) FROM ops.listing AS l INNER JOIN ops.batch AS b "
        "ON b.batch_id = l.batch_id AND coalesce(b.gate, '') <> 'failed' "
        "WHERE l.key IN (SELECT unnest($keys::VARCHAR[])) GROUP BY l.key",
        {"keys": list(keys)},
    ).fetchall()
    return dict(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a named source went when it was read last, and since when it fails, if it does."""

    name: str
    read_at: datetime
    error: str | None
    documents: int
    failing_since: datetime | None


def source_states(connection: Connection) -> dict[str, SourceState]:
    """Return, for each named source, when it was read to its end last, and what came of it."""
    found = rows_of(connection, query("source_states"), {})
    return {row["name"]: SourceState(**row) for row in found}
