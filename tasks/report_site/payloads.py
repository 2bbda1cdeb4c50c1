"""Payloads from the raw shards, as lines to look at: a bounded part of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks import shards
from tasks.extraction.decode import decode
from tasks.model import Kind
from tasks.readers.sniff import BINARY, PREFIX_BYTES, binary_type
from tasks.records import Record
from tasks.reporting.limits import RAW_BYTES
from tasks.reporting.pages.documents import RawPage
from tasks.reporting.raw_lines import raw_lines

Row = Mapping[str, Any]


def raw_pages(home: Path, documents: Sequence[Row]) -> dict[str, RawPage]:
    """Return the pages as they arrived of those documents whose payload is still kept.

    `documents` have `document_id` and `shard_path`; shards that were pruned are passed over.
    """
    by_shard: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        by_shard[document["shard_path"]].add(document["document_id"])
    return {
        record["document_id"]: _page(record)
        for shard_path, wanted in by_shard.items()
        for record in _records(home / shard_path, wanted)
    }


def _records(path: Path, wanted: set[str]) -> Iterator[Record]:
    """Yield the wanted records of a raw shard; only the row groups that hold them are read."""
    if not path.is_file():
        return
    ids = [record["document_id"] for record in shards.read(str(path), columns=["document_id"])]

    def is_wanted(record: Record) -> bool:
        return record["document_id"] in wanted

    first = 0
    for group, rows in enumerate(shards.row_groups(str(path))):
        if not wanted.isdisjoint(ids[first : first + rows]):
            for record in shards.read_group(str(path), group, wants_payload=is_wanted):
                if record["payload"] is not None:
                    yield record
        first += rows


def _page(record: Record) -> RawPage:
    payload: bytes = record["payload"]
    media_type = binary_type(payload[:PREFIX_BYTES])
    if media_type not in (None, BINARY):  # bytes of no known kind may be a page that is damaged
        return RawPage(lines=[f"{media_type}, no text"])
    kind = Kind(record["kind"])
    whole = len(payload) <= RAW_BYTES
    head = payload if whole else payload[: max(payload.rfind(b" ", 0, RAW_BYTES), 1)]
    text = decode(head, charset=record["charset"], html=kind is Kind.HTML).text
    return RawPage(lines=raw_lines(text, kind), cut_bytes=None if whole else RAW_BYTES)
