"""What the reader of the web needs to know of earlier runs, and what it tells the next ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tasks.model import RawItem
from tasks.readers.web.address import Origin
from tasks.readers.web.exchange import Validators
from tasks.readers.web.origins import KnownOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """The last time that a page (by its key) was asked.

    `validators` and `payload_sha256` are set where the desk holds what they stand for, so that an
    answer `304` needs no new look. `failed`: never had whole, so it is asked again. `asked_at` is
    None where a sitemap of another site listed the page: that is in the books, and nobody asked.
    """

    asked_at: datetime | None
    failed: bool
    payload_sha256: str | None = None
    validators: Validators | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """An address in a listing, and since when the listing says of it what it says now."""

    key: str
    url: str
    role: str
    hint: str | None
    since: datetime
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownListing:
    """A feed, sitemap or home page as it was last read whole. Grain: listing, by its key."""

    key: str
    url: str
    fetched_at: datetime
    validators: Validators
    entries: tuple[KnownEntry, ...]


class Memory(Protocol):
    """Ask what earlier runs left in the ledger, and leave what the next one asks."""

    def pages(self, keys: Collection[str]) -> Mapping[str, KnownPage]:
        """Return what is known of some pages."""

    def listing(self, key: str) -> KnownListing | None:
        """Return a listing as it was last read."""

    def listing_times(self, keys: Collection[str]) -> Mapping[str, datetime]:
        """Return when each of some listings was last read."""

    def origins(self, since: datetime) -> Mapping[Origin, KnownOrigin]:
        """Return the origins that were asked since then, as they were left."""

    def keep_origins(self, origins: Mapping[Origin, KnownOrigin]) -> None:
        """Keep how some origins were left."""

    def keep_answers(self, answers: Iterable[RawItem]) -> None:
        """Keep all answers of a batch that are no document's; again is safe."""


class NoMemory:
    """Know nothing and keep nothing."""

    def pages(self, keys: Collection[str]) -> Mapping[str, KnownPage]:
        """Know no page."""
        del keys
        return {}

    def listing(self, key: str) -> KnownListing | None:
        """Know no listing."""
        del key
        return None

    def listing_times(self, keys: Collection[str]) -> Mapping[str, datetime]:
        """Know no listing."""
        del keys
        return {}

    def origins(self, since: datetime) -> Mapping[Origin, KnownOrigin]:
        """Know no origin."""
        del since
        return {}

    def keep_answers(self, answers: Iterable[RawItem]) -> None:
        """Keep nothing."""

    def keep_origins(self, origins: Mapping[Origin, KnownOrigin]) -> None:
        """Keep nothing."""
