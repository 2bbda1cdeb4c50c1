"""The page of a trial: what a replay would change, the worst first, word by word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from tasks.comparison.tally import LINE_CHANGES, Tally, Worst
from tasks.comparison.words import Span
from tasks.reporting import names, shown
from tasks.reporting.page import render

_DIFF_BYTES = 12_000
"""What one document's changed passages may fill: fifty of them stay under a megabyte."""
_SPAN_HTML_BYTES = 20


def replay_page(
    tally: Tally,
    *,
    settings: Sequence[str],
    made_at: datetime,
    document_pages: Collection[str],
) -> str:
    """Return the page. `settings` say in words what was read anew and how."""
    return render(
        "replay.html.j2",
        page=names.REPLAY,
        tally=tally,
        settings=settings,
        made_at=made_at,
        lines=[change for kind in LINE_CHANGES for change in tally.lines()[kind]],
        facts=sorted(tally.facts.items(), key=lambda item: -item[1].documents),
        worst=[_shown(worst) for worst in tally.worst()],
        gained=[document.named() for document in tally.gained.listed],
        lost=[document.named() for document in tally.lost.listed],
        document_pages=document_pages,
    )


def _shown(worst: Worst) -> dict[str, Any]:
    spans, hidden = _fitting(worst.diff())
    return worst.document.named() | {
        "worst": worst,
        "lost": worst.document.after.text is None,
        "private": worst.document.private,
        "spans": spans,
        "hidden": hidden,
    }


def _fitting(spans: Sequence[Span]) -> tuple[list[Span], int]:
    """Return the spans that fit, cut where the room ends; and how many characters did not."""
    fitting: list[Span] = []
    room, hidden = _DIFF_BYTES, 0
    for span in spans:
        text = shown.plain(span.text)
        need = shown.escaped_bytes(text) + _SPAN_HTML_BYTES
        if need > room:
            kept = text[: max(0, room - _SPAN_HTML_BYTES) // 6]  # a character fills 6 bytes at most
            hidden += len(text) - len(kept)
            text, need = kept, room
        room -= need
        if text:
            fitting.append(Span(what=span.what, text=text))
    return fitting, hidden
