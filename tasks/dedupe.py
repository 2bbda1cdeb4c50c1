"""Decide what is new: the one place where the shards of a batch meet each other and the past."""

from __future__ import annotations

from pathlib import Path

from tasks import shards
from tasks.desk import Desk
from tasks.erasure import drop_forgotten_arrivals
from tasks.identity.decide import (
    ArticleKnown,
    Candidate,
    Memory,
    PlaceKnown,
    Verdict,
    article_ids_of,
    contested,
    decide,
)
from tasks.model import Reason, Refusal
from tasks.orchestration import verb
from tasks.records import VERDICT, Record, refusal_of
from tasks.stage import StageResult
from warehouse import store
from warehouse.connect import Connection
from warehouse.rows import Row


@verb("dedupe")
def dedupe(
    connection: Connection,
    desk: Desk,
    batch_id: str,
    cleaned: list[StageResult],
    rules: str,
    look_again: bool = False,
) -> Path:
    """Write the verdict on each document of the batch to a Parquet file, and return its path.

    `look_again`: better facts of a known text are a new revision, too.
    """
    paths = [shard.path for shard in cleaned]
    refusals = _refusals(paths)
    known = store.known(connection, paths, rules_version=rules)
    candidates = [_candidate(row, refusals) for row in known.candidates]
    memory = _memory(known)
    if look_again:
        memory.corrected = store.corrected(connection, paths)
    articles = store.known_articles(connection, article_ids_of(candidates, memory))
    for article, row in articles.items():
        memory.articles[article] = ArticleKnown(
            text_sha256=_text(row["text_sha256"]),
            own_keys=frozenset(row["own_keys"] or ()),  # type: ignore[call-overload]
            withdrawn=bool(row["withdrawn"]),
        )
    disputed, documents = contested(candidates, memory)
    if disputed:
        memory.article_texts = store.texts_of_articles(connection, disputed)
        memory.document_texts = store.texts_of_documents(connection, paths, documents)
    verdicts = decide(candidates, memory)
    passed_by = {v.document_id for v in verdicts if _is_passed_by(v)}
    drop_forgotten_arrivals(desk, connection, paths, passed_by)
    path = desk.work(batch_id) / "verdicts.parquet"
    shards.write(path, VERDICT, [_record(verdict) for verdict in verdicts])
    return path


def _is_passed_by(verdict: Verdict) -> bool:
    """Say whether a person took this back, now or when the same was refused before."""
    refusal = verdict.refusal
    return verdict.outcome == "unchanged" or (
        refusal is not None and refusal.reason is Reason.WITHDRAWN
    )


def _refusals(paths: list[str]) -> dict[str, Refusal]:
    columns = ["document_id", "stage", "reason", "detail"]
    found: dict[str, Refusal] = {}
    for path in paths:
        for record in shards.read(path, columns=columns):
            refusal = refusal_of(record)
            if refusal is not None:
                found[record["document_id"]] = refusal
    return found


def _candidate(row: Row, refusals: dict[str, Refusal]) -> Candidate:
    document_id = str(row["document_id"])
    return Candidate(
        document_id=document_id,
        place=str(row["place"]),
        payload_sha256=_text(row["payload_sha256"]),
        refusal=refusals.get(document_id),
        own_key=_text(row["own_key"]),
        canonical_key=_text(row["canonical_key"]),
        text_sha256=_text(row["text_sha256"]),
    )


def _memory(known: store.Known) -> Memory:
    return Memory(
        places={
            place: PlaceKnown(
                payload_sha256=_text(row["payload_sha256"]),
                text_sha256=_text(row["text_sha256"]),
                article_id=_text(row["article_id"]),
                own_key=_text(row["own_key"]),
                canonical_key=_text(row["canonical_key"]),
            )
            for place, row in known.places.items()
        },
        article_of_text={text: (article, None) for text, article in known.texts.items()},
        refused=known.refused,
        banned_payloads=known.banned_payloads,
        banned_texts=known.banned_texts,
    )


def _record(verdict: Verdict) -> Record:
    refusal = verdict.refusal
    return {
        "document_id": verdict.document_id,
        "outcome": verdict.outcome,
        "stage": refusal.stage if refusal else None,
        "reason": refusal.reason if refusal else None,
        "detail": refusal.detail if refusal else None,
        "article_id": verdict.article_id,
        "twin_of": verdict.twin_of,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
