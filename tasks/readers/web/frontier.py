"""What earlier runs know of pages and listings, and what of a listing is therefore to be asked.

It asks the memory in bulk and keeps the answers, so that each page is looked up once a crawl.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from tasks.readers.web.address import Address, parse_address
from tasks.readers.web.exchange import Answer, Validators
from tasks.readers.web.listed import Listed, Listing
from tasks.readers.web.memory import KnownEntry, KnownListing, KnownPage, Memory
from tasks.readers.web.rules import FetchRules, Role


class Seen:
    """Keys that the crawls of a run have taken on, and since when: no two ask for the same."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with none."""
        self._now = now
        self._since: dict[str, datetime] = {}
        self._answered: dict[str, datetime] = {}

    def __contains__(self, key: str) -> bool:
        """Say whether a crawl of this run has taken a key on."""
        return key in self._since or key in self._answered

    def add(self, key: str, *, led_to_by: str | None = None) -> None:
        """Take a key on now; one that another led to counts as taken on with that one."""
        self._since.setdefault(key, self._since.get(led_to_by or key) or self._now())

    def recall(self, answered: Mapping[str, datetime]) -> None:
        """Take on what the batch had, and when, before it was interrupted."""
        self._answered.update(answered)

    def since(self, key: str) -> datetime | None:
        """Return when this run took a key on; it is asked later than that, if it is."""
        return self._since.get(key)

    def answered_at(self, key: str) -> datetime | None:
        """Return when the batch had a key before it was interrupted, which may be long ago."""
        return self._answered.get(key)


class Frontier:
    """Decide which addresses are new, changed or long not seen; fetch nothing."""

    def __init__(
        self, memory: Memory, rules: FetchRules, now: Callable[[], datetime], seen: Seen
    ) -> None:
        """Know nothing before something is recalled; `seen` is what this run has taken on."""
        self._memory = memory
        self._rules = rules
        self._now = now
        self._seen = seen
        self._pages: dict[str, KnownPage | None] = {}
        self._read_at: dict[str, datetime] = {}

    async def recall(self, keys: Iterable[str]) -> None:
        """Look up what is known of some pages."""
        missing = set(keys) - self._pages.keys()
        if missing:
            found = await asyncio.to_thread(self._memory.pages, missing)
            self._pages.update((key, found.get(key)) for key in missing)

    async def recall_entries(self, listing: KnownListing) -> None:
        """Look up the pages that a listing names, and when the listings in it were read."""
        await self.recall(e.key for e in listing.entries if e.role == Role.PAGE)
        inner = {e.key for e in listing.entries if e.role != Role.PAGE}
        if inner:
            self._read_at.update(await asyncio.to_thread(self._memory.listing_times, inner))

    def page(self, key: str) -> KnownPage | None:
        """Return what was recalled of a page."""
        return self._pages.get(key)

    async def listing(self, key: str) -> KnownListing | None:
        """Return a listing as it was last read."""
        return await asyncio.to_thread(self._memory.listing, key)

    async def renewed(
        self, listing: Listing, answer: Answer, address: Address, held: KnownListing | None
    ) -> KnownListing:
        """Return a listing as it is now, each entry with the time since when it says so."""
        before = {entry.key: entry for entry in held.entries} if held else {}
        addressed = [(parse_address(entry.url).key, entry) for entry in listing.entries]
        await self.recall(key for key, entry in addressed if entry.role is Role.PAGE)
        entries = {
            key: self._since(key, entry, before.get(key), answer.fetched_at)
            for key, entry in reversed(addressed)
        }
        response = answer.response
        return KnownListing(
            key=address.key,
            url=response.url,
            fetched_at=answer.fetched_at,
            validators=Validators(
                url=response.url,
                etag=response.header("etag"),
                last_modified=response.header("last-modified"),
            ),
            entries=tuple(reversed(entries.values())),
        )

    def _since(
        self, key: str, entry: Listed, before: KnownEntry | None, now: datetime
    ) -> KnownEntry:
        """Say since when a listing says this of a page.

        An entry that is new in this listing, of a page that we know from elsewhere, says nothing
        new unless it is dated after we asked, or our answer is no longer fresh. Nor does one of a
        page that another listing has led this run to, before this one was read. What the batch had
        before it was interrupted counts as what an earlier run asked: it may have changed since.
        """
        since = now
        known = self._pages.get(key)
        asked_at = self._seen.answered_at(key) or (known.asked_at if known else None)
        if before is not None and before.hint == entry.hint:
            since = before.since
        elif before is None and asked_at is not None:
            fresh_until = asked_at + timedelta(seconds=self._rules.freshness_seconds)
            is_old = entry.changed_at <= asked_at if entry.changed_at else fresh_until > now
            since = asked_at if is_old else now
        taken_on = self._seen.since(key)
        if taken_on and not (entry.changed_at and entry.changed_at > taken_on):
            since = min(since, taken_on)
        return KnownEntry(
            key=key,
            url=entry.url,
            role=entry.role,
            hint=entry.hint,
            since=since,
            changed_at=entry.changed_at,
        )

    def is_wanted(self, entry: KnownEntry) -> bool:
        """Decide whether a listed page is asked: it is new, changed, failed, or long not seen."""
        known = self._pages.get(entry.key)
        if known is None or known.asked_at is None:
            return True
        if known.failed or known.asked_at < entry.since:
            return True
        age = (self._now() - known.asked_at).total_seconds()
        return entry.hint is None and age > self._rules.freshness_seconds

    async def unchanged(self, entry: KnownEntry) -> KnownListing | None:
        """Return a listing inside a listing, as we have it, where the outer one says it is so."""
        read_at = self._read_at.get(entry.key)
        if read_at is None or entry.hint is None or read_at < entry.since:
            return None
        return await self.listing(entry.key)

    async def is_in_books(self, entry: KnownEntry) -> bool:
        """Say whether the books have a page: as refused, which is enough once, or as asked."""
        await self.recall({entry.key})
        return self._pages.get(entry.key) is not None
