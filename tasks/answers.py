"""The answers that are no document's, at rest: robots.txt, feeds, sitemaps, home pages.

They lie beside the payloads of their batch, in shards of the same form and bounds, and in no book:
nothing counts, replays or publishes them, and they are pruned with the payloads. What such a body
tells of an article that was forgotten cannot be cut out of it, so the whole body goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from tasks import shards
from tasks.desk import Desk
from tasks.model import RawItem, sha256_of, short_hash
from tasks.naming import Naming, earlier_of
from tasks.records import RAW, Record
from warehouse import erasure, fetches
from warehouse.fetches import AnswerRow

_FOLDER = "answers"


def answer_shards(folder: Path) -> list[Path]:
    """Return the shards of answers that lie with the payloads of a batch, in their order."""
    return sorted((folder / _FOLDER).glob("*.parquet"))


def keep_answers(desk: Desk, batch_id: str, answers: Iterable[RawItem]) -> None:
    """Write all answers of a spool into shards of its batch; again gives the same shards.

    They stand behind those that an earlier spool of the batch left, if that one is gone. A body
    that is kept already is named by its hash alone, and one that names something forgotten is not
    kept.
    """
    records = (_record(batch_id, number, item) for number, item in enumerate(answers))
    begin = next(records, None)
    if begin is None:
        return
    first = shard_no = _first_shard(desk.raw(batch_id), begin)
    pending: list[Record] = []
    pending_bytes = 0
    for record in chain((begin,), records):
        if shards.is_full(len(pending), pending_bytes, record["payload_bytes"]):
            _write(desk, batch_id, first, shard_no, pending)
            pending, pending_bytes, shard_no = [], 0, shard_no + 1
        pending.append(record)
        pending_bytes += record["payload_bytes"]
    _write(desk, batch_id, first, shard_no, pending)


def _first_shard(folder: Path, begin: Record) -> int:
    """Return the shard that begins with a record: its spool wrote it; else the next one."""
    free = 0
    for path in answer_shards(folder):
        opening = next(shards.read(str(path), columns=["document_id"]))
        if opening["document_id"] == begin["document_id"]:
            return int(path.stem)
        free = int(path.stem) + 1
    return free


def _record(batch_id: str, number: int, item: RawItem) -> Record:
    record = asdict(item)
    del record["refusal"]
    return record | {
        "document_id": short_hash(
            batch_id, _FOLDER, str(number), item.locator, item.fetched_at.isoformat()
        ),
        "batch_id": batch_id,
        "position": number,
        "source": item.locator,
        "payload_sha256": None if item.payload is None else sha256_of(item.payload),
        "payload_bytes": len(item.payload or b""),
    }


def _write(desk: Desk, batch_id: str, first: int, shard_no: int, records: list[Record]) -> None:
    folder = f"raw/{batch_id}/{_FOLDER}"
    below_home = f"{folder}/{shard_no:05d}.parquet"
    with desk.writing("keep answers") as connection:
        forgotten = Naming.of(erasure.forgotten_addresses(connection))
        known = fetches.known_answers(connection, {record["url"] for record in records} - {None})
    newest: dict[str, AnswerRow] = {}
    unkept: set[str] = set()
    for record in records:
        url, digest = record["url"], record["payload_sha256"]
        before = known.get(url)
        if forgotten.is_in(record):
            _clear(record)
        if digest is None:
            record["payload_sha256"] = before.payload_sha256 if before else None
        elif record["payload"] is None:
            unkept.add(url)
        elif before and before.payload_sha256 == digest and _keeps(desk, before, folder, first):
            record["payload"] = None
        else:
            newest[url] = AnswerRow(url=url, payload_sha256=digest, shard_path=below_home)
    shards.write(desk.home / below_home, RAW, records)
    if newest or unkept:
        with desk.writing("keep answers") as connection:
            fetches.drop_answers(connection, urls=unkept)
            fetches.record_answers(connection, list(newest.values()))


def _keeps(desk: Desk, row: AnswerRow, folder: str, first: int) -> bool:
    """Say whether a body is kept where nothing is about to be written (again): from `first` on."""
    path = Path(row.shard_path)
    is_ours = path.parent == Path(folder) and int(path.stem) >= first
    return not is_ours and (desk.home / path).exists()


def find_naming(paths: Iterable[Path], naming: Naming) -> dict[Path, dict[str, str | None]]:
    """Return, by shard, the answers (ids) whose bodies name an address, with the body's hash."""
    found: dict[Path, dict[str, str | None]] = {}
    for path in paths:
        records = shards.read(str(path))
        named = {r["document_id"]: r["payload_sha256"] for r in records if naming.is_in(r)}
        if named:
            found[path] = named
    return found


def drop_bodies(paths: Iterable[Path], named: Mapping[Path, Mapping[str, str | None]]) -> int:
    """Rewrite shards of answers without the bodies that were found; return of how many answers.

    `paths` are all shards that may tell of such a body without holding it (it was not sent or kept
    again); they lose its hash first, so that after a kill what is left is found again. Each shard
    is rewritten whole or not at all. What was answered otherwise (status, headers, times) stays.
    """
    gone = {digest for found in named.values() for digest in found.values()} - {None}
    for path in paths:
        digests = shards.read(str(path), columns=["payload_sha256"])
        if gone.isdisjoint(record["payload_sha256"] for record in digests):
            continue
        records = list(shards.read(str(path)))
        told = [r for r in records if r["payload"] is None and r["payload_sha256"] in gone]
        for record in told:
            record["payload_sha256"] = None
        if told:
            shards.write(path, RAW, records)
    for path, ids in named.items():
        records = list(shards.read(str(path)))
        for record in records:
            if record["document_id"] in ids:
                _clear(record)
        shards.write(path, RAW, records)
    return sum(map(len, named.values()))


def _clear(record: Record) -> None:
    """Take every body out of a record, and the hash of what it held: no record holds that now."""
    earlier = [answer | {"body": None} for answer in earlier_of(record)]
    if record["payload"] is not None:
        record |= {"payload": None, "payload_sha256": None}
    record["http_earlier"] = json.dumps(earlier, ensure_ascii=False) if earlier else None
