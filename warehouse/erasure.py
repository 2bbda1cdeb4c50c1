"""Erase for good: what the ledger knows of documents that a person had forgotten.

The tables lose text, metadata, removed lines and quotes in one transaction with the decision; the
rows of the documents stay, so that the books balance. What files still hold is listed as pending,
until somebody says that it is gone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse.connect import Connection, transaction, translated
from warehouse.decisions import Decision, record
from warehouse.errors import DecisionRefused, UnknownDocument
from warehouse.sql import query

VERB = "forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A document that was erased, and the raw shard that may hold its payload."""

    document_id: str
    batch_id: str
    shard_path: str


def forget(connection: Connection, decision: Decision, *, document_id: str, at: datetime) -> None:
    """Erase a document, and all that holds the same, from the tables; record the decision.

    Asked again for one whose files still wait, it does nothing. Raises DecisionRefused when all of
    it is erased already, or when a batch is not finished, whose files may hold it.
    """
    waiting = connection.execute(
        "SELECT batch_id FROM ops.batch WHERE gate IS NULL ORDER BY sequence LIMIT 1"
    ).fetchone()
    if waiting is not None:
        raise DecisionRefused(
            f"batch {waiting[0]} is not finished, and may hold some of it",
            "any `copydesk run` finishes it; then ask again",
        )
    with transaction(connection):
        connection.execute(query("forget_documents"), {"document_id": document_id, "at": at})
        fresh = [row.document_id for row in _of(connection, "forgotten_at = $at", {"at": at})]
        if fresh:
            record(connection, decision)
            _erase_rows(connection, fresh)
        elif not pending(connection):
            raise DecisionRefused(f"document {document_id} is forgotten already", "nothing is left")


def _erase_rows(connection: Connection, document_ids: Collection[str]) -> None:
    ids = {"ids": list(document_ids)}
    chosen = "document_id IN (SELECT unnest($ids::VARCHAR[]))"
    for table in ("published.article_revision", "published.removed_line"):
        connection.execute(f"DELETE FROM {table} WHERE {chosen}", ids)
    connection.execute(f"UPDATE raw.document SET detail = NULL WHERE {chosen}", ids)
    for batch_id, suite, expectation, details in connection.execute(
        "SELECT batch_id, suite, expectation, details FROM ops.check_result "
        "WHERE details LIKE '%\"examples\"%'"
    ).fetchall():
        kept = without_quotes(details, document_ids)
        if kept != details:
            connection.execute(
                "UPDATE ops.check_result SET details = $details WHERE batch_id = $batch_id "
                "AND suite = $suite AND expectation = $expectation",
                {
                    "details": kept,
                    "batch_id": batch_id,
                    "suite": suite,
                    "expectation": expectation,
                },
            )


def without_quotes(details: str, document_ids: Collection[str]) -> str:
    """Leave the quotes of some documents out of the details of a check."""
    said = json.loads(details)
    kept = [quote for quote in said.get("examples", ()) if quote["document_id"] not in document_ids]
    if len(kept) == len(said.get("examples", ())):
        return details
    return json.dumps(said | {"examples": kept}, ensure_ascii=False)


def pending(connection: Connection) -> list[Forgotten]:
    """Return the documents some of whose files are still to be rewritten."""
    return _of(connection, "erased_at IS NULL", {})


def erased(connection: Connection, *, at: datetime) -> None:
    """Note that no file holds anything of what was pending."""
    connection.execute(
        "UPDATE ops.forgotten SET erased_at = $at WHERE erased_at IS NULL", {"at": at}
    )


def _of(connection: Connection, where: str, values: dict[str, object]) -> list[Forgotten]:
    rows = connection.execute(
        f"SELECT document_id, batch_id, shard_path FROM ops.forgotten WHERE {where} "
        "ORDER BY document_id",
        values,
    ).fetchall()
    return [
        Forgotten(document_id=document, batch_id=batch, shard_path=path)
        for document, batch, path in rows
    ]


def forgotten_arrivals(
    connection: Connection, arriving: Collection[tuple[str, str, str | None]]
) -> frozenset[str]:
    """Return which arriving documents (id, place, payload hash) were forgotten."""
    rows = connection.execute(
        query("forgotten_arrivals"),
        {
            "document_ids": [document for document, _, _ in arriving],
            "places": [place for _, place, _ in arriving],
            "payloads": [payload for _, _, payload in arriving],
        },
    ).fetchall()
    return frozenset(row[0] for row in rows)


def forgotten_names(connection: Connection) -> tuple[frozenset[str], frozenset[str]]:
    """Return the texts (hashes) and the articles that were forgotten."""
    rows = connection.execute("SELECT DISTINCT text_sha256, article_id FROM ops.forgotten")
    found = rows.fetchall()
    return frozenset(t for t, _ in found if t), frozenset(a for _, a in found if a)


def forgotten_addresses(connection: Connection) -> frozenset[str]:
    """Return every address that is known of what was forgotten."""
    if connection.execute("SELECT 1 FROM ops.forgotten LIMIT 1").fetchone() is None:
        return frozenset()  # as on most desks: no document needs a look
    rows = connection.execute(query("forgotten_addresses")).fetchall()
    return frozenset(row[0] for row in rows)


def rewrite_file(file: Path, *, open_file: Callable[[Path], Connection]) -> None:
    """Copy a warehouse beside itself and rename the copy over it.

    `open_file` opens it once nobody else looks into it. A deleted row stays in the blocks of the
    file until they are used again; in a copy it is not.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    with translated(str(file)):
        connection = open_file(file)
        try:
            path = str(beside).replace("'", "''")
            name = connection.execute("SELECT current_database()").fetchone()
            if name is None:
                raise UnknownDocument(f"{file} has no name", "please report this defect")
            connection.execute(f"ATTACH '{path}' AS rewritten")
            connection.execute(f'COPY FROM DATABASE "{name[0]}" TO rewritten')
            connection.execute("CHECKPOINT rewritten")
            connection.execute("DETACH rewritten")
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
    descriptor = os.open(beside, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(file)
    for stray in file.parent.glob(f".{file.name}.*.new*"):
        stray.unlink(missing_ok=True)
