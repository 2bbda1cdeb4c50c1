"""Take documents in: bytes as they arrived, into raw shards that the ledger knows."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks import shards
from tasks.desk import Desk
from tasks.errors import SourceUnavailable
from tasks.model import (
    BatchId,
    DocumentId,
    Kind,
    RawDocument,
    RawItem,
    Reason,
    Refusal,
    Source,
    Stage,
    sha256_of,
    short_hash,
)
from tasks.orchestration import verb
from tasks.readers.addresses import is_address, is_data_set
from tasks.readers.by_kind import read
from tasks.readers.raw_shards import RAW_SHARDS, replay
from tasks.readers.web.books import Progress, spool_path
from tasks.readers.web.service import Web, role_of
from tasks.stage import StageResult, log_stage
from tasks.web_memory import fetch_rows, listing_rows
from warehouse import erasure, fetches, ledger, store
from warehouse.connect import Connection
from warehouse.errors import QueryRefused
from warehouse.foreign import rows_of

logger = logging.getLogger(__name__)

TELL_SECONDS = 5.0
"""How often a source on the web says how far it is."""
_SECOND = re.compile(r"~\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How a source is taken in: bounds, and what an interrupted run took already.

    `limit` is how many documents the batch may take (None: all). A resumed run cannot read
    standard input again. `documents` are the ids that a replay takes (None: all). `rules`:
    what the desk knows by these rules is passed by (None: nothing is). `web` fetches
    addresses; None where the run has no business there (a preview of a file). `gap_seconds`: by
    name, the sources with a longer pause between requests than all; `columns`: by name, which
    column of a table is which field (field -> column). `hand_on` gets each shard as it is whole and
    in the ledger, so that the next stage need not wait for the end of the source.
    """

    max_bytes: int
    limit: int | None = None
    resumed: bool = False
    documents: tuple[str, ...] | None = None
    rules: str | None = None
    web: Web | None = None
    gap_seconds: Mapping[str, float] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hand_on: Callable[[StageResult], object] = lambda _shard: None

    def fetch(self, spool: Path, source: Source, urls: Sequence[str], kind: str | None) -> Web:
        """Let addresses be fetched into a spool from now on; return who does it."""
        assert self.web is not None
        self.web.start(
            spool,
            urls,
            locator=source.locator,
            role=role_of(kind),
            limit=self.limit,
            gap_seconds=self.gap_seconds.get(source.name or "", 0.0),
        )
        return self.web


@dataclass(slots=True)
class _Shards:
    """Shards of one batch in the making."""

    desk: Desk
    batch_id: str
    source: Source
    source_no: int
    seen: set[str]
    position: int
    shard_no: int
    taking: Taking
    pending: list[shards.Record] = field(default_factory=list)
    pending_bytes: int = 0
    written: list[StageResult] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def add(self, item: RawItem) -> None:
        document = self._document(item)
        if shards.is_full(len(self.pending), self.pending_bytes, document.payload_bytes):
            self.flush()
        self.pending.append(shards.raw_record(document))
        self.pending_bytes += document.payload_bytes
        self.position += 1

    def flush(self) -> None:
        """Write what is pending; a batch that took nothing gets one empty shard."""
        if not self.pending and self.shard_no:
            return
        self._refuse_forgotten()
        if self.taking.rules is not None:
            self._drop_known(self.taking.rules)
        path = self.desk.raw(self.batch_id) / f"{self.shard_no:05d}.parquet"
        shards.write(path, shards.RAW, self.pending)
        refused = sum(record["reason"] is not None for record in self.pending)
        result = StageResult(
            stage=Stage.ACQUIRE,
            shard_no=self.shard_no,
            source_no=self.source_no,
            path=str(path),
            taken=len(self.pending),
            given=len(self.pending) - refused,
            refused=refused,
            seconds=time.monotonic() - self.started,
        )
        with self.desk.writing("acquire") as connection:
            self.record_web(connection)
            ledger.record_shard(connection, self.batch_id, result.row(self.desk.home))
        log_stage(logger, self.batch_id, result)
        self.written.append(result)
        self.taking.hand_on(result)
        self.pending, self.pending_bytes = [], 0
        self.shard_no += 1
        self.started = time.monotonic()

    def _refuse_forgotten(self) -> None:
        """Refuse what a person had erased for good, and keep its payload no second time."""
        arriving = [
            (record["document_id"], record["place"], record["payload_sha256"])
            for record in self.pending
            if record["payload"] is not None
        ]
        with self.desk.writing("acquire") as connection:
            forgotten = erasure.forgotten_arrivals(connection, arriving)
        for record in self.pending:
            if record["document_id"] in forgotten:
                record |= {
                    "payload": None,
                    "http_headers": None,
                    "http_earlier": None,
                    "stage": Stage.ACQUIRE,
                    "reason": Reason.WITHDRAWN,
                    "detail": "a person had this erased for good",
                }

    def _drop_known(self, rules: str) -> None:
        """Leave out payloads that an earlier shard keeps: they get no second look either."""
        arriving = [
            (record["document_id"], record["place"], record["payload_sha256"])
            for record in self.pending
            if record["payload"] is not None and record["reason"] is None
        ]
        with self.desk.writing("acquire") as connection:
            known = store.known_payloads(connection, arriving, rules_version=rules)
        for record in self.pending:
            shard_path = known.get(record["document_id"])
            if shard_path is not None and (self.desk.home / shard_path).exists():
                record["payload"] = None

    def record_web(self, connection: Connection) -> None:
        """Keep what was asked and listed, so that the next run asks only for what is new."""
        if self.taking.web is None:
            return
        listings = listing_rows(self.taking.web.drain_listings(self.spool))
        fetches.record_listings(connection, self.batch_id, listings)
        fetches.record_fetches(connection, self.batch_id, fetch_rows(self.pending))

    @property
    def spool(self) -> Path:
        """Where the answers of the web wait to be put into shards."""
        return spool_path(self.desk.work(self.batch_id), self.source_no)

    def _document(self, item: RawItem) -> RawDocument:
        locator, again = item.locator, 2
        while locator in self.seen:
            locator, again = f"{item.locator}~{again}", again + 1
        self.seen.add(locator)
        refusal = item.refusal
        return RawDocument(
            document_id=DocumentId(short_hash(self.batch_id, locator)),
            batch_id=BatchId(self.batch_id),
            position=self.position,
            source=self.source.locator,
            source_name=item.source_name or self.source.name,
            locator=locator,
            place=item.place,
            kind=item.kind,
            payload=item.payload,
            payload_sha256=(
                item.payload_sha256 if item.payload is None else sha256_of(item.payload)
            ),
            payload_bytes=0 if item.payload is None else len(item.payload),
            media_type=item.media_type,
            charset=item.charset,
            url=item.url,
            fetched_at=item.fetched_at,
            http_status=item.http_status,
            http_headers=item.http_headers,
            http_earlier=item.http_earlier,
            stage=refusal.stage if refusal else None,
            reason=refusal.reason if refusal else None,
            detail=refusal.detail if refusal else None,
        )


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
    out = _Shards(
        desk=desk,
        batch_id=batch_id,
        source=source,
        source_no=source_no,
        seen=seen,
        position=sum(shard.taken for shard in before),
        shard_no=max((shard.shard_no for shard in before), default=-1) + 1,
        taking=taking,
    )
    error = None
    try:
        for item in _items(source, taking, mine, out.spool):
            if taking.limit is not None and out.position >= taking.limit:
                break
            out.add(item)
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
        stdin=sys.stdin.buffer if source.locator == "-" else None,
        max_bytes=taking.max_bytes,
        now=now_utc,
        skip=skip,
        fetch=None if web is None else fetch,
        download=None if web is None else lambda url: web.download(url, spool.with_suffix(".data")),
        query=_query,
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
