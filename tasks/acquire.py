"""Take documents in: bytes as they arrived, into raw shards that the ledger knows."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks import shards
from tasks.desk import Desk
from tasks.errors import SourceUnavailable
from tasks.model import Kind, RawItem, Reason, Refusal, Source, Stage
from tasks.orchestration import verb
from tasks.readers.addresses import is_address, is_data_set
from tasks.readers.by_kind import read
from tasks.readers.raw_shards import RAW_SHARDS, replay
from tasks.readers.standard_input import standard_input
from tasks.readers.web.books import Progress, spool_path
from tasks.readers.web.service import Web
from tasks.stage import StageResult
from tasks.taking import RawShards, Taking
from tasks.waiting import WaitingPayloads
from warehouse import ledger
from warehouse.errors import QueryRefused
from warehouse.foreign import rows_of

logger = logging.getLogger(__name__)

TELL_SECONDS = 5.0
"""How often a source on the web says how far it is."""
_SECOND = re.compile(r"~\d+$")


@verb("acquire")
def acquire(
    desk: Desk, batch_id: str, source_no: int, source: Source, taking: Taking
) -> list[StageResult]:
    """Read one source to its end into raw shards; return those written now.

    A source that cannot be read at all is one `failed` document, and noted in the ledger.
    """
    with desk.writing("acquire") as connection:
        before = ledger.shards_of(connection, batch_id, Stage.ACQUIRE)
    seen, mine = _taken_before(desk, before, source_no)
    with closing(WaitingPayloads(desk.work(batch_id))) as waiting:
        out = RawShards(
            desk=desk,
            batch_id=batch_id,
            source=source,
            source_no=source_no,
            seen=seen,
            position=sum(shard.taken for shard in before),
            shard_no=max((shard.shard_no for shard in before), default=-1) + 1,
            taking=taking,
            waiting=waiting,
        )
        error = None
        try:
            for item in _items(source, taking, mine, out.spool):
                if taking.limit is not None and out.position >= taking.limit:
                    break
                out.add(item)
                del item  # or it would be in memory while the next one is read
        except SourceUnavailable as unavailable:
            logger.info("%s", unavailable)
            if mine <= {unavailable.locator} and not out.written and not out.pending:
                error = str(unavailable)
            if unavailable.locator not in mine:
                failed = _failed(unavailable.locator, unavailable.reason, unavailable.detail)
                out.add(replace(failed, http_earlier=unavailable.answers))
        out.flush()
        with desk.writing("acquire") as connection:
            out.record_web(connection)
            ledger.source_read(connection, batch_id, source_no, error=error)
    return out.written


def _taken_before(
    desk: Desk, before: list[ledger.ShardRow], source_no: int
) -> tuple[set[str], frozenset[str]]:
    """Return the locators of the batch, and those (as a reader names them) of this source."""
    seen: set[str] = set()
    mine: set[str] = set()
    for shard in before:
        path = str(desk.home / shard.path)
        locators = {str(r["locator"]) for r in shards.read(path, columns=["locator"])}
        seen |= locators
        if shard.source_no == source_no:
            mine |= locators
    renamed = {_SECOND.sub("", locator) for locator in mine if _SECOND.search(locator)}
    return seen, frozenset(mine | (renamed & seen))


def begin_fetching(
    desk: Desk, batch_id: str, sources: Iterable[tuple[int, Source]], taking: Taking
) -> None:
    """Let all addresses among some sources (number, source) be fetched side by side from now on.

    Not with a limit: what the first source leaves of it is for the next to fetch.
    """
    if taking.web is None or taking.limit is not None:
        return
    for source_no, source in sources:
        if is_address(source.locator) and not is_data_set(source.locator, source.kind):
            spool = spool_path(desk.work(batch_id), source_no)
            taking.fetch(spool, source, [source.locator], source.kind)


def _items(source: Source, taking: Taking, skip: frozenset[str], spool: Path) -> Iterator[RawItem]:
    web = taking.web

    def fetch(urls: Sequence[str], kind: str | None) -> Iterator[RawItem]:
        fetching = taking.fetch(spool, source, urls, kind)
        return _told(fetching.read(spool, skip=skip), fetching, source.locator)

    if source.locator == "-" and taking.resumed and spool.exists():
        yield from fetch([], None)
        return
    if source.locator == "-" and taking.resumed:
        if "stdin#end" in skip:
            return
        yield _failed(
            "stdin#end",
            Reason.TRUNCATED_INPUT,
            "the run was interrupted before standard input was read to its end",
        )
        return
    if source.kind == RAW_SHARDS:
        yield from replay(Path(source.locator), documents=taking.documents, skip=skip)
        return
    yield from read(
        source,
        stdin=standard_input() if source.locator == "-" else None,
        max_bytes=taking.max_bytes,
        now=now_utc,
        skip=skip,
        fetch=None if web is None else fetch,
        download=None if web is None else lambda url: web.download(url, spool.with_suffix(".data")),
        query=_query,
        recall=taking.recall,
        columns=taking.columns.get(source.name or ""),
    )


def _told(items: Iterator[RawItem], web: Web, locator: str) -> Iterator[RawItem]:
    """Pass items on; say every few seconds, and at the end, how far the fetching of a source is."""
    told = time.monotonic()
    for item in items:
        yield item
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            _tell(web.progress()[locator], locator)
    _tell(web.progress()[locator], locator)


def _tell(at: Progress, locator: str) -> None:
    logger.info(
        "fetching %s: %d done, %d left, %d refused, %.1f a second",
        *(locator, at.done, at.left, at.refused, at.pace),
        extra={"fetching": locator, "done": at.done, "left": at.left},
    )


@contextmanager
def _query(sql: str) -> Iterator[Any]:
    """Run a source that is a query; one that DuckDB refuses is a source that cannot be read."""
    try:
        with rows_of(sql) as rows:
            yield rows
    except QueryRefused as refused:
        raise SourceUnavailable(sql, Reason.UNREADABLE, refused.message, refused.remedy) from None


def _failed(locator: str, reason: Reason, detail: str) -> RawItem:
    return RawItem(
        locator=locator,
        place=locator,
        kind=Kind.TEXT,
        payload=None,
        fetched_at=now_utc(),
        refusal=Refusal(stage=Stage.ACQUIRE, reason=reason, detail=detail),
    )


def now_utc() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)
