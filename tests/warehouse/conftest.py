"""Batches for the tests of the warehouse: shards as the line writes them, staged and published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks import shards
from tasks.model import Article, Clean, DocumentId, Kind, Reason, Refusal, RemovedLine, Stage, Taken
from tasks.records import CLEAN, VERDICT, Record, clean_record
from tests.conftest import story
from warehouse import ledger, staging, store
from warehouse.connect import Connection, connect
from warehouse.migrate import migrate

RULES = "test"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_clean(
    number: int, batch_id: str, *, refused: bool = False, text: str | None = None
) -> Clean:
    """A document behind the clean stage, of its own place; equal numbers have equal places."""
    found = text or story(number)
    document_id = DocumentId(f"{batch_id}-{number}")
    taken = Taken(
        document_id=document_id,
        position=number,
        source="/inbox",
        source_name=None,
        locator=f"/inbox/{number}.txt",
        place=f"/inbox/{number}.txt",
        kind=Kind.TEXT,
        url=None,
        payload_sha256=hashlib.sha256(found.encode()).hexdigest(),
        payload_bytes=len(found),
        media_type="text/plain",
        charset=None,
        http_status=None,
        fetched_at=NOON,
        shard_path=f"raw/{batch_id}/00000.parquet",
    )
    removed = (RemovedLine(line_no=1, text="Read more", rule="teaser"),)
    if refused:
        refusal = Refusal(stage=Stage.CLEAN, reason=Reason.TOO_SHORT, detail="a menu")
        return Clean(taken=taken, article=None, refusal=refusal, site=None, removed=removed)
    article = Article(
        document_id=document_id,
        url=None,
        canonical_url=None,
        canonical_key=None,
        own_key=f"place:{taken.place}",
        site="herald.example",
        site_name="Herald",
        title=f"Story {number}",
        title_source="test",
        authors=("Ada Quill",),
        author_source="test",
        published_at=None,
        published_on=None,
        date_source=None,
        date_flag=None,
        modified_at=None,
        language="en",
        section=None,
        tags=(),
        image_url=None,
        text=found,
        text_sha256=hashlib.sha256(found.encode()).hexdigest(),
        text_chars=len(found),
        text_words=len(found.split()),
        lines_removed=1,
        extractor="test 1",
    )
    return Clean(taken=taken, article=article, refusal=None, site="herald.example", removed=removed)


@dataclass(slots=True)
class House:
    """A migrated warehouse in memory, and batches for it."""

    connection: Connection
    folder: Path
    sequence: int = field(default=0)

    def load(self, batch_id: str, documents: Sequence[Clean], *, again: int = 1) -> int:
        """Open a batch (at its first call) and stage documents, `again` times."""
        try:
            row = ledger.find_batch(self.connection, batch_id)
        except Exception:  # noqa: BLE001 - not there yet
            row = ledger.open_batch(
                self.connection,
                batch_id,
                kind="run",
                rules_version=RULES,
                options="{}",
                sources=[("/inbox", None, None)],
            )
        path = self.folder / f"{batch_id}.parquet"
        shards.write(path, CLEAN, [clean_record(d) for d in documents])
        verdicts = self.folder / f"{batch_id}-verdicts.parquet"
        shards.write(verdicts, VERDICT, [_verdict(d) for d in documents])
        staged = 0
        for _ in range(again):
            staged = staging.load(
                self.connection,
                batch_id=batch_id,
                batch_sequence=row.sequence,
                paths=[str(path)],
                verdicts=str(verdicts),
                rules_version=RULES,
            )
        return staged

    def publish(self, batch_id: str, *, gate: str = "published") -> None:
        row = ledger.find_batch(self.connection, batch_id)
        staging.profile_sites(self.connection, batch_id, refused={})
        store.publish(
            self.connection,
            batch_id=batch_id,
            batch_sequence=row.sequence,
            rules_version=RULES,
            gate=gate,
            why=None,
            held_sites=[],
            checks=[CHECK],
            balanced=lambda books: None,
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.connection.execute(query).fetchall()


CHECK = {
    "suite": "rows",
    "expectation": "always",
    "column_name": None,
    "severity": "warn",
    "success": True,
    "evaluated_count": 1,
    "unexpected_count": 0,
    "observed": None,
    "details": None,
}


def _verdict(document: Clean) -> Record:
    refusal = document.refusal
    return {
        "document_id": document.taken.document_id,
        "outcome": refusal.outcome if refusal else "staged",
        "stage": refusal.stage if refusal else None,
        "reason": refusal.reason if refusal else None,
        "detail": refusal.detail if refusal else None,
        "article_id": None if refusal else f"article-{document.taken.position}",
        "twin_of": None,
    }


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Make a house in memory, or in a file."""
    made: list[House] = []

    def make(target: Path | str = ":memory:") -> House:
        connection = connect(target)
        migrate(connection)
        made.append(House(connection, tmp_path))
        return made[-1]

    yield make
    for house in made:
        house.connection.close()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()
