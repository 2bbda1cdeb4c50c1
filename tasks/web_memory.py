"""Between the reader of the web and the warehouse: what earlier runs know, what this one learns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from tasks.cleaning.url import url_key
from tasks.desk import Desk
from tasks.model import OUTCOME_OF, RULES_VERSION, Outcome, Reason
from tasks.readers.web.address import Origin, parse_address
from tasks.readers.web.fetch import Validators
from tasks.readers.web.memory import KnownEntry, KnownListing, KnownPage, NoMemory
from tasks.readers.web.origins import KnownOrigin
from tasks.shards import Record
from warehouse import fetches
from warehouse.fetches import FetchRow, ListingRow, OriginRow


class DeskMemory:
    """Ask the ledger of a desk; each call opens the warehouse for a moment."""

    def __init__(self, desk: Desk) -> None:
        """Remember what this desk fetched."""
        self._desk = desk

    def pages(self, keys: Collection[str]) -> Mapping[str, KnownPage]:
        """Return what is known of some pages."""
        with self._desk.writing("recall pages") as connection:
            rows = fetches.known_pages(connection, keys, rules_version=RULES_VERSION)
        return {
            row.key: KnownPage(
                asked_at=row.asked_at.astimezone(UTC),
                failed=row.failed,
                payload_sha256=row.payload_sha256,
                validators=Validators(url=row.url, etag=row.etag, last_modified=row.last_modified)
                if row.url
                else None,
            )
            for row in rows
        }

    def listing(self, key: str) -> KnownListing | None:
        """Return a listing as it was last read."""
        with self._desk.writing("recall listing") as connection:
            row = fetches.known_listing(connection, key)
        if row is None:
            return None
        return KnownListing(
            key=row.key,
            url=row.url,
            fetched_at=row.fetched_at.astimezone(UTC),
            validators=Validators(url=row.url, etag=row.etag, last_modified=row.last_modified),
            entries=tuple(
                KnownEntry(
                    key=e["key"],
                    url=e["url"],
                    role=e["role"],
                    hint=e["hint"],
                    since=datetime.fromisoformat(e["since"]),
                    changed_at=None,
                )
                for e in json.loads(row.entries)
            ),
        )

    def listing_times(self, keys: Collection[str]) -> Mapping[str, datetime]:
        """Return when each of some listings was last read."""
        with self._desk.writing("recall listings") as connection:
            found = fetches.listing_times(connection, keys)
        return {key: at.astimezone(UTC) for key, at in found.items()}

    def origins(self, since: datetime) -> Mapping[Origin, KnownOrigin]:
        """Return the origins that were asked since then, as they were left."""
        return desk_origins(self._desk, since)

    def keep_origins(self, origins: Mapping[Origin, KnownOrigin]) -> None:
        """Keep how some origins were left."""
        rows = [OriginRow(origin=at.url, **asdict(known)) for at, known in origins.items()]
        with self._desk.writing("keep origins") as connection:
            fetches.record_origins(connection, rows)


class PreviewMemory(NoMemory):
    """Know no page, and leave no trace; but be as good a guest as a run of this desk would."""

    def __init__(self, desk: Desk) -> None:
        """Look at this desk, where it has a warehouse."""
        self._desk = desk

    def origins(self, since: datetime) -> Mapping[Origin, KnownOrigin]:
        """Return the origins that were asked since then, as they were left."""
        return desk_origins(self._desk, since) if self._desk.warehouse.exists() else {}


def desk_origins(desk: Desk, since: datetime) -> dict[Origin, KnownOrigin]:
    """Read from the ledger of a desk how the origins that were asked since then were left."""
    with desk.writing("recall origins") as connection:
        rows = fetches.known_origins(connection, since=since)
    return {
        parse_address(row.origin).origin: KnownOrigin(
            asked_at=row.asked_at.astimezone(UTC),
            not_before=row.not_before.astimezone(UTC) if row.not_before else None,
            robots_at=row.robots_at.astimezone(UTC) if row.robots_at else None,
            robots_status=row.robots_status,
            robots=row.robots,
        )
        for row in rows
    }


def fetch_rows(documents: Iterable[Record]) -> list[FetchRow]:
    """Make the rows of the ledger from records of a raw shard: one for each key of a page.

    An entry of a listing that has no address of its own was not asked and gives no row.
    """
    rows = []
    for document in documents:
        if document["url"] is None:
            continue
        headers = {n.lower(): v for n, v in reversed(json.loads(document["http_headers"] or "[]"))}
        reason = document["reason"]
        for key in dict.fromkeys((url_key(document["locator"]), url_key(document["url"]))):
            if key is not None:
                rows.append(
                    FetchRow(
                        key=key,
                        place=document["place"],
                        url=document["url"],
                        fetched_at=document["fetched_at"],
                        http_status=document["http_status"],
                        etag=headers.get("etag"),
                        last_modified=headers.get("last-modified"),
                        payload_sha256=document["payload_sha256"],
                        reason=reason,
                        failed=reason is not None and OUTCOME_OF[Reason(reason)] is Outcome.FAILED,
                    )
                )
    return rows


def listing_rows(listings: Iterable[KnownListing]) -> list[ListingRow]:
    """Make the rows that keep listings as they are now."""
    return [
        ListingRow(
            key=listing.key,
            url=listing.url,
            fetched_at=listing.fetched_at,
            etag=listing.validators.etag,
            last_modified=listing.validators.last_modified,
            entries=json.dumps(
                [
                    {
                        "key": entry.key,
                        "url": entry.url,
                        "role": entry.role,
                        "hint": entry.hint,
                        "since": entry.since.isoformat(),
                    }
                    for entry in listing.entries
                ]
            ),
        )
        for listing in listings
    ]
