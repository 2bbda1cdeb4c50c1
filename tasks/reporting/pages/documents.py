"""The page of one document: raw beside clean, the removed lines, its checks, what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.model import RemovedLine
from tasks.reporting import names, shown
from tasks.reporting.limits import SIDE_BYTES
from tasks.reporting.marking import clean_side, raw_side
from tasks.reporting.page import render
from tasks.reporting.trends import Row

_REMOVED_BYTES = SIDE_BYTES // 2
_ROW_HTML_BYTES = 160
_REVISIONS = 50

_MEANING = {
    "unchanged": "Equal to the newest content known from this place: it gave no new revision.",
    "duplicate": "The same cleaned text as an article of another place: it gave no revision.",
    "held": "Its text waits for a person's decision and is not in the reading copy.",
    "withdrawn": "Its text was withdrawn and is not shown.",
    "rejected": "Its text was rejected and is not shown.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """The page as it arrived: its visible lines, and after how many bytes it was cut, or None."""

    lines: Sequence[str]
    cut_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """All rows of one document. `raw` is None where it is not shown, `raw_missing` says why."""

    document: Row
    removed: Sequence[RemovedLine] = ()
    kin: Sequence[Row] = ()
    checks: Sequence[Row] = ()
    all_checks: int = 0
    failed_checks: int = 0
    decisions: Sequence[Row] = ()
    raw: RawPage | None = None
    raw_missing: str = ""


def document_page(
    facts: DocumentFacts, *, batch_pages: Collection[str], document_pages: Collection[str]
) -> str:
    """Return the page of a document."""
    document = facts.document
    removed, hidden = _fitting(facts.removed)
    text = document["text"]
    return render(
        "document.html.j2",
        page=names.document_page(document["batch_id"], document["document_id"]),
        name=shown.cut(document["title"] or shown.tail(document["locator"]), 120),
        document=document,
        meaning=_MEANING.get(document["state"] or "") or _MEANING.get(document["outcome"]),
        raw=raw_side(facts.raw.lines, text, facts.removed) if facts.raw else None,
        raw_cut=facts.raw.cut_bytes if facts.raw else None,
        raw_missing=facts.raw_missing,
        clean=clean_side(text, facts.removed),
        removed=removed,
        removed_hidden=hidden,
        facts=list(_facts(document)),
        checks=facts.checks,
        all_checks=facts.all_checks,
        failed_checks=facts.failed_checks,
        decisions=facts.decisions,
        kin=[{**row, "locator": row["document_id"]} for row in facts.kin][-_REVISIONS:],
        batch_pages=batch_pages,
        document_pages=document_pages,
    )


def _fitting(removed: Sequence[RemovedLine]) -> tuple[list[RemovedLine], int]:
    room = _REMOVED_BYTES
    fitting = []
    for line in removed:
        room -= shown.escaped_bytes(shown.cut(line.text, 500)) + _ROW_HTML_BYTES
        if room < 0:
            break
        fitting.append(line)
    return fitting, len(removed) - len(fitting)


def _facts(document: Row) -> list[tuple[str, Any, str | None]]:
    """List what is known, as (label, value, link): where it came from, then what it says."""
    url = document["url"] or document["given_url"]
    found = [
        ("locator", shown.cut(document["locator"], 500), shown.web_address(document["locator"])),
        ("url", shown.cut(url, 500) if url else None, shown.web_address(url)),
        (
            "canonical url",
            shown.cut(document["canonical_url"], 500) if document["canonical_url"] else None,
            shown.web_address(document["canonical_url"]),
        ),
        ("taken in", shown.moment(document["fetched_at"]), None),
        (
            "media type",
            shown.cut(document["media_type"], 100) if document["media_type"] else None,
            None,
        ),
        ("http status", document["http_status"], None),
        ("payload", shown.size(document["payload_bytes"]), None),
        ("payload sha256", document["payload_sha256"], None),
        ("document", document["document_id"], None),
        ("article", document["article_id"], None),
        ("revision", document["revision"], None),
        ("authors", shown.cut(", ".join(document["authors"] or ()), 300) or None, None),
        ("published on", document["published_on"], None),
        ("date from", document["date_source"], None),
        ("date flag", document["date_flag"], None),
        ("language", document["language"], None),
        ("section", shown.cut(document["section"], 200) if document["section"] else None, None),
        ("tags", shown.cut(", ".join(document["tags"] or ()), 300) or None, None),
        ("words", shown.count(document["text_words"]) if document["text_words"] else None, None),
        ("extractor", document["extractor"], None),
        ("rules", document["rules_version"], None),
    ]
    return [(label, value, link) for label, value, link in found if value is not None]
