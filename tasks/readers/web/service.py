"""The web as a source: crawls in an event loop of their own, read from outside as plain iterators.

The loop runs in one thread, so that all sources of a run go side by side, share their pace and
robots, and go on fetching while shards are written. Crawls write spools; readers follow them.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks.errors import SourceUnavailable
from tasks.model import RawItem, Reason
from tasks.readers.web.address import parse_address
from tasks.readers.web.answers import Answers
from tasks.readers.web.books import Progress, answered_in, listing_of
from tasks.readers.web.client import Client
from tasks.readers.web.courtesy import Courtesy
from tasks.readers.web.crawl import Crawl
from tasks.readers.web.fetch import Fetch
from tasks.readers.web.frontier import Seen
from tasks.readers.web.memory import KnownListing, Memory
from tasks.readers.web.origins import Origins
from tasks.readers.web.rules import (
    HOSTS_AT_ONCE,
    ROBOTS_SECONDS,
    WEB_KINDS,
    Failure,
    FetchRules,
    Role,
)
from tasks.readers.web.spool import Spool, item_of

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.02
"""How long a reader waits before it looks again: a small part of any gap between requests."""


def _raise_plainly(ended: Future[None]) -> None:
    """Raise what stopped a crawl: the first thing that did, not the group that tasks make of it."""
    error = ended.exception()
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if error is not None:
        raise error


def role_of(kind: str | None) -> Role:
    """Say what an address is asked for when a kind is forced; a kind of documents means a page."""
    if kind is None:
        return Role.AUTO
    return WEB_KINDS.get(kind, Role.PAGE)


def origins_spool(work: Path) -> Path:
    """Say where lies what is learned of origins while a batch is at work."""
    return work / "origins.spool"


def answers_spool(work: Path) -> Path:
    """Say where lies what was answered that is no document's, while a batch is at work."""
    return work / "answers.spool"


@dataclass(slots=True)
class _Source:
    crawl: Crawl
    spool: Spool
    locator: str
    ended: Future[None]
    listings: list[KnownListing] = field(default_factory=list)


class Web:
    """All fetching of one run. Use as a context manager; what was not read is not lost."""

    def __init__(
        self,
        rules: FetchRules,
        memory: Memory,
        now: Callable[[], datetime],
        work: Path,
    ) -> None:
        """Nothing is connected before the first crawl starts.

        `work` is the folder where the spools of the batch lie while it is at work, and what is of
        no source: what is learned of origins, and the answers that are no document's.
        """
        self._work = work
        self._origins: Origins | None = None
        self._answers: Answers | None = None
        self._seen = Seen(now)
        self._rules = rules
        self._memory = memory
        self._now = now
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="web")
        self._sources: dict[Path, _Source] = {}
        self._client: Client | None = None
        self._fetch: Fetch | None = None

    def __enter__(self) -> Self:
        """Be ready; the thread starts with the first crawl."""
        return self

    async def _open(self) -> None:
        self._client = await Client(self._rules).__aenter__()
        self._origins = await asyncio.to_thread(self._recalled)
        self._answers = await asyncio.to_thread(Answers, answers_spool(self._work))
        self._seen.recall(await asyncio.to_thread(answered_in, self._work))
        courtesy = Courtesy(
            rules=self._rules,
            slots=asyncio.Semaphore(HOSTS_AT_ONCE),
            origins=self._origins,
            now=self._now,
        )
        self._fetch = Fetch(self._client, courtesy, self._rules, self._now, self._answers)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop every crawl where it stands, and the thread."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        for source in self._sources.values():
            source.spool.close()
        if origins_spool(self._work).exists():  # a killed run's, if nothing was left to ask
            self._leave(is_failing=error is not None)

    def _leave(self, *, is_failing: bool) -> None:
        """Leave what was learned of origins to the next run, and keep the answers of this one.

        Where that fails its error is raised, unless another one is on its way out: that one says
        more, and the spools stay for the next run.
        """
        try:
            with ExitStack() as held:
                origins = self._origins or self._recalled()
                held.callback(origins.close)
                answers = self._answers or Answers(answers_spool(self._work))
                held.callback(answers.close)
                self._memory.keep_origins(origins.learned())
                self._memory.keep_answers(answers.kept())
        except Exception as error:
            if not is_failing:
                raise
            logger.warning("what was learned of origins is not entered yet: %s", error)

    def _recalled(self) -> Origins:
        since = self._now() - timedelta(seconds=ROBOTS_SECONDS)
        return Origins(self._memory.origins(since), Spool(origins_spool(self._work)))

    async def _close(self) -> None:
        others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._client is not None:
            await self._client.__aexit__(None, None, None)

    def start(
        self,
        spool: Path,
        seeds: Sequence[str],
        *,
        locator: str,
        role: Role = Role.AUTO,
        limit: int | None = None,
        gap_seconds: float = 0.0,
    ) -> None:
        """Begin (or go on with) a crawl whose spool is this file; again is safe."""
        if spool in self._sources:
            return
        fetch = self._opened()
        held = Spool(spool)
        crawl = Crawl(
            fetch=fetch,
            memory=self._memory,
            spool=held,
            rules=self._rules,
            now=self._now,
            seen=self._seen,
            limit=limit,
            gap_seconds=gap_seconds,
        )
        ended = asyncio.run_coroutine_threadsafe(crawl.run(list(seeds), role), self._loop)
        self._sources[spool] = _Source(crawl=crawl, spool=held, locator=locator, ended=ended)

    def _opened(self) -> Fetch:
        if self._fetch is None:
            self._thread.start()
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        assert self._fetch is not None
        return self._fetch

    def download(self, url: str, path: Path) -> Path:
        """Get an archive or data set as a whole into a file; one that is there already is kept.

        Raises `SourceUnavailable`, with all that was answered. A robots.txt that forbids it counts
        as that, too: the source is one thing, and cannot be had.
        """
        if path.exists():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        try:
            with beside.open("wb") as file:
                answer = asyncio.run_coroutine_threadsafe(
                    self._opened().download(parse_address(url), file), self._loop
                ).result()
            if not 200 <= answer.response.status < 300:
                raise answer.failure(Reason.HTTP_ERROR, answer.message.status_in_words)
        except Failure as failure:
            beside.unlink(missing_ok=True)
            raise SourceUnavailable(
                url, failure.reason, failure.detail, answers=failure.answers
            ) from None
        return beside.replace(path)

    def read(self, spool: Path, *, skip: Collection[str] = frozenset()) -> Iterator[RawItem]:
        """Yield what a started crawl takes in, as it comes; locators in `skip` were taken before.

        Raises `SourceUnavailable` where the one address of a source could not be had. Leaving
        early stops the crawl.
        """
        source = self._sources[spool]
        waits = threading.Event()
        try:
            for frame in source.spool.read():
                if frame is None:
                    if source.ended.done():
                        _raise_plainly(source.ended)
                    waits.wait(_PATIENCE_SECONDS)
                elif frame.kind == "item":
                    item = item_of(frame.facts["item"], frame.payload)
                    if item.locator not in skip:
                        yield item
                elif frame.kind == "listing":
                    source.listings.append(listing_of(frame.facts))
                elif frame.kind == "dead":
                    reason = Reason(frame.facts["reason"])
                    raise SourceUnavailable(
                        frame.facts["url"],
                        reason,
                        frame.facts["detail"],
                        answers=frame.facts.get("answers"),
                    )
                elif frame.kind == "end":
                    return
        finally:
            source.ended.cancel()

    def drain_listings(self, spool: Path) -> list[KnownListing]:
        """Return the listings that were read since the last call."""
        source = self._sources.get(spool)
        if source is None:
            return []
        listings, source.listings = source.listings, []
        return listings

    def progress(self) -> dict[str, Progress]:
        """Say how far each source is."""
        return {source.locator: source.crawl.progress for source in self._sources.values()}
