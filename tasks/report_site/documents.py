"""Make the pages of documents that are out of date, a piece of them at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tasks.model import RemovedLine
from tasks.report_site.contents import Contents, choose_raw, decisions_by_batch, decisions_on
from tasks.report_site.payloads import raw_pages
from tasks.report_site.shelf import Shelf, put, signature_of
from tasks.reporting import names
from tasks.reporting.pages.documents import DocumentFacts, document_page
from warehouse.connect import Connection
from warehouse.report_rows import rows

Row = Mapping[str, Any]
P = TypeVar("P")
T = TypeVar("T")

_AT_ONCE = 500
"""Documents whose texts are asked for at a time."""
_PIECE = 50
"""Documents whose pages as they arrived are in memory at a time: a quarter of a megabyte each."""
_WORTH_SPREADING = 200
"""Pages from which on others may help: a worker needs the time of a hundred to get ready."""

NOT_MADE = "The page as it arrived is kept; copydesk report --serve 8000 shows it beside the text."
_PRUNED = "The page as it arrived is no longer kept."
_NOTHING = "No payload arrived."


class Spread(Protocol):
    """Applies a function to pieces of work, as `map` does, perhaps in other processes."""

    def __call__(self, function: Callable[[P], T], pieces: Iterable[P], /) -> Iterator[T]:
        """Yield what the function makes of each piece, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some documents with the paths of their pages, and all else that these are made from.

    `raw_ids` show the page as it arrived; to `batch_pages` and `document_pages` there may be links.
    """

    home: Path
    pages: Sequence[tuple[Path, DocumentFacts]]
    raw_ids: set[str]
    batch_pages: frozenset[str]
    document_pages: frozenset[str]


def changed_batches(shelf: Shelf, contents: Contents) -> list[str]:
    """Ask for the documents' pages of every batch; return the batches where some must be made."""
    decisions = decisions_by_batch(contents)
    return [
        batch_id
        for batch_id, mark in contents.marks.items()
        if not shelf.keeps(
            names.documents_folder(batch_id),
            _batch_signature(mark, contents, decisions.get(batch_id)),
        )
    ]


def make_documents(
    connection: Connection,
    home: Path,
    shelf: Shelf,
    contents: Contents,
    documents: Mapping[str, Sequence[Row]],
    spread: Spread,
) -> None:
    """Make the pages of documents that changed since they were made; `documents` by batch."""
    decided = {
        d[key] for d in contents.decisions for key in ("batch_id", "article_id", "document_id")
    }
    stale = []
    raw_ids: set[str] = set()
    for batch_id, found in documents.items():
        raw = choose_raw(found, contents.limits, room=contents.raw_rooms[batch_id])
        raw_ids |= raw
        for row in found:
            if shelf.wants(
                _page_of(row), _signature(row, contents, decided, raw=row["document_id"] in raw)
            ):
                stale.append(row)
    make = spread if len(stale) >= _WORTH_SPREADING else map
    for _ in make(write_pages, _pieces(connection, home, shelf, contents, stale, raw_ids)):
        pass


def _pieces(
    connection: Connection,
    home: Path,
    shelf: Shelf,
    contents: Contents,
    stale: Sequence[Row],
    raw_ids: set[str],
) -> Iterator[Piece]:
    for start in range(0, len(stale), _AT_ONCE):
        asked = stale[start : start + _AT_ONCE]
        facts = document_facts(connection, contents, asked, wanted=raw_ids)
        for first in range(0, len(facts), _PIECE):
            some = facts[first : first + _PIECE]
            yield Piece(
                home=home,
                pages=[(shelf.place(_page_of(told.document)), told) for told in some],
                raw_ids=raw_ids.intersection(told.document["document_id"] for told in some),
                batch_pages=frozenset(contents.batch_pages),
                document_pages=contents.document_pages.intersection(
                    kin["document_id"] for told in some for kin in told.kin
                ),
            )


def write_pages(piece: Piece) -> None:
    """Make the pages of a piece and write them; raises OSError."""
    wanted = [told.document for _, told in piece.pages]
    raw = raw_pages(piece.home, [d for d in wanted if d["document_id"] in piece.raw_ids])
    for path, told in piece.pages:
        whole = replace(told, raw=raw.get(told.document["document_id"]))
        page = document_page(
            whole, batch_pages=piece.batch_pages, document_pages=piece.document_pages
        )
        put(path, page)


def _page_of(document: Row) -> str:
    return names.document_page(document["batch_id"], document["document_id"])


def one_document(
    connection: Connection, home: Path, contents: Contents, document_id: str
) -> str | None:
    """Return the page of any document, with the page as it arrived where that may be shown."""
    batch_ids = list(contents.batch_pages)
    found = rows(connection, "document_details", documents=[document_id], batch_ids=batch_ids)
    if not found:
        return None
    raw = raw_pages(home, [row for row in found if row["shows_raw"]])
    facts = document_facts(connection, contents, found, wanted={document_id})[0]
    return document_page(
        replace(facts, raw=raw.get(document_id)),
        batch_pages=contents.batch_pages,
        document_pages=contents.document_pages,
    )


def _batch_signature(mark: Row, contents: Contents, decisions: Sequence[Row] | None) -> str:
    """Name all that the pages of a batch's documents are made from."""
    batch = contents.batch_pages[mark["batch_id"]]
    return (
        f"{mark['signature']:x}.{batch['checks']}.{batch['checks_failed']}"
        f".{contents.raw_rooms[mark['batch_id']]}.{signature_of(decisions) if decisions else ''}"
    )


def _signature(row: Row, contents: Contents, decided: set[str | None], *, raw: bool) -> str:
    batch = contents.batch_pages[row["batch_id"]]
    touched = not decided.isdisjoint((row["batch_id"], row["article_id"], row["document_id"]))
    return (
        f"{row['signature']:x}.{batch['checks']}.{batch['checks_failed']}"
        f".{sum(d in contents.document_pages for d in row['kin'] or ())}"
        f".{raw:d}"
        f".{signature_of(decisions_on(contents, row)) if touched else ''}"
    )


def document_facts(
    connection: Connection,
    contents: Contents,
    documents: Sequence[Row],
    *,
    wanted: Collection[str],
) -> list[DocumentFacts]:
    """Gather what the pages of some documents say, but for the pages as they arrived.

    Those are to be there for the documents of `wanted` whose payload is kept.
    """
    ids = [row["document_id"] for row in documents]
    articles = [row["article_id"] for row in documents if row["article_id"]]
    batch_ids = sorted({row["batch_id"] for row in documents})
    removed = defaultdict(list)
    for line in rows(connection, "document_lines", documents=ids, batch_ids=batch_ids):
        removed[line["document_id"]].append(
            RemovedLine(line_no=line["line_no"], text=line["text"], rule=line["rule"])
        )
    kin = defaultdict(list)
    for revision in rows(connection, "document_kin", articles=articles):
        kin[revision["article_id"]].append(revision)
    named = _checks_by_document(rows(connection, "batch_checks", batch_ids=batch_ids))
    return [
        DocumentFacts(
            document=document,
            removed=removed[document["document_id"]],
            kin=kin[document["article_id"]] if document["article_id"] else (),
            checks=named.get((document["batch_id"], document["document_id"]), ()),
            all_checks=contents.batch_pages[document["batch_id"]]["checks"],
            failed_checks=contents.batch_pages[document["batch_id"]]["checks_failed"],
            decisions=decisions_on(contents, document),
            raw_missing=_why_not(document, wanted=document["document_id"] in wanted),
        )
        for document in rows(connection, "document_details", documents=ids, batch_ids=batch_ids)
    ]


def _why_not(document: Row, *, wanted: bool) -> str:
    """Say why the raw page is not there, or nothing where that needs no words."""
    if not document["payload_bytes"]:
        return _NOTHING
    if not document["shows_raw"]:
        return ""
    return _PRUNED if wanted else NOT_MADE


def _checks_by_document(checks: Sequence[Row]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Find the failed checks that name a document among their examples."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for check in checks:
        if check["success"] or not check["details"]:
            continue
        for example in _examples(check["details"]):
            key = (check["batch_id"], str(example.get("document_id")))
            said = example.get("excerpt") or check["observed"] or ""
            found.setdefault(key, []).append({**check, "said": said})
    return found


def _examples(details: str) -> list[dict[str, Any]]:
    try:
        told = json.loads(details)
    except ValueError:
        return []
    examples = told.get("examples", []) if isinstance(told, dict) else []
    return [example for example in examples if isinstance(example, dict)]
