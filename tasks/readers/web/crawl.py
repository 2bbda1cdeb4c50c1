"""The crawl of one source: its addresses, what feeds and sitemaps add, and an answer for each.

Origins go side by side, each at its own pace. Every answer is in the spool before the origin is
asked again; a crawl that begins on a spool goes on where it stood.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from tasks.model import OUTCOME_OF, Outcome, Reason
from tasks.readers.response import judge_response
from tasks.readers.web.address import Address, Origin, parse_address
from tasks.readers.web.books import Books, blank_item
from tasks.readers.web.earlier import as_json
from tasks.readers.web.exchange import Answer
from tasks.readers.web.fetch import Fetch
from tasks.readers.web.frontier import Frontier, Seen
from tasks.readers.web.leads import Lead, leads_in
from tasks.readers.web.memory import KnownEntry, KnownListing, Memory
from tasks.readers.web.rules import Failure, FetchRules, Role
from tasks.readers.web.spool import Spool
from tasks.readers.web.target import Target

_DEEPEST = 3
"""An index of sitemaps may not list another index; some do, none needs more than this."""


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
        seen: Seen,
        limit: int | None,
        gap_seconds: float = 0.0,
    ) -> None:
        """`seen` is shared by the crawls of a run, and knows what the batch had before it.

        `limit`: documents to take in at most; no page beyond it is asked for. `gap_seconds`: a
        longer gap than that of all.
        """
        self._gap_seconds = gap_seconds
        self._fetch = fetch
        self._frontier = Frontier(memory, rules, now, seen)
        self._books = Books(spool, now)
        self._rules = rules
        self._limit = limit
        self._taken = 0
        self._seen = seen
        self._foreign: dict[str, tuple[Address, str]] = {}
        self._queues: dict[Origin, deque[Target]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._is_alone = False
        self.progress = self._books.progress

    async def run(self, seeds: Sequence[str], role: Role) -> None:
        """Go from the seeds (or where the spool stands) to the end, which is its last frame."""
        held = await asyncio.to_thread(self._books.held)
        if held.ended:
            return
        self._taken = held.items
        if held.seeds is None:
            self._books.begin(seeds, role)
            held.seeds = list(seeds), role
        urls, role = held.seeds
        self._is_alone = len(urls) == 1
        async with asyncio.TaskGroup() as group:
            self._group = group
            for listing, sites, depth in held.listings:
                await self._schedule(listing, sites, depth)
            await self._plant(urls, role)
        self._refuse_foreign(held.refused)
        self._books.end()

    def _refuse_foreign(self, refused: Collection[str]) -> None:
        """Refuse the pages that sitemaps of other sites list, but for what is taken all the same.

        Nobody asks for them on the word of such a sitemap, so they are nothing that a crawl takes
        on: their own site may still lead to them. `refused`: keys whose refusal is in the spool.
        """
        for key, (address, site) in self._foreign.items():
            if key not in self._seen and key not in refused:
                detail = f"a sitemap of {site} may not list pages of {address.site}"
                self._books.refuse(address.url, Failure(Reason.OTHER_HOST, detail), key=key)

    async def _plant(self, urls: Sequence[str], role: Role) -> None:
        """Queue the seeds; lines that are no address are refused, each with its reason."""
        targets = []
        for url in urls:
            try:
                address = parse_address(url)
            except Failure as failure:
                if url not in self._seen:
                    self._seen.add(url)
                    self._books.refuse(url, failure, key=None)
                continue
            targets.append(Target(address=address, role=role, is_seed=True))
        await self._frontier.recall(target.address.key for target in targets)
        for target in targets:
            self._add(target)

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
        held = await self._frontier.listing(key)
        page = self._frontier.page(key)
        validators = held.validators if held else page.validators if page else None
        answer = await self._fetch.get(
            target.address, validators=validators, max_bytes=target.max_bytes(self._rules)
        )
        if answer.response.status == 304 and held is not None:
            self._fetch.keep(answer)
            again = replace(held, fetched_at=answer.fetched_at)
            await self._list(again, target)
            return
        if not 200 <= answer.response.status < 300:
            await self._of_status(target, answer)
            return
        await self._take_unknown(target, answer, held)

    async def _of_status(self, target: Target, answer: Answer) -> None:
        """Settle what is neither there nor unchanged."""
        if target.role is Role.GUESS:
            self._fetch.keep(answer)
            return
        if target.role is Role.AUTO:
            self._taken += 1
            await self._judge(target, answer)
            return
        raise answer.failure(Reason.HTTP_ERROR, answer.message.status_in_words)

    async def _take_unknown(
        self, target: Target, answer: Answer, held: KnownListing | None
    ) -> None:
        """Take an answer as the listing that it is asked or found to be, else as a page."""
        max_bytes = target.max_bytes(self._rules)
        body = await answer.body(max_bytes)
        try:
            leads = await leads_in(self._fetch, target, answer, body, max_bytes=max_bytes)
        except Failure:
            self._fetch.keep(answer, body)
            raise
        leads_nowhere = target.wants_site and bool(leads) and not leads[-1].listing.entries
        if leads_nowhere or (not leads and target.role is not Role.GUESS):
            self._taken += 1
            await self._judge(target, answer)
            return
        self._fetch.keep(answer, body)
        for lead in leads:
            self._seen.add(lead.target.address.key)
            await self._list_anew(lead, held if lead.target is target else None)

    async def _list_anew(self, lead: Lead, held: KnownListing | None) -> None:
        """Keep what a listing says now; refuse what it says wrongly."""
        target = lead.target
        known = await self._frontier.renewed(lead.listing, lead.answer, target.address, held)
        for problem in lead.listing.problems:
            self._taken += 1
            self._books.refuse_entry(target.address.url, problem)
        is_sitemap = lead.listing.kind is Role.SITEMAP
        sites = (target.sites or (target.address.site,)) if is_sitemap else ()
        await self._list(known, replace(target, sites=sites))

    async def _list(self, listing: KnownListing, target: Target) -> None:
        """Put a listing into the spool and queue what of it is to be asked."""
        self._books.enter_listing(listing, sites=target.sites, depth=target.depth)
        await self._schedule(listing, target.sites, target.depth)

    async def _schedule(self, listing: KnownListing, sites: tuple[str, ...], depth: int) -> None:
        """Queue what a listing of these sites (none: of any) leads to.

        A sitemap that a home page leads to may lie elsewhere and list the pages of that home page:
        its robots.txt says so (https://www.sitemaps.org/protocol.html, "Cross Submits").
        """
        home = parse_address(listing.url).site
        await self._frontier.recall_entries(listing)
        for entry in listing.entries:
            if entry.key in self._seen:
                continue
            address = parse_address(entry.url)
            if sites and address.site not in sites:
                if not await self._frontier.is_in_books(entry):
                    self._foreign[entry.key] = (address, sites[0])
            elif entry.role == Role.PAGE:
                if self._frontier.is_wanted(entry):
                    self._add(Target(address=address, role=Role.PAGE))
            elif depth < _DEEPEST:
                role = Role(entry.role)
                inside = sites or tuple(dict.fromkeys((address.site, home)))
                target = Target(address=address, role=role, depth=depth + 1, sites=inside)
                await self._add_listing(target, entry)

    async def _add_listing(self, target: Target, entry: KnownEntry) -> None:
        """Queue a listing inside a listing, unless that one says that nothing changed in it."""
        held = await self._frontier.unchanged(entry)
        if held is None:
            self._add(target)
        else:
            self._seen.add(held.key)
            await self._schedule(held, target.sites, target.depth)

    async def _take_page(self, target: Target) -> None:
        known = self._frontier.page(target.address.key)
        validators = known.validators if known and known.payload_sha256 else None
        answer = await self._fetch.get(target.address, validators=validators)
        await self._judge(target, answer)

    async def _judge(self, target: Target, answer: Answer) -> None:
        """Make an answer the document that it is, and enter it."""
        address, response = target.address, answer.response
        known = self._frontier.page(address.key)
        blank = blank_item(address.url, f"https://{address.key}", answer.fetched_at)
        blank = replace(
            blank,
            url=response.url,
            http_status=response.status,
            http_earlier=as_json(answer.earlier),
        )
        if response.status == 304 and known is not None and known.payload_sha256 is not None:
            item = replace(blank, payload_sha256=known.payload_sha256)
        else:
            item = await asyncio.to_thread(
                judge_response, blank, answer.message, self._rules.max_bytes
            )
        final = parse_address(response.url).key
        self._seen.add(final, led_to_by=address.key)
        if target.is_seed and self._is_alone and item.refusal and _is_failed(item.refusal.reason):
            raise answer.failure(item.refusal.reason, item.refusal.detail)
        self._books.enter(item, keys=[address.key, final])

    def _fail(self, target: Target, failure: Failure) -> None:
        """Enter that a target gave nothing; a source that consists of it is dead."""
        if target.role is Role.GUESS:
            self._fetch.keep_failure(target.address, failure)
            return
        url = target.address.url
        if target.is_seed and self._is_alone and _is_failed(failure.reason):
            self._books.bury(url, failure)
        else:
            self._books.refuse(url, failure, key=target.address.key)


def _is_failed(reason: Reason) -> bool:
    return OUTCOME_OF[reason] is Outcome.FAILED
