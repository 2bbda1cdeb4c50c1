"""Erase for good what a person's right or a court demands: from tables, payloads and pages.

The order is that of harm: first the tables and the reading copy, then raw payloads and pages, at
last the blocks of the warehouse file. Whatever a kill leaves over stands in the ledger as pending,
and the same command, asked again, finishes it. No run may hold the desk meanwhile.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tasks import shards
from tasks.answers import answer_shards, drop_bodies, find_naming
from tasks.desk import Desk
from tasks.identity.decide import article_id_of
from tasks.naming import Naming
from tasks.records import RAW
from tasks.report_site.build import build
from tasks.report_site.shelf import drop_documents
from tasks.report_site.trial import drop_trial
from tasks.reporting.limits import Limits
from warehouse import erasure, fetches
from warehouse.connect import Connection
from warehouse.decisions import Decision

_OURS = re.compile(
    r"\.?(?:warehouse|published)\.duckdb(?:\.\d+\.new)?(?:\.wal|\.tmp)?"
    r"|published\.stale|(?:run|warehouse|reports)\.lock|copydesk\.toml|\.?notified\.json(?:\.new)?"
    r"|raw|work|reports|data_docs|prefect"
)
"""What copydesk lays into a home, and what one that was killed may leave there."""
_ERASED = ("payload", "payload_sha256", "http_headers", "http_earlier")
"""What a raw shard loses. With the hash it would say that the payload is kept elsewhere; the ledger
keeps that, to know the payload when it comes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased, and what lies in the home that is not ours to touch (backups, exports)."""

    documents: tuple[str, ...]
    payloads: int
    untouched: tuple[str, ...]


def forget(
    desk: Desk,
    decision: Decision,
    *,
    document_id: str,
    now: Callable[[], datetime],
    limits: Limits,
) -> Erased:
    """Erase a document, its article, and all that holds the same, everywhere in the home.

    Hold the desk (`desk.running`) around it. Raises DecisionRefused where nothing is left to erase.
    """
    with desk.writing("forget") as connection:
        desk.announce_change()
        erasure.forget(connection, decision, document_id=document_id, at=now())
        waiting = [row.document_id for row in erasure.pending(connection)]
        payloads = _payloads(connection, waiting)
        naming = Naming.of(erasure.forgotten_addresses(connection))
        desk.refresh_reading_copy(connection)
    shutil.rmtree(desk.home / "work", ignore_errors=True)
    dropped = sum(
        drop_payloads(path, documents=waiting, payloads=payloads)
        for path in sorted((desk.home / "raw").glob("*/*.parquet"))
    )
    folders = sorted((desk.home / "raw").glob("*"))
    answers = [path for folder in folders for path in answer_shards(folder)]
    named = find_naming(answers, naming)
    with desk.writing("forget") as connection:
        fetches.drop_answers(connection, payloads=_hashes(named))
    dropped += drop_bodies(answers, named)
    _blank_quotes(desk.data_docs.glob("runs/*.html"), waiting)
    if desk.reports.is_dir():
        drop_documents(desk.reports, waiting)
        drop_trial(desk.reports)
        build(desk, limits=limits)
    desk.rewrite_warehouse()
    with desk.writing("forget") as connection:
        erasure.erased(connection, at=now())
    return Erased(documents=tuple(waiting), payloads=dropped, untouched=_untouched(desk.home))


def _payloads(connection: Connection, documents: Collection[str]) -> frozenset[str]:
    rows = connection.execute(
        "SELECT DISTINCT payload_sha256 FROM ops.forgotten WHERE payload_sha256 IS NOT NULL "
        "AND document_id IN (SELECT unnest($ids::VARCHAR[]))",
        {"ids": list(documents)},
    ).fetchall()
    return frozenset(row[0] for row in rows)


def drop_payloads(path: Path, *, documents: Collection[str], payloads: Collection[str]) -> int:
    """Rewrite a raw shard without some payloads; return how many it held. Whole or not at all.

    What a server answered with them goes, too, and the hash, also of what has no payload here.
    """
    chosen, kept = frozenset(documents), frozenset(payloads)
    found = [
        row["document_id"]
        for row in shards.read(str(path), columns=["document_id", "payload_sha256"])
        if row["document_id"] in chosen or row["payload_sha256"] in kept
    ]
    if not found:
        return 0
    records = list(shards.read(str(path)))
    dropped, held = 0, False
    for record in records:
        if record["document_id"] in found:
            dropped += record["payload"] is not None
            held |= any(record.get(name) is not None for name in _ERASED)
            record.update(dict.fromkeys(_ERASED))
    if held:
        shards.write(path, RAW, records)
    return dropped


def drop_forgotten_arrivals(
    desk: Desk, connection: Connection, cleaned: Iterable[str], passed_by: Collection[str]
) -> None:
    """Drop the payloads of arriving documents that turned out to be forgotten ones.

    `cleaned` are the cleaned shards of the batch, `passed_by` the documents that a person took
    back, or that are known; of these, those with a text or an article that was forgotten. The
    feeds and sitemaps of the batch that name them lose their bodies.
    """
    texts, articles = erasure.forgotten_names(connection)
    if not passed_by or not (texts or articles):
        return
    by_shard: dict[str, set[str]] = {}
    addresses: set[str] = set()
    for path in cleaned:
        columns = ["document_id", "shard_path", "text_sha256", "own_key", "canonical_key", "place",
                   "locator", "url"]  # fmt: skip
        for record in shards.read(path, columns=columns):
            keys = (record["own_key"], record["canonical_key"], f"place:{record['place']}")
            known = record["text_sha256"] in texts or any(
                key and article_id_of(key) in articles for key in keys
            )
            if known and record["document_id"] in passed_by:
                by_shard.setdefault(record["shard_path"], set()).add(record["document_id"])
                addresses |= {record["locator"], record["url"] or record["locator"]}
                addresses |= {f"https://{k}" for k in keys[:2] if k and k[:6] != "place:"}
    for shard_path, documents in by_shard.items():
        drop_payloads(desk.home / shard_path, documents=documents, payloads=())
    folders = {(desk.home / shard_path).parent for shard_path in by_shard}
    answers = [path for folder in folders for path in answer_shards(folder)]
    named = find_naming(answers, Naming.of(addresses))
    fetches.drop_answers(connection, payloads=_hashes(named))
    drop_bodies(answers, named)


def _hashes(named: Mapping[Path, Mapping[str, str | None]]) -> frozenset[str]:
    return frozenset(h for found in named.values() for h in found.values() if h is not None)


def _blank_quotes(pages: Iterable[Path], document_ids: Collection[str]) -> None:
    """Replace what the pages of Data Docs quote of some documents."""
    for page in pages:
        text = page.read_text("utf-8")
        named = [document_id for document_id in document_ids if document_id in text]
        if not named:
            continue
        ids = "|".join(re.escape(document_id) for document_id in named)
        blank = re.sub(rf"({ids})(</code>|:)[^<]*", r"\1\2 (forgotten)", text)
        beside = page.with_name(f".{page.name}.new")
        beside.write_text(blank, "utf-8")
        beside.replace(page)


def _untouched(home: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in home.iterdir() if not _OURS.fullmatch(path.name)))
