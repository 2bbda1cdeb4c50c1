"""Records: the rows of the shards, made of the nouns of the model and read back into them."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.model import (
    Article,
    Clean,
    Dated,
    Extracted,
    Extraction,
    Kind,
    RawDocument,
    Reason,
    Refusal,
    RemovedLine,
    Stage,
    Taken,
)

_WHEN = pa.timestamp("us", tz="UTC")
Columns = list[tuple[str, pa.DataType]]
_REMOVED = pa.list_(
    pa.struct([("line_no", pa.int32()), ("text", pa.string()), ("rule", pa.string())])
)
_REFUSAL: Columns = [("stage", pa.string()), ("reason", pa.string()), ("detail", pa.string())]

_RAW: Columns = [
    ("document_id", pa.string()),
    ("batch_id", pa.string()),
    ("position", pa.int64()),
    ("source", pa.string()),
    ("source_name", pa.string()),
    ("locator", pa.string()),
    ("place", pa.string()),
    ("kind", pa.string()),
    ("payload", pa.binary()),
    ("payload_sha256", pa.string()),
    ("payload_bytes", pa.int64()),
    ("media_type", pa.string()),
    ("charset", pa.string()),
    ("url", pa.string()),
    ("fetched_at", _WHEN),
    ("http_status", pa.int32()),
    ("http_headers", pa.string()),
    ("http_earlier", pa.string()),
    *_REFUSAL,
]
_TAKEN: Columns = [
    ("document_id", pa.string()),
    ("position", pa.int64()),
    ("source", pa.string()),
    ("source_name", pa.string()),
    ("locator", pa.string()),
    ("place", pa.string()),
    ("kind", pa.string()),
    ("url", pa.string()),
    ("payload_sha256", pa.string()),
    ("payload_bytes", pa.int64()),
    ("media_type", pa.string()),
    ("charset", pa.string()),
    ("http_status", pa.int32()),
    ("fetched_at", _WHEN),
    ("shard_path", pa.string()),
]
_EXTRACTION: Columns = [
    ("text", pa.string()),
    ("extractor", pa.string()),
    ("title", pa.string()),
    ("title_source", pa.string()),
    ("authors", pa.list_(pa.string())),
    ("author_source", pa.string()),
    ("published_on", pa.date32()),
    ("published_at", _WHEN),
    ("date_source", pa.string()),
    ("date_flag", pa.string()),
    ("modified_at", _WHEN),
    ("site_name", pa.string()),
    ("canonical_url", pa.string()),
    ("own_url", pa.string()),
    ("language", pa.string()),
    ("section", pa.string()),
    ("tags", pa.list_(pa.string())),
    ("image_url", pa.string()),
]
_ARTICLE: Columns = [
    ("canonical_url", pa.string()),
    ("canonical_key", pa.string()),
    ("own_key", pa.string()),
    ("site_name", pa.string()),
    ("title", pa.string()),
    ("title_source", pa.string()),
    ("authors", pa.list_(pa.string())),
    ("author_source", pa.string()),
    ("published_at", _WHEN),
    ("published_on", pa.date32()),
    ("date_source", pa.string()),
    ("date_flag", pa.string()),
    ("modified_at", _WHEN),
    ("language", pa.string()),
    ("section", pa.string()),
    ("tags", pa.list_(pa.string())),
    ("image_url", pa.string()),
    ("text", pa.string()),
    ("text_sha256", pa.string()),
    ("text_chars", pa.int32()),
    ("text_words", pa.int32()),
    ("lines_removed", pa.int32()),
    ("extractor", pa.string()),
]
RAW = pa.schema(_RAW)
EXTRACTED = pa.schema([*_TAKEN, *_EXTRACTION, *_REFUSAL, ("removed", _REMOVED)])
CLEAN = pa.schema([*_TAKEN, ("site", pa.string()), *_ARTICLE, *_REFUSAL, ("removed", _REMOVED)])
VERDICT = pa.schema(
    [
        ("document_id", pa.string()),
        ("outcome", pa.string()),
        *_REFUSAL,
        ("article_id", pa.string()),
        ("twin_of", pa.string()),
    ]
)

Record = dict[str, Any]


def raw_record(document: RawDocument) -> Record:
    """Flatten a raw document into the columns of its shard."""
    return _columns_of(document)


def _columns_of(facts: RawDocument | Taken | Extraction | Article | RemovedLine) -> Record:
    """Return the fields by name; `asdict` copies each value, and takes many times as long."""
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def taken_of(record: Record, shard_path: str) -> Taken:
    """Make the facts that later shards repeat from a record of a raw shard."""
    names = [name for name, _ in _TAKEN if name not in {"shard_path", "kind"}]
    facts: dict[str, Any] = {name: record[name] for name in names}
    below_home = "/".join(Path(shard_path).parts[-3:])  # raw/<batch>/<shard>: a home can move
    return Taken(kind=Kind(record["kind"]), shard_path=below_home, **facts)


def refusal_of(record: Record) -> Refusal | None:
    """Read the refusal columns of a record."""
    if record["reason"] is None:
        return None
    return Refusal(
        stage=Stage(record["stage"]), reason=Reason(record["reason"]), detail=record["detail"] or ""
    )


def not_extracted(record: Record, shard_path: str) -> Extracted:
    """Make the document of a raw record that passes extraction by: refused, or known already."""
    taken = taken_of(record, shard_path)
    return Extracted(taken=taken, extraction=None, refusal=refusal_of(record))


def extracted_record(document: Extracted) -> Record:
    """Flatten a document behind the extract stage."""
    record = _columns_of(document.taken) | _refusal_columns(document.refusal)
    found = document.extraction
    if found is None and document.refusal is not None:
        record["own_url"] = document.refusal.stated_url
    if found is not None:
        facts = _columns_of(found)
        published: Dated = facts.pop("published")
        facts["own_url"] = facts.pop("url")
        record |= facts
        record |= {
            "published_on": published.on,
            "published_at": published.at,
            "date_source": published.source,
            "date_flag": published.flag,
            "removed": [_columns_of(line) for line in found.removed],
        }
    return record


def extracted_of(record: Record) -> Extracted:
    """Read a document behind the extract stage."""
    taken = taken_of(record, record["shard_path"])
    if record["text"] is None:
        refusal = refusal_of(record)
        if refusal is not None:
            refusal = replace(refusal, stated_url=record["own_url"])
        return Extracted(taken=taken, extraction=None, refusal=refusal)
    names = [name for name, _ in _EXTRACTION]
    facts: dict[str, Any] = {name: record[name] for name in names}
    published = Dated(
        on=facts.pop("published_on"),
        at=facts.pop("published_at"),
        source=facts.pop("date_source"),
        flag=facts.pop("date_flag"),
    )
    facts["authors"] = tuple(facts["authors"] or ())
    facts["tags"] = tuple(facts["tags"] or ())
    facts["url"] = facts.pop("own_url")
    extraction = Extraction(published=published, removed=_removed_of(record), **facts)
    return Extracted(taken=taken, extraction=extraction, refusal=refusal_of(record))


def clean_record(document: Clean) -> Record:
    """Flatten a document behind the clean stage."""
    record = _columns_of(document.taken) | {"site": document.site}
    if document.article is not None:
        record |= _columns_of(document.article)
    record |= _refusal_columns(document.refusal)
    record["removed"] = [_columns_of(line) for line in document.removed]
    return record


def _refusal_columns(refusal: Refusal | None) -> Record:
    if refusal is None:
        return {"stage": None, "reason": None, "detail": None}
    return {"stage": refusal.stage, "reason": refusal.reason, "detail": refusal.detail}


def _removed_of(record: Record) -> tuple[RemovedLine, ...]:
    return tuple(RemovedLine(**line) for line in record["removed"] or ())
