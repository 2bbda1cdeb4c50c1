"""What runs inside a worker process: one unit of a shard through the pure functions.

Imported once by the fork server, which warms the engines, so that each worker starts ready.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from tasks import shards
from tasks.cleaning.document import clean_document
from tasks.errors import WorkersUnavailable
from tasks.extraction.document import extract_document
from tasks.garbage import look_seldom
from tasks.model import AS_ALL, Clean, DocumentId, Extracted, Kind, Reason, Refusal, Stage, Taken
from tasks.records import Record, extracted_of, not_extracted, taken_of
from tasks.sandbox import Unit, cpu_limit

_WARM_PAGE = (
    b"<html><head><title>Warm</title></head><body><article><h1>Warm</h1>"
    + b"<p>An engine's first page costs ten times its second.</p>" * 5
    + b"</article></body></html>"
)


def _warm_up() -> None:
    """Send a small page all the way, so that models and caches are shared by every worker."""
    taken = Taken(
        document_id=DocumentId("warm"),
        position=0,
        source="warm",
        source_name=None,
        locator="warm",
        place="warm",
        kind=Kind.HTML,
        url=None,
        payload_sha256=None,
        payload_bytes=len(_WARM_PAGE),
        media_type=None,
        charset=None,
        http_status=None,
        fetched_at=datetime.now(UTC),
        shard_path="",
    )
    found = extract_document(taken, _WARM_PAGE)
    extraction = None if isinstance(found, Refusal) else found
    clean_document(Extracted(taken=taken, extraction=extraction, refusal=None))


def _fault() -> str | None:
    """Warm up; return what went wrong, which in the fork server nobody would hear of."""
    try:
        _warm_up()
    except Exception as error:  # noqa: BLE001 - whatever it is, no worker can do its work
        return _said(error)
    return None


def require_engines() -> None:
    """Raise WorkersUnavailable where the engines and models could not do a first page."""
    if _FAULT is not None:
        raise WorkersUnavailable(
            f"the extraction engines cannot start ({_FAULT})",
            "a file of copydesk is missing or damaged, install it anew",
        )


def extract_unit(unit: Unit) -> list[Extracted]:
    """Extract the documents of a unit of a raw shard; known ones, without payload, pass by."""
    return [_extract(record, unit) for record in _records(unit, wants_payload=_is_work)]


def _records(
    unit: Unit, *, wants_payload: Callable[[Record], bool] | None = None
) -> Iterator[Record]:
    """Yield the records of a unit, of its row group the rows that it names."""
    found = shards.read_group(unit.path, unit.group, wants_payload=wants_payload)
    rows = frozenset(unit.rows)
    return (record for row, record in enumerate(found) if row in rows)


def _is_work(record: Record) -> bool:
    return record["reason"] is None


def _extract(record: Record, unit: Unit) -> Extracted:
    if not _is_work(record) or record["payload"] is None:
        return not_extracted(record, unit.path)
    taken = taken_of(record, unit.path)
    try:
        with cpu_limit(unit.cpu_seconds):
            treatment = unit.treatments.get(taken.source_name or "", AS_ALL)
            found = extract_document(
                taken, record["payload"], treatment.extraction, as_is=unit.as_is
            )
    except MemoryError:
        found = _refused(Stage.EXTRACT, Reason.MEMORY_LIMIT, "needed more memory than a worker has")
    except RecursionError:
        found = _refused(Stage.EXTRACT, Reason.PARSE_DEPTH, "nested deeper than the engine can go")
    except Exception as error:  # noqa: BLE001 - the shard boundary: a bad page is data
        found = _refused(Stage.EXTRACT, Reason.CRASHED, _said(error))
    if isinstance(found, Refusal):
        return Extracted(taken=taken, extraction=None, refusal=found)
    return Extracted(taken=taken, extraction=found, refusal=None)


def clean_unit(unit: Unit) -> list[Clean]:
    """Clean the documents of a unit of an extracted shard."""
    return [_clean(extracted_of(record), unit) for record in _records(unit)]


def _clean(document: Extracted, unit: Unit) -> Clean:
    try:
        with cpu_limit(unit.cpu_seconds):
            treatment = unit.treatments.get(document.taken.source_name or "", AS_ALL)
            return clean_document(
                document,
                frozenset(treatment.skip_rules),
                language=treatment.language,
                as_is=unit.as_is,
            )
    except MemoryError:
        refusal = _refused(Stage.CLEAN, Reason.MEMORY_LIMIT, "needed more memory than a worker has")
    except Exception as error:  # noqa: BLE001 - the shard boundary: a bad page is data
        refusal = _refused(Stage.CLEAN, Reason.CRASHED, _said(error))
    return Clean(taken=document.taken, article=None, refusal=refusal, site=None, removed=())


def _refused(stage: Stage, reason: Reason, detail: str) -> Refusal:
    return Refusal(stage=stage, reason=reason, detail=detail)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


_FAULT = _fault()
# What is there now stays: a worker that looked through it for garbage took a twentieth longer.
gc.collect()
gc.freeze()
look_seldom()
