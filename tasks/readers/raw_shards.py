"""Read documents again from the raw shards of a batch: the source of every replay."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from tasks import shards
from tasks.errors import SourceUnavailable
from tasks.model import Kind, RawItem, Reason, Refusal
from tasks.records import Record, refusal_of

RAW_SHARDS = "raw_shards"
"""The kind of such a source; no caller of `run` can name it."""


def replay(
    folder: Path, *, documents: Collection[str] | None, skip: Collection[str] = frozenset()
) -> Iterator[RawItem]:
    """Yield what the raw shards in `folder` hold, or only the documents (ids) named.

    Facts of the first taking-in stay: locator, place, source, address, headers, time. Raises
    SourceUnavailable when the payloads were pruned.
    """
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        raise SourceUnavailable(
            str(folder),
            Reason.UNREADABLE,
            "the raw payloads of this batch are gone (pruned by `maintain`, or deleted)",
        )
    for path in paths:
        for record in shards.read(str(path)):
            if record["locator"] in skip or record["payload"] is None:
                continue
            if documents is None or record["document_id"] in documents:
                yield _item(record, refusal_of(record))


def _item(record: Record, refusal: Refusal | None) -> RawItem:
    return RawItem(
        locator=record["locator"],
        place=record["place"],
        kind=Kind(record["kind"]),
        payload=record["payload"],
        fetched_at=record["fetched_at"],
        media_type=record["media_type"],
        charset=record["charset"],
        url=record["url"],
        http_status=record["http_status"],
        http_headers=record["http_headers"],
        http_earlier=record.get("http_earlier"),  # shards of an earlier version have none
        refusal=refusal,
        source_name=record["source_name"],
    )
