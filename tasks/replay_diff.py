"""Read kept payloads anew and tell what a replay would change: the trial of a rule or a version.

Documents go through the stages and workers of a run, on a desk that is thrown away; the warehouse
is only asked. In memory is one piece of documents at a time, and what the tally keeps.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from expectations.articles.failing import failing_articles
from tasks import shards
from tasks.audit import refusal_of
from tasks.clean import clean
from tasks.comparison.tally import FACTS, Compared, Reading, Tally
from tasks.desk import Desk
from tasks.errors import SourceUnavailable
from tasks.extract import extract
from tasks.model import AS_ALL, RULES_VERSION, Reason, Stage, Treatments
from tasks.records import RAW, Record
from tasks.sandbox import Sandbox
from tasks.stage import StageResult, log_stage
from warehouse import ledger, store
from warehouse.connect import Connection
from warehouse.errors import UnknownDocument
from warehouse.trial import ROWS_TABLE, trial_rows

logger = logging.getLogger(__name__)

_BATCH = "replay-diff"
_DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is read anew, and how. `batches` empty: all; `sample`: so many of them, always the same.

    `treatments` are those of the settings; `without_rules` names cleaning rules that are left out.
    """

    batches: tuple[str, ...] = ()
    site: str | None = None
    sample: int | None = None
    without_rules: tuple[str, ...] = ()
    treatments: Treatments = field(default_factory=dict)


def compare(desk: Desk, sandbox: Sandbox, trial: Trial) -> Tally:
    """Read payloads anew, and return what differs from what is published or refused now.

    Raises UnknownBatch; UnknownDocument where nothing stands to be replayed; SourceUnavailable
    where no payload of it is left.
    """
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="copydesk-replay-diff-") as folder:
        scratch = Desk(home=Path(folder))
        chosen = scratch.home / "chosen.parquet"
        with desk.writing("replay --diff") as connection:
            _choose(connection, trial, chosen)
        for number, piece in enumerate(_pieces(desk, chosen, tally)):
            cleaned = _read_anew(scratch, number, piece, sandbox, trial)
            for document in _compared(desk, cleaned.path):
                tally.add(document)
            for path in (scratch.raw(_BATCH), scratch.work(_BATCH)):
                for shard in path.glob("*.parquet"):
                    shard.unlink()
    if not tally.documents:
        raise SourceUnavailable(
            ", ".join(trial.batches) or str(desk.raw(".")),
            Reason.UNREADABLE,
            f"the raw payloads of all {tally.missing} documents are gone",
            "`maintain` pruned them, or they were deleted: nothing can be read anew",
        )
    return tally


def _choose(connection: Connection, trial: Trial, path: Path) -> None:
    for batch in trial.batches:
        ledger.find_batch(connection, batch)
    count = ledger.write_replayable(
        connection, path, batches=trial.batches, site=trial.site, sample=trial.sample
    )
    if count:
        return
    if trial.site is not None:
        raise UnknownDocument(
            f"nothing of site {trial.site} stands to be replayed",
            "`copydesk sql 'SELECT site FROM sites'` lists the sites",
        )
    raise UnknownDocument(
        "nothing stands to be replayed" + (" of " + ", ".join(trial.batches) or ""),
        "taken are documents that gave an article's newest revision, or wait in quarantine",
    )


def _pieces(desk: Desk, chosen: Path, tally: Tally) -> Iterator[list[Record]]:
    """Yield raw records, as many at a time as a shard has; count those whose payload is gone."""
    pending: list[Record] = []
    size = 0
    for shard_path, rows in groupby(shards.read(str(chosen)), key=itemgetter("shard_path")):
        ids = {row["document_id"] for row in rows}
        for record in _records(desk.home / shard_path, frozenset(ids)):
            ids.discard(record["document_id"])
            if shards.is_full(len(pending), size, record["payload_bytes"]):
                yield pending
                pending, size = [], 0
            pending.append(record)
            size += record["payload_bytes"]
        tally.missing += len(ids)
    if pending:
        yield pending


def _records(path: Path, ids: frozenset[str]) -> Iterator[Record]:
    """Yield the records of a raw shard that are wanted and have their payload."""
    if not path.exists():
        return
    all_ids = [record["document_id"] for record in shards.read(str(path), columns=["document_id"])]

    def is_wanted(record: Record) -> bool:
        return record["document_id"] in ids

    start = 0
    for group, rows in enumerate(shards.row_groups(str(path))):
        if not ids.isdisjoint(all_ids[start : start + rows]):
            for record in shards.read_group(str(path), group, wants_payload=is_wanted):
                if record["payload"] is not None:
                    yield record
        start += rows


def _read_anew(
    scratch: Desk, number: int, piece: list[Record], sandbox: Sandbox, trial: Trial
) -> StageResult:
    path = scratch.raw(_BATCH) / f"{number:05d}.parquet"
    shards.write(path, RAW, piece)
    refused = sum(record["reason"] is not None for record in piece)
    raw = StageResult(
        stage=Stage.ACQUIRE,
        shard_no=number,
        path=str(path),
        taken=len(piece),
        given=len(piece) - refused,
        refused=refused,
        seconds=0.0,
    )
    log_stage(logger, _BATCH, raw)
    treatments = _treatments(trial, {record["source_name"] or "" for record in piece})
    extracted = extract.fn(scratch, _BATCH, raw, sandbox, treatments)
    return clean.fn(scratch, _BATCH, extracted, sandbox, treatments)


def _treatments(trial: Trial, names: set[str]) -> Treatments:
    """Leave the rules out for documents of every source."""
    usual = {name: trial.treatments.get(name, AS_ALL) for name in names}
    return {
        name: replace(treatment, skip_rules=(*treatment.skip_rules, *trial.without_rules))
        for name, treatment in usual.items()
    }


def _compared(desk: Desk, path: str) -> Iterator[Compared]:
    """Yield the documents of a cleaned shard beside what the warehouse has of them."""
    records = list(shards.read(path))
    with desk.writing("replay --diff") as connection:
        rows = store.readings(connection, [record["document_id"] for record in records])
        known = store.known(connection, [path], rules_version=RULES_VERSION)
    found = [
        Compared(
            document_id=record["document_id"],
            batch_id=row["batch_id"],
            locator=row["locator"],
            before=_reading(row, row["removed"]),
            after=_judged(record, row, known),
            private=row["held"],
        )
        for record in records
        if (row := rows.get(record["document_id"])) is not None  # else it was forgotten meanwhile
    ]
    yield from _checked(found, path)


def _checked(found: list[Compared], path: str) -> Iterator[Compared]:
    """Let the row checks judge what would be a new revision, as they would in its batch."""
    asking = {document.document_id for document in found if document.is_revision}
    failed = {}
    if asking:
        with trial_rows(path, asking) as connection:
            failed = failing_articles(connection, ROWS_TABLE)
    for document in found:
        checks = failed.get(document.document_id, ())
        after = replace(
            document.after, holding=tuple(c.name for c in checks if c.severity == "hold")
        )
        refusing = [check.name for check in checks if check.severity == "quarantine"]
        if refusing:
            reason, detail = refusal_of(refusing)
            after = replace(after, text=None, reason=reason, detail=detail)
        yield replace(document, after=after)


def _reading(record: Mapping[str, Any], removed: list[Mapping[str, str]]) -> Reading:
    return Reading(
        text=record["text"],
        removed=[(line["rule"], line["text"]) for line in removed],
        facts={} if record["text"] is None else {name: record[name] for name in FACTS},
        reason=record["reason"],
        detail=record["detail"],
    )


def _judged(record: Record, row: Mapping[str, Any], known: store.Known) -> Reading:
    """Return the new reading, refused where more than rules and checks keep it from an article.

    That is: a person took it back, or another article has its text.
    """
    after = _reading(record, record["removed"] or [])
    if row["text"] is not None or (after.text is None and row["reason"] != Reason.WITHDRAWN):
        return after
    if row["reason"] == Reason.WITHDRAWN:
        return replace(after, text=None, reason=Reason.WITHDRAWN, detail=row["detail"])
    if record["text_sha256"] in known.banned_texts:
        return replace(after, text=None, reason=Reason.WITHDRAWN)
    if record["text_sha256"] in known.texts:
        return replace(after, text=None, reason=_DUPLICATE)
    return after
