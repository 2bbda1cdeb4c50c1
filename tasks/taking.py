"""How a source is taken in, and the raw shards that are made of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks import shards
from tasks.desk import Desk
from tasks.file_memory import FileMemory
from tasks.model import (
    BatchId,
    DocumentId,
    RawDocument,
    RawItem,
    Reason,
    Source,
    Stage,
    sha256_of,
    short_hash,
)
from tasks.readers.web.books import spool_path
from tasks.readers.web.service import Web, role_of
from tasks.records import RAW, Record, raw_record
from tasks.stage import StageResult, log_stage
from tasks.waiting import WaitingPayloads
from tasks.web_memory import fetch_rows, listing_rows
from warehouse import erasure, fetches, ledger, store
from warehouse.connect import Connection
from warehouse.files import FileRow, record_files

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How a source is taken in: bounds, and what an interrupted run took already.

    `limit` is how many documents the batch may take (None: all). A resumed run cannot read
    standard input again. `documents` are the ids that a replay takes (None: all). `rules`:
    what the desk knows by these rules is passed by (None: nothing is). `web` fetches
    addresses; None where the run has no business there (a preview of a file). `recall` knows
    files that need no reading; None: each is read. `gap_seconds`: by name, the sources with a
    longer pause between requests than all; `columns`: by name, which column of a table is which
    field (field -> column). `hand_on` gets each shard as it is whole and in the ledger, so that
    the next stage need not wait for the end of the source.
    """

    max_bytes: int
    limit: int | None = None
    resumed: bool = False
    documents: tuple[str, ...] | None = None
    rules: str | None = None
    web: Web | None = None
    recall: FileMemory | None = None
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
class RawShards:
    """Shards of one source in the making: `add` items, then `flush` what is left.

    A pending record has in `payload` the place where its payload waits.
    """

    desk: Desk
    batch_id: str
    source: Source
    source_no: int
    seen: set[str]
    position: int
    shard_no: int
    taking: Taking
    waiting: WaitingPayloads
    pending: list[Record] = field(default_factory=list)
    pending_payloads: int = 0
    pending_bytes: int = 0
    files: list[FileRow] = field(default_factory=list)
    written: list[StageResult] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def add(self, item: RawItem) -> None:
        """Take in one item; a shard that is full is written first."""
        document = self._document(item)
        size = len(document.payload or b"")
        if self._is_full(size):
            self.flush()
        record = raw_record(document)
        if document.payload is not None:
            record["payload"] = self.waiting.put(document.payload)
        self.pending.append(record)
        self.pending_payloads += size > 0
        self.pending_bytes += size
        self.position += 1
        if item.file_state is not None and document.payload_sha256 is not None:
            self.files.append(
                FileRow(
                    place=document.place,
                    state=item.file_state,
                    kind=document.kind,
                    media_type=document.media_type,
                    payload_sha256=document.payload_sha256,
                    payload_bytes=document.payload_bytes,
                )
            )

    def _is_full(self, coming: int) -> bool:
        """Say whether what is pending is a shard; `coming` bytes do not belong to it then."""
        return (
            len(self.pending) >= shards.MOST_RECORDS
            or (self.shard_no == 0 and self.pending_payloads >= shards.FIRST_DOCUMENTS)
            or shards.is_full(self.pending_payloads, self.pending_bytes, coming)
        )

    def flush(self) -> None:
        """Write what is pending; a batch that took nothing gets one empty shard."""
        if not self.pending and self.shard_no:
            return
        if self._arriving():
            with self.desk.writing("acquire") as connection:
                self._refuse_forgotten(connection)
                if self.taking.rules is not None:
                    self._drop_known(connection, self.taking.rules)
        path = self.desk.raw(self.batch_id) / f"{self.shard_no:05d}.parquet"
        shards.write(path, RAW, map(self._whole, self.pending))
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
            record_files(connection, self.files)
        log_stage(logger, self.batch_id, result)
        self.written.append(result)
        self.taking.hand_on(result)
        self.waiting.clear()
        self.pending, self.files = [], []
        self.pending_payloads = self.pending_bytes = 0
        self.shard_no += 1
        self.started = time.monotonic()

    def _whole(self, record: Record) -> Record:
        """Return a pending record with its payload; of those that wait, only the place is known."""
        place = record["payload"]
        return record if place is None else record | {"payload": self.waiting.get(place)}

    def _refuse_forgotten(self, connection: Connection) -> None:
        """Refuse what a person had erased for good, and keep its payload no second time."""
        forgotten = erasure.forgotten_arrivals(connection, self._arriving())
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

    def _drop_known(self, connection: Connection, rules: str) -> None:
        """Leave out payloads that an earlier shard keeps: they get no second look either."""
        arriving = self._arriving(but_refused=True)
        known = store.known_payloads(connection, arriving, rules_version=rules)
        for record in self.pending:
            shard_path = known.get(record["document_id"])
            if shard_path is not None and (self.desk.home / shard_path).exists():
                record["payload"] = None

    def _arriving(self, *, but_refused: bool = False) -> list[tuple[str, str, str]]:
        """Return (document, place, hash of the payload) of what brings a payload."""
        return [
            (record["document_id"], record["place"], record["payload_sha256"])
            for record in self.pending
            if record["payload"] is not None and not (but_refused and record["reason"])
        ]

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
            payload_bytes=item.payload_bytes if item.payload is None else len(item.payload),
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
