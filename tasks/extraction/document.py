"""From the bytes of one document to what its extractor claims: the way by kind, in one place."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from tasks.extraction.decode import decode
from tasks.extraction.html import extract_html
from tasks.extraction.metadata.dates import parse_stated
from tasks.extraction.plain import extract_plain
from tasks.extraction.record import Record, parse_record
from tasks.model import Extraction, Kind, Mode, Reason, Refusal, Stage, Taken


def extract_document(
    taken: Taken, payload: bytes, mode: Mode = Mode.AUTO, *, as_is: bool = False
) -> Extraction | Refusal:
    """Extract one document by its kind. Runs in a worker under limits set from outside.

    `mode` says which mistake to avoid where HTML leaves the text in doubt; `as_is` that a person
    vouches for it.

    Every string of the result can be written as UTF-8.
    """
    if not payload.strip():
        return Refusal(
            stage=Stage.EXTRACT, reason=Reason.EMPTY_BODY, detail="the document has no content"
        )
    match taken.kind:
        case Kind.HTML:
            page = decode(payload, charset=taken.charset, html=True).text
            found = extract_html(
                page, url=taken.url, fetched_at=taken.fetched_at, mode=mode, as_is=as_is
            )
        case Kind.TEXT:
            text = decode(payload, charset=taken.charset, html=False).text
            found = extract_plain(text, fetched_at=taken.fetched_at)
        case Kind.RECORD:
            found = _extract_record(taken, payload, mode, as_is=as_is)
    return found if isinstance(found, Refusal) else _encodable(found)


def _extract_record(
    taken: Taken, payload: bytes, mode: Mode, *, as_is: bool
) -> Extraction | Refusal:
    record = parse_record(payload)
    if isinstance(record, Refusal):
        return record
    if record.html is not None:
        url = record.url or taken.url
        found = extract_html(
            record.html, url=url, fetched_at=taken.fetched_at, mode=mode, as_is=as_is
        )
    else:
        found = extract_plain(record.text or "", fetched_at=taken.fetched_at)
    return found if isinstance(found, Refusal) else _overlaid(found, record, taken.fetched_at)


def _overlaid(found: Extraction, record: Record, fetched_at: datetime) -> Extraction:
    """Let the record's own fields stand over what was read from its page."""
    published = parse_stated(record.date, source="record", fetched_at=fetched_at)
    return replace(
        found,
        url=record.url or found.url,
        title=record.title or found.title,
        title_source="record" if record.title else found.title_source,
        authors=record.authors or found.authors,
        author_source="record" if record.authors else found.author_source,
        published=found.published if published is None else published,
        site_name=record.site_name or found.site_name,
        language=record.language or found.language,
    )


def _encodable(found: Extraction) -> Extraction:
    """Replace lone surrogates, which no file and no table takes."""
    mended: dict[str, object] = {}
    for field in fields(found):
        value = getattr(found, field.name)
        if isinstance(value, str) and not _is_encodable(value):
            mended[field.name] = _mend(value)
        elif isinstance(value, tuple) and any(
            isinstance(v, str) and not _is_encodable(v) for v in value
        ):
            mended[field.name] = tuple(_mend(v) for v in value)
    return replace(found, **mended) if mended else found  # type: ignore[arg-type]


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mend(value: str) -> str:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
