"""`preview`: one document through the pure functions, to the terminal; nothing is stored."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.cli import DONE
from flows.commands import output
from flows.fetching import open_web
from flows.settings import Settings, load_settings
from flows.sources import columns, gaps, named, treatments
from tasks.cleaning.document import clean_document
from tasks.desk import Desk
from tasks.errors import SourceUnavailable
from tasks.extraction.document import extract_document
from tasks.model import (
    AS_ALL,
    Clean,
    DocumentId,
    Extracted,
    RawItem,
    Reason,
    Refusal,
    Source,
    Taken,
    Treatment,
    sha256_of,
)
from tasks.readers.by_kind import read
from tasks.readers.standard_input import standard_input
from tasks.readers.web.service import role_of
from tasks.web_memory import PreviewMemory
from tasks.worker import require_engines
from warehouse.foreign import rows_of

_FIELDS = (
    "title",
    "authors",
    "published_on",
    "published_at",
    "date_source",
    "date_flag",
    "modified_at",
    "site",
    "site_name",
    "url",
    "canonical_url",
    "language",
    "section",
    "tags",
    "image_url",
    "text_chars",
    "text_words",
    "extractor",
)


def preview(arguments: argparse.Namespace) -> int:
    """Show what would become of the first document of a source."""
    settings = load_settings(arguments.home)
    source = named(settings, arguments.source, arguments.kind)
    document = first_of(settings, source, PreviewMemory(Desk(home=settings.home)))
    if arguments.json:
        output.print_json(object_of(document))
    else:
        show(document)
    return DONE


def first_of(settings: Settings, source: Source, memory: PreviewMemory) -> Clean:
    """Take in one document of a source as the line would, asking the web for no more than that.

    One memory for several sources makes them keep the pace of an origin that they share.
    Raises SourceUnavailable where there is none, WorkersUnavailable where a model is missing.
    """
    require_engines()
    with tempfile.TemporaryDirectory(prefix="copydesk-preview-") as folder:
        spool = Path(folder) / "web.spool"
        with open_web(settings, memory, Path(folder)) as web:

            def fetch(urls: Sequence[str], kind: str | None) -> Iterator[RawItem]:
                web.start(
                    spool,
                    urls,
                    locator=source.locator,
                    role=role_of(kind),
                    limit=1,
                    gap_seconds=gaps(settings).get(source.name or "", 0.0),
                )
                return web.read(spool)

            items = read(
                source,
                stdin=standard_input() if source.locator == "-" else None,
                max_bytes=settings.fetch.max_bytes,
                now=_now,
                fetch=fetch,
                download=lambda url: web.download(url, Path(folder) / "data"),
                query=rows_of,
                columns=columns(settings).get(source.name or ""),
            )
            item = next(iter(items), None)
    if item is None:
        raise SourceUnavailable(
            source.locator, Reason.UNREADABLE, "holds no document", "check what it names"
        )
    treatment = treatments(settings).get(source.name or "", AS_ALL)
    return previewed(item, source.name, treatment)


def previewed(
    item: RawItem, source_name: str | None, treatment: Treatment, *, as_is: bool = False
) -> Clean:
    """Extract and clean one item of a source, as the line would; `as_is`: a person vouches."""
    payload = item.payload or b""
    taken = Taken(
        document_id=DocumentId("preview"),
        position=0,
        source=item.locator,
        source_name=source_name,
        locator=item.locator,
        place=item.place,
        kind=item.kind,
        url=item.url,
        payload_sha256=sha256_of(payload),
        payload_bytes=len(payload),
        media_type=item.media_type,
        charset=item.charset,
        http_status=item.http_status,
        fetched_at=item.fetched_at,
        shard_path="",
    )
    found = item.refusal or extract_document(taken, payload, treatment.extraction, as_is=as_is)
    if isinstance(found, Refusal):
        return clean_document(Extracted(taken=taken, extraction=None, refusal=found))
    return clean_document(
        Extracted(taken=taken, extraction=found, refusal=None),
        frozenset(treatment.skip_rules),
        language=treatment.language,
        as_is=as_is,
    )


def object_of(document: Clean) -> dict[str, Any]:
    """Return a previewed document as JSON has it."""
    article = document.article
    return {
        "locator": document.taken.locator,
        "outcome": document.refusal.outcome if document.refusal else "published",
        "reason": document.refusal.reason if document.refusal else None,
        "detail": document.refusal.detail if document.refusal else None,
        "article": {name: getattr(article, name) for name in (*_FIELDS, "text")}
        if article
        else None,
        "removed_lines": [
            {"line_no": line.line_no, "rule": line.rule, "text": line.text}
            for line in document.removed
        ],
    }


def show(document: Clean) -> None:
    """Show a previewed document on the terminal."""
    article = document.article
    if article is not None:
        output.print_table(
            ("field", "value"),
            [(n, getattr(article, n)) for n in _FIELDS if getattr(article, n) not in (None, ())],
            title=document.taken.locator,
        )
        output.console().print(output.cell(article.text), soft_wrap=True)
    if document.refusal is not None:
        output.say(
            f"{document.taken.locator} would be {document.refusal.outcome}: "
            f"{document.refusal.reason} ({document.refusal.detail})"
        )
    if document.removed:
        output.print_table(
            ("line", "rule", "removed text"),
            [(line.line_no, line.rule, line.text) for line in document.removed],
            title="removed",
        )


def _now() -> datetime:
    return datetime.now(UTC)
