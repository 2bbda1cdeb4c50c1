"""The finder: every document of the site in data files that a page may load from disk.

They are scripts because a page opened from a file may not fetch. What strangers wrote is in them
as JSON strings, and the script puts it on the page as text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tasks.reporting import names, shown
from tasks.reporting.limits import FINDER_ROWS
from tasks.reporting.page import render
from tasks.reporting.trends import Row

_BATCH_NAMES = 100


def finder_page(
    *,
    files: Sequence[int],
    documents: int,
    total: int,
    reasons: Sequence[str],
    batches: Sequence[str],
) -> str:
    """Return the page that looks through the data files.

    `files`: numbers of the data files, and `batches`: each the newest first.
    """
    return render(
        "find.html.j2",
        page=names.FINDER,
        files=files,
        documents=documents,
        total=total,
        reasons=reasons,
        batches=batches[:_BATCH_NAMES],
    )


def part_of(ordinal: int) -> int:
    """Return which data file holds a document, by its number among all of the desk.

    So a file is full some day and does not change when newer documents come.
    """
    return ordinal // FINDER_ROWS


def finder_data(documents: Sequence[Row]) -> str:
    """Return a data file: rows of [id, batch, title, locator, outcome, reason, site].

    Batches are named once; the order is that of `documents`, the newest first.
    """
    batches = list(dict.fromkeys(row["batch_id"] for row in documents))
    place = {batch: n for n, batch in enumerate(batches)}
    rows = [
        [
            row["document_id"],
            place[row["batch_id"]],
            shown.cut(row["title"] or "", 160),
            shown.cut(row["locator"], 200),
            row["outcome"],
            row["reason"] or "",
            shown.cut(row["site"] or "", 80),
        ]
        for row in documents
    ]
    packed = json.dumps(
        {"batches": batches, "rows": rows}, ensure_ascii=False, separators=(",", ":")
    )
    safe = packed.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"(window.finder = window.finder || []).push({safe});\n"
