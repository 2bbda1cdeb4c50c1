"""The crawl of one source: its addresses, what feeds and sitemaps add, and an answer for each.

Origins go side by side, each at its own pace. Every answer is in the spool before the origin is
asked again; a crawl that begins on a spool goes on where it stood.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tasks.model import OUTCOME_OF, Kind, Outcome, RawItem, Reason
from tasks.readers.http_message import content_type
from tasks.readers.inflate import GZIP_MAGIC, Damaged
from tasks.readers.origin import refusal
from tasks.readers.response import judge_response
from tasks.readers.streams import ByteStream
from tasks.readers.web.address import Address, Origin, parse_address
from tasks.readers.web.discovery import feeds_of
from tasks.readers.web.fetch import Answer, Fetch, Validators
from tasks.readers.web.listings import (
    Listed,
    Listing,
    Problem,
    listing_kind,
    read_listing,
    read_plain_sitemap,
)
from tasks.readers.web.memory import KnownEntry, KnownListing, KnownPage, Memory
from tasks.readers.web.rules import LISTING_BYTES, Failure, FetchRules, Role
from tasks.readers.web.spool import Spool, item_facts

_LISTING_SUFFIXES = (".xml", ".xml.gz", ".rss", ".atom", ".rdf")
_DEEPEST = 3
"""An index of sitemaps may not list another index; some do, none needs more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address that waits. `site`: the only one that what it lists may belong to."""

    address: Address
    role: Role
    depth: int = 0
    site: str | None = None
    is_seed: bool = False


@dataclass(slots=True)
class Progress:
    """How far a crawl is. `refused` counts what became a refusal; `pace` is answers a second."""

    done: int = 0
    left: int = 0
    refused: int = 0
    held: int = 0  # what an interrupted run had done
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    @property
    def pace(self) -> float:
        """Return the answers a second so far."""
        seconds = self.told - self.began
        return (self.done - self.held) / seconds if seconds > 0 else 0.0


class Crawl:
    """Fetch all that a source leads to, into its spool."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        memory: Memory,
        spool: Spool,
        rules: FetchRules,
        now: Callable[[], datetime],
        seen: set[str],
        limit: int | None,
        gap_seconds: float = 0.0,
    ) -> None:
        """`seen`: keys that a crawl of this run has taken on; no other asks for them again.

        `limit`: documents to take in at most; no page beyond it is asked for. `gap_seconds`: a
        longer gap than that of all.
        """
        self._gap_seconds = gap_seconds
        self._fetch = fetch
        self._memory = memory
        self._spool = spool
        self._rules = rules
        self._now = now
        self._limit = limit
        self._taken = 0
        self._seen = seen
        self._known: dict[str, KnownPage] = {}
        self._read_at: dict[str, datetime] = {}
        self._queues: dict[Origin, deque[Target]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._is_alone = False
        self.progress = Progress()

    async def run(self, seeds: Sequence[str], role: Role) -> None:
        """Go from the seeds (or where the spool stands) to the end, which is its last frame."""
        held = await asyncio.to_thread(self._held)
        self.progress.held = self.progress.done
        if held.ended:
            return
        if held.seeds is None:
            self._spool.append("seeds", {"urls": list(seeds), "role": role})
            held.seeds = list(seeds), role
        urls, role = held.seeds
        self._is_alone = len(urls) == 1
        async with asyncio.TaskGroup() as group:
            self._group = group
            for listing, site, depth in held.listings:
                self._seen.add(listing.key)
                await self._schedule(listing, site, depth)
            await self._plant(urls, role)
        self._spool.append("end", {})

    def _held(self) -> _Held:
        """Read what the spool holds of an interrupted crawl."""
        held = _Held()
        for frame in self._spool.read():
            if frame is None:
                break
            if frame.kind == "seeds":
                held.seeds = frame.facts["urls"], Role(frame.facts["role"])
            elif frame.kind == "listing":
                held.listings.append(
                    (listing_of(frame.facts), frame.facts["site"], frame.facts["depth"])
                )
            elif frame.kind == "item":
                self._taken += 1
                self._count(frame.facts["item"]["refusal"] is not None)
                self._seen.update(frame.facts["keys"])
            held.ended = held.ended or frame.kind in {"end", "dead"}
        return held

    async def _plant(self, urls: Sequence[str], role: Role) -> None:
        """Queue the seeds; lines that are no address are refused, each with its reason."""
        targets = []
        for url in urls:
            try:
                address = parse_address(url)
            except Failure as failure:
                if url not in self._seen:
                    self._seen.add(url)
                    self._refuse(url, failure, keys=[url])
                continue
            targets.append(Target(address=address, role=role, is_seed=True))
        await self._recall({target.address.key for target in targets})
        for target in targets:
            self._add(target)

    async def _recall(self, keys: set[str]) -> None:
        missing = keys - self._known.keys()
        if missing:
            self._known.update(await asyncio.to_thread(self._memory.pages, missing))

    def _add(self, target: Target) -> None:
        key = target.address.key
        if key in self._seen:
            return
        self._seen.add(key)
        self.progress.left += 1
        origin = target.address.origin
        if origin in self._queues:
            self._queues[origin].append(target)
            return
        self._queues[origin] = deque([target])
        assert self._group is not None
        self._group.create_task(self._work(origin))

    async def _work(self, origin: Origin) -> None:
        """Take the targets of one origin one after the other."""
        queue = self._queues[origin]
        if self._gap_seconds:
            self._fetch.slow_down(origin, self._gap_seconds)
        while queue:
            target = queue.popleft()
            self.progress.left -= 1
            if self._limit is not None and self._taken >= self._limit:
                continue
            try:
                await self._take(target)
            except Failure as failure:
                self._fail(target, failure)
        del self._queues[origin]

    async def _take(self, target: Target) -> None:
        if target.role is Role.PAGE:
            self._taken += 1
            await self._take_page(target)
            return
        key = target.address.key
        held = await asyncio.to_thread(self._memory.listing, key)
        page = self._known.get(key)
        validators = held.validators if held else page.validators if page else None
        answer = await self._fetch.get(
            target.address, validators=validators, max_bytes=self._bound(target)
        )
        if answer.response.status == 304 and held is not None:
            again = replace(held, fetched_at=answer.fetched_at)
            await self._list(again, target)
            return
        if not 200 <= answer.response.status < 300:
            await self._of_status(target, answer)
            return
        await self._take_unknown(target, answer, held)

    def _bound(self, target: Target) -> int:
        named = urlsplit(target.address.url).path.lower().endswith(_LISTING_SUFFIXES)
        is_listing = named or target.role in {Role.FEED, Role.SITEMAP, Role.GUESS}
        return max(LISTING_BYTES, self._rules.max_bytes) if is_listing else self._rules.max_bytes

    async def _of_status(self, target: Target, answer: Answer) -> None:
        """Settle what is neither there nor unchanged."""
        if target.role is Role.GUESS:
            return
        if target.role is Role.AUTO:
            self._taken += 1
            await self._judge(target, answer)
            return
        response = answer.response
        raise Failure(Reason.HTTP_ERROR, f"HTTP status {response.status} {response.phrase}".strip())

    async def _take_unknown(
        self, target: Target, answer: Answer, held: KnownListing | None
    ) -> None:
        """Read an answer as the listing that it is asked or found to be, else as a page."""
        bound = self._bound(target)
        body = _unpacked(await answer.body(bound), bound)
        media_type, charset = content_type(answer.response.header("content-type"))
        kind = listing_kind(body, charset)
        wants_site = target.role is Role.SITE or (
            target.role is Role.AUTO and target.address.is_home
        )
        if kind is not None:
            listing = read_listing(body, answer.response.url, charset)
        elif target.role is Role.SITEMAP and media_type == "text/plain":
            listing = read_plain_sitemap(body, answer.response.url)
        elif wants_site:
            listing = await self._leads(target, answer, body, charset)
        elif target.role is Role.GUESS:
            return
        elif target.role in {Role.FEED, Role.SITEMAP}:
            shown = media_type or "nothing that it names"
            raise Failure(Reason.NOT_FEED, f"neither a feed nor a sitemap, but {shown}")
        else:
            self._taken += 1
            await self._judge(target, answer)
            return
        if not listing.entries and wants_site:
            self._taken += 1
            await self._judge(target, answer)
            return
        await self._list_anew(target, answer, listing, held)

    async def _leads(
        self, target: Target, answer: Answer, body: bytes, charset: str | None
    ) -> Listing:
        """Find the feeds of a home page, and the sitemaps of its robots.txt or of convention."""
        found = Listing(kind=Role.SITE, entries=list(feeds_of(body, answer.response.url, charset)))
        at = parse_address(answer.response.url)
        robots = await self._fetch.robots(at.origin)
        for url in robots.sitemaps:
            try:
                address = parse_address(url, base=at.url)
            except Failure:
                continue
            found.entries.append(Listed(url=address.url, role=Role.SITEMAP))
        if not robots.sitemaps:
            found.entries.append(Listed(url=f"{at.origin.url}/sitemap.xml", role=Role.GUESS))
        if not any(entry.role is Role.FEED for entry in found.entries) and not robots.sitemaps:
            await self._try_guess(found, target)
        return found

    async def _try_guess(self, found: Listing, target: Target) -> None:
        """Ask for the sitemap of convention at once: without one, the page stands for itself."""
        guess = parse_address(found.entries.pop().url)
        try:
            answer = await self._fetch.get(guess, max_bytes=LISTING_BYTES)
            body = _unpacked(await answer.body(LISTING_BYTES), LISTING_BYTES)
        except Failure:
            return
        if 200 <= answer.response.status < 300 and listing_kind(body) is Role.SITEMAP:
            listing = read_listing(body, answer.response.url)
            inner = Target(address=guess, role=Role.SITEMAP, depth=1, site=target.address.site)
            self._seen.add(guess.key)
            await self._list_anew(inner, answer, listing, None)
            found.entries.append(Listed(url=guess.url, role=Role.SITEMAP))

    async def _list_anew(
        self, target: Target, answer: Answer, listing: Listing, held: KnownListing | None
    ) -> None:
        """Keep what a listing says now, and since when it says so; refuse what it says wrongly."""
        before = {entry.key: entry for entry in held.entries} if held else {}
        addressed = [(parse_address(entry.url).key, entry) for entry in listing.entries]
        await self._recall({key for key, entry in addressed if entry.role is Role.PAGE})
        entries = {
            key: self._since(key, entry, before.get(key), answer.fetched_at)
            for key, entry in reversed(addressed)
        }
        response = answer.response
        known = KnownListing(
            key=target.address.key,
            url=response.url,
            fetched_at=answer.fetched_at,
            validators=Validators(
                url=response.url,
                etag=response.header("etag"),
                last_modified=response.header("last-modified"),
            ),
            entries=tuple(reversed(entries.values())),
        )
        for problem in listing.problems:
            self._refuse_entry(target, problem)
        is_sitemap = listing.kind is Role.SITEMAP
        site = (target.site or target.address.site) if is_sitemap else None
        await self._list(known, replace(target, site=site))

    def _since(
        self, key: str, entry: Listed, before: KnownEntry | None, now: datetime
    ) -> KnownEntry:
        """Say since when a listing says this of a page.

        An entry that is new in this listing, of a page that we know from elsewhere, says nothing
        new unless it is dated after we asked, or our answer is no longer fresh.
        """
        since = now
        known = self._known.get(key)
        if before is not None and before.hint == entry.hint:
            since = before.since
        elif before is None and known is not None:
            fresh_until = known.asked_at + timedelta(seconds=self._rules.freshness_seconds)
            is_old = entry.changed_at <= known.asked_at if entry.changed_at else fresh_until > now
            since = known.asked_at if is_old else now
        return KnownEntry(
            key=key,
            url=entry.url,
            role=entry.role,
            hint=entry.hint,
            since=since,
            changed_at=entry.changed_at,
        )

    async def _list(self, listing: KnownListing, target: Target) -> None:
        """Put a listing into the spool and queue what of it is to be asked."""
        facts = asdict(listing) | {"site": target.site, "depth": target.depth}
        self._spool.append("listing", _plain(facts))
        await self._schedule(listing, target.site, target.depth)

    async def _schedule(self, listing: KnownListing, site: str | None, depth: int) -> None:
        await self._recall({e.key for e in listing.entries if e.role == Role.PAGE})
        inner = {e.key for e in listing.entries if e.role != Role.PAGE}
        if inner:
            self._read_at.update(await asyncio.to_thread(self._memory.listing_times, inner))
        for entry in listing.entries:
            if entry.key in self._seen:
                continue
            address = parse_address(entry.url)
            if site is not None and address.site != site:
                self._seen.add(entry.key)
                detail = f"a sitemap of {site} may not list pages of {address.site}"
                if not await self._was_refused(entry):
                    self._refuse(address.url, Failure(Reason.OTHER_HOST, detail), keys=[entry.key])
            elif entry.role == Role.PAGE:
                if self._is_wanted(entry):
                    self._add(Target(address=address, role=Role.PAGE))
            elif depth < _DEEPEST:
                role = Role(entry.role)
                inside = site or (address.site if role is Role.FEED else None)
                target = Target(address=address, role=role, depth=depth + 1, site=inside)
                await self._add_listing(target, entry)

    async def _was_refused(self, entry: KnownEntry) -> bool:
        """Say whether the books have this refusal already: once is enough."""
        await self._recall({entry.key})
        known = self._known.get(entry.key)
        return known is not None and known.asked_at >= entry.since

    async def _add_listing(self, target: Target, entry: KnownEntry) -> None:
        """Queue a listing inside a listing, unless that one says that nothing changed in it."""
        read_at = self._read_at.get(entry.key)
        held = None
        if read_at is not None and entry.hint is not None and read_at >= entry.since:
            held = await asyncio.to_thread(self._memory.listing, entry.key)
        if held is None:
            self._add(target)
        else:
            self._seen.add(held.key)
            await self._schedule(held, target.site, target.depth)

    def _is_wanted(self, entry: KnownEntry) -> bool:
        """Decide whether a listed page is asked: it is new, changed, failed, or long not seen."""
        known = self._known.get(entry.key)
        if known is None or known.failed or known.asked_at < entry.since:
            return True
        age = (self._now() - known.asked_at).total_seconds()
        return entry.hint is None and age > self._rules.freshness_seconds

    async def _take_page(self, target: Target) -> None:
        known = self._known.get(target.address.key)
        validators = known.validators if known and known.payload_sha256 else None
        answer = await self._fetch.get(target.address, validators=validators)
        await self._judge(target, answer)

    async def _judge(self, target: Target, answer: Answer) -> None:
        """Make an answer the document that it is, and enter it."""
        address, response = target.address, answer.response
        known = self._known.get(address.key)
        blank = _blank(address.url, f"https://{address.key}", answer.fetched_at)
        blank = replace(blank, url=response.url, http_status=response.status)
        if response.status == 304 and known is not None and known.payload_sha256 is not None:
            item = replace(blank, payload_sha256=known.payload_sha256)
        else:
            item = await asyncio.to_thread(
                judge_response, blank, answer.message, self._rules.max_bytes
            )
        final = parse_address(response.url).key
        self._seen.add(final)
        if target.is_seed and self._is_alone and item.refusal and _is_failed(item.refusal.reason):
            raise Failure(item.refusal.reason, item.refusal.detail)
        self._enter(item, keys=[address.key, final], hops=answer.hops)

    def _fail(self, target: Target, failure: Failure) -> None:
        """Enter that a target gave nothing; a source that consists of it is dead."""
        if target.role is Role.GUESS:
            return
        url = target.address.url
        if target.is_seed and self._is_alone and _is_failed(failure.reason):
            facts = {"url": url, "reason": failure.reason, "detail": failure.detail}
            self._spool.append("dead", facts)
            self._count(is_refused=True)
            return
        self._refuse(url, failure, keys=[target.address.key])

    def _refuse_entry(self, target: Target, problem: Problem) -> None:
        locator = f"{target.address.url}#{problem.name}"
        blank = _blank(locator, locator, self._now())
        refused = refusal(problem.reason, problem.detail)
        self._taken += 1
        item = replace(blank, url=None, payload=problem.payload, refusal=refused)
        self._enter(item, keys=[locator])

    def _refuse(self, url: str, failure: Failure, *, keys: list[str]) -> None:
        is_address = keys[0] != url
        blank = _blank(url, f"https://{keys[0]}" if is_address else url, self._now())
        refused = refusal(failure.reason, failure.detail)
        item = replace(blank, url=url if is_address else None, refusal=refused)
        self._enter(item, keys=keys)

    def _enter(
        self, item: RawItem, *, keys: Iterable[str], hops: Sequence[tuple[int, str]] = ()
    ) -> None:
        facts = {"item": item_facts(item), "keys": list(dict.fromkeys(keys)), "hops": list(hops)}
        self._spool.append("item", facts, item.payload)
        self._count(item.refusal is not None)

    def _count(self, is_refused: bool) -> None:
        self.progress.done += 1
        self.progress.told = time.monotonic()
        self.progress.refused += is_refused


@dataclass(slots=True)
class _Held:
    """What a spool holds of an interrupted crawl."""

    seeds: tuple[list[str], Role] | None = None
    listings: list[tuple[KnownListing, str | None, int]] = field(default_factory=list)
    ended: bool = False


def _blank(url: str, place: str, now: datetime) -> RawItem:
    return RawItem(locator=url, place=place, kind=Kind.HTML, payload=None, fetched_at=now, url=url)


def _is_failed(reason: Reason) -> bool:
    return OUTCOME_OF[reason] is Outcome.FAILED


def _unpacked(body: bytes, max_bytes: int) -> bytes:
    """Undo the gzip that sitemaps are stored in, whatever their transfer was encoded with."""
    if not body.startswith(GZIP_MAGIC):
        return body
    try:
        return ByteStream(io.BytesIO(body)).read_whole(max_bytes)
    except Damaged as damaged:
        raise Failure(damaged.reason, damaged.detail) from None


def _plain(facts: dict[str, object]) -> dict[str, object]:
    """Write times as text, as the spool keeps them."""
    entries = facts["entries"]
    assert isinstance(entries, tuple | list)
    return facts | {
        "fetched_at": _iso(facts["fetched_at"]),
        "entries": [
            e | {"since": _iso(e["since"]), "changed_at": _iso(e["changed_at"])} for e in entries
        ],
    }


def _iso(at: object) -> str | None:
    return at.isoformat() if isinstance(at, datetime) else None


def listing_of(facts: dict[str, object]) -> KnownListing:
    """Read a listing back from its frame."""
    entries = facts["entries"]
    validators = facts["validators"]
    assert isinstance(entries, list)
    assert isinstance(validators, dict)
    return KnownListing(
        key=str(facts["key"]),
        url=str(facts["url"]),
        fetched_at=datetime.fromisoformat(str(facts["fetched_at"])),
        validators=Validators(**validators),
        entries=tuple(
            KnownEntry(
                key=e["key"],
                url=e["url"],
                role=e["role"],
                hint=e["hint"],
                since=datetime.fromisoformat(e["since"]),
                changed_at=datetime.fromisoformat(e["changed_at"]) if e["changed_at"] else None,
            )
            for e in entries
        ),
    )


def spool_path(work: Path, source_no: int) -> Path:
    """Say where the spool of a source lies while its batch is at work."""
    return work / f"web-{source_no:05d}.spool"
