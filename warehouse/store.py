"""What a batch asks of the warehouse and leaves there: known content, publishing, its books.

The room knows tables, paths and plain values; what they mean is decided in `tasks`. Every
function takes an open connection, and whoever writes holds the writer's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.connect import Connection, transaction
from warehouse.rows import Row, rows_of
from warehouse.sql import query
from warehouse.staging import clear_staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the warehouse knows of the places, payloads and texts of a batch.

    `places`: place -> newest content. `refused`: (place, payload or reason) -> was it withdrawn.
    `banned_payloads`, `banned_texts`: what a person rejected or withdrew -> its article.
    `texts`: text hash -> the article that has it as its newest text.
    """

    candidates: Sequence[Row]
    places: Mapping[str, Row]
    refused: Mapping[tuple[str, str], bool]
    banned_payloads: Mapping[tuple[str, str], str | None]
    banned_texts: Mapping[str, str | None]
    texts: Mapping[str, str]


def known_payloads(
    connection: Connection, arriving: Sequence[tuple[str, str, str]], *, rules_version: str
) -> dict[str, str]:
    """Return which of (document id, place, payload hash) need no new look.

    The answer maps document ids to the shards (paths below the home) that keep their payloads.
    """
    if not arriving:
        return {}
    document_ids, places, payloads = (list(column) for column in zip(*arriving, strict=True))
    return dict(
        connection.execute(
            query("known_payloads"),
            {
                "document_ids": document_ids,
                "places": places,
                "payloads": payloads,
                "rules_version": rules_version,
            },
        ).fetchall()
    )


def known(connection: Connection, paths: Sequence[str], *, rules_version: str) -> Known:
    """Return the documents of cleaned shards, and what is known of their places and texts."""
    shards = {"paths": list(paths)}
    ruled = shards | {"rules_version": rules_version}
    return Known(
        candidates=rows_of(connection, query("candidates"), shards),
        places={str(r["place"]): r for r in rows_of(connection, query("known_places"), shards)},
        refused={
            (place, payload): withdrawn
            for place, payload, withdrawn in connection.execute(
                query("known_refusals"), ruled
            ).fetchall()
        },
        banned_payloads={
            (place, payload): article
            for place, payload, article in connection.execute(
                query("banned_payloads"), shards
            ).fetchall()
        },
        banned_texts=dict(connection.execute(query("banned_texts"), shards).fetchall()),
        texts=dict(connection.execute(query("known_texts"), shards).fetchall()),
    )


def corrected(connection: Connection, paths: Sequence[str]) -> dict[str, str]:
    """Return the documents of cleaned shards that state a known text's facts anew -> article."""
    return dict(connection.execute(query("corrected"), {"paths": list(paths)}).fetchall())


def readings(connection: Connection, document_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return how some documents were read: as an article's newest revision, or refused."""
    found = rows_of(connection, query("readings"), {"document_ids": list(document_ids)})
    return {str(row["document_id"]): row for row in found}


def known_articles(connection: Connection, article_ids: Collection[str]) -> dict[str, Row]:
    """Return text_sha256, own_keys and withdrawn of each known article among `article_ids`."""
    found = rows_of(connection, query("known_articles"), {"article_ids": list(article_ids)})
    return {str(row["article_id"]): row for row in found}


def texts_of_articles(connection: Connection, article_ids: Collection[str]) -> dict[str, str]:
    """Return the newest text of each of some articles."""
    return dict(
        connection.execute(
            query("texts_of_articles"), {"article_ids": list(article_ids)}
        ).fetchall()
    )


def texts_of_documents(
    connection: Connection, paths: Sequence[str], document_ids: Collection[str]
) -> dict[str, str]:
    """Return the cleaned text of each of some documents of cleaned shards."""
    return dict(
        connection.execute(
            query("texts_of_documents"),
            {"paths": list(paths), "document_ids": list(document_ids)},
        ).fetchall()
    )


def publish(
    connection: Connection,
    *,
    batch_id: str,
    batch_sequence: int,
    rules_version: str,
    gate: str,
    why: str | None,
    held_sites: Collection[str],
    checks: Sequence[Row],
    balanced: Callable[[dict[str, int]], None],
) -> dict[str, int]:
    """Move a staged batch behind the gate in one transaction: published, or held for a person.

    `gate` is published, held, partly_held or nothing_new; `held_sites` are kept although the
    batch passes. What `profile_sites` prepared becomes history. Returns the books; `balanced` sees
    them before the commit, and when it raises all is as before. Checkpoints afterwards, so that no
    tail of the log can be lost.
    """
    held = {"held": gate == "held", "held_sites": list(held_sites)}
    with transaction(connection):
        for table in (
            "raw.document",
            "published.article_revision",
            "published.removed_line",
            "ops.site_profile",
        ):
            connection.execute(
                f"DELETE FROM {table} WHERE batch_id = $batch_id", {"batch_id": batch_id}
            )
        connection.execute(
            query("publish_revisions"),
            held
            | {
                "batch_id": batch_id,
                "batch_sequence": batch_sequence,
                "rules_version": rules_version,
            },
        )
        connection.execute(query("publish_documents"), held | {"batch_id": batch_id})
        connection.execute(query("publish_removed_lines"), {"batch_id": batch_id})
        connection.execute(query("publish_sites"), held | {"batch_id": batch_id})
        record_checks(connection, batch_id, checks)
        clear_staging(connection, batch_id)
        connection.execute(
            "UPDATE ops.batch SET gate = $gate, gate_why = $why, finished_at = now() "
            "WHERE batch_id = $batch_id",
            {"gate": gate, "why": why, "batch_id": batch_id},
        )
        books = counts(connection, batch_id)
        balanced(books)
    connection.execute("CHECKPOINT")
    return books


def record_checks(connection: Connection, batch_id: str, checks: Sequence[Row]) -> None:
    """Keep every result of the audit; again is safe."""
    connection.execute(
        "DELETE FROM ops.check_result WHERE batch_id = $batch_id", {"batch_id": batch_id}
    )
    if checks:
        connection.executemany(
            "INSERT INTO ops.check_result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    batch_id,
                    c["suite"],
                    c["expectation"],
                    c["column_name"],
                    c["severity"],
                    c["success"],
                    c["evaluated_count"],
                    c["unexpected_count"],
                    c["observed"],
                    c["details"],
                )
                for c in checks
            ],
        )


def counts(connection: Connection, batch_id: str) -> dict[str, int]:
    """Return the books of a batch: documents and the six outcomes."""
    found = rows_of(
        connection,
        "SELECT documents, published, unchanged, duplicate, quarantined, failed, held "
        "FROM main.batches WHERE batch_id = $batch_id",
        {"batch_id": batch_id},
    )
    return {name: int(str(value)) for name, value in found[0].items()}


def status_of(connection: Connection, batch_id: str) -> tuple[str, str | None]:
    """Return the status of a batch and why."""
    row = connection.execute(
        "SELECT status, why FROM main.batches WHERE batch_id = $b", {"b": batch_id}
    ).fetchone()
    assert row is not None
    return str(row[0]), row[1]
