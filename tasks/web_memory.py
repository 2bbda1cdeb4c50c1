"""Between the reader of the web and the warehouse: what earlier runs know, what this one learns."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from tasks.answers import keep_answers
from tasks.cleaning.url import url_key
from tasks.desk import Desk
from tasks.model import OUTCOME_OF, RULES_VERSION, Outcome, RawItem, Reason
from tasks.readers.web.address import Origin, parse_address
from tasks.readers.web.exchange import Validators
from tasks.readers.web.memory import KnownEntry, KnownListing, KnownPage, NoMemory
from tasks.readers.web.origins import KnownOrigin
from tasks.readers.web.rules import ROBOTS_SECONDS
from tasks.records import Record
from warehouse import fetches
from warehouse.errors import WarehouseError, WarehouseMissing
from warehouse.fetches import FetchRow, ListingRow, OriginRow

logger = logging.getLogger(__name__)


class DeskMemory:
    """Ask the ledger of a desk; each call opens the warehouse for a moment."""

    def __init__(self, desk: Desk, batch_id: str) -> None:
        """Remember what this desk fetched; keep the answers that this batch brings."""
        self._desk = desk
        self._batch_id = batch_id

    def pages(self, keys: Collection[str]) -> Mapping[str, KnownPage]:
        """Return what is known of some pages."""
        with self._desk.writing("recall pages") as connection:
            rows = fetches.known_pages(connection, keys, rules_version=RULES_VERSION)
        return {
            row.key: KnownPage(
                asked_at=row.asked_at.astimezone(UTC) if row.asked_at else None,
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
        with self._desk.writing("recall origins") as connection:
            return _origins_of(fetches.known_origins(connection, since=since))

    def keep_origins(self, origins: Mapping[Origin, KnownOrigin]) -> None:
        """Keep how some origins were left, and drop those left so long ago that all is void."""
        if not origins:
            return
        rows = [OriginRow(origin=at.url, **asdict(known)) for at, known in origins.items()]
        newest = max(known.asked_at for known in origins.values())
        void_before = newest - timedelta(seconds=ROBOTS_SECONDS)
        with self._desk.writing("keep origins") as connection:
            fetches.record_origins(connection, rows, void_before=void_before)

    def keep_answers(self, answers: Iterable[RawItem]) -> None:
        """Put the answers that are no document's beside the payloads of the batch."""
        keep_answers(self._desk, self._batch_id, answers)


class PreviewMemory(NoMemory):
    """Know no page, and leave no trace; but be as good a guest as a run of this desk would.

    What one preview learns of origins holds for the next one with the same memory.
    """

    def __init__(self, desk: Desk) -> None:
        """Look at this desk, where it has a warehouse."""
        self._desk = desk
        self._kept: dict[Origin, KnownOrigin] = {}
        self._has_warned = False

    def origins(self, since: datetime) -> Mapping[Origin, KnownOrigin]:
        """Return the origins that were asked since then, as they were left.

        A warehouse that cannot be read at once knows nothing, and that is said once.
        """
        return self._of_desk(since) | self._kept

    def _of_desk(self, since: datetime) -> dict[Origin, KnownOrigin]:
        try:
            with self._desk.glimpsing() as connection:
                return _origins_of(fetches.known_origins(connection, since=since))
        except WarehouseMissing:
            return {}
        except WarehouseError as error:
            if not self._has_warned:
                logger.warning("what runs know of origins cannot be read: %s", error.message)
            self._has_warned = True
            return {}

    def keep_origins(self, origins: Mapping[Origin, KnownOrigin]) -> None:
        """Keep how some origins were left, as long as this memory lasts."""
        self._kept |= origins


def _origins_of(rows: Iterable[OriginRow]) -> dict[Origin, KnownOrigin]:
    """Read rows of the ledger: how origins were left."""
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
        for key in dict.fromkeys((url_key(document["place"]), url_key(document["url"]))):
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
