"""The front page: what the desk holds, what waits, how it goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tasks.reporting import names, trends
from tasks.reporting.limits import TREND_BATCHES
from tasks.reporting.page import render
from tasks.reporting.trends import Row

_LAST = 20
_DECISIONS = 8
_DRIFTING = 30
_WAITING = 30
_HELD = ("held", "partly_held")


def front_page(
    *,
    totals: Row,
    batches: Sequence[Row],
    waiting: Sequence[Row],
    decisions: Sequence[Row],
    drifting: Sequence[Row],
    baselines: int,
    batch_pages: Collection[str],
) -> str:
    """Return the front page. `batches` the oldest first; all other rows as their queries say.

    `drifting`: failed checks of sites against their past; `baselines`: sites that were judged so.
    """
    trend = [row for row in batches if row["documents"]][-TREND_BATCHES:]
    held = [row for row in reversed(batches) if row["status"] in _HELD]
    return render(
        "front.html.j2",
        page=names.FRONT,
        totals=totals,
        held=held[:_WAITING],
        more_held=max(len(held) - _WAITING, 0),
        waiting=waiting,
        drifting=drifting[:_DRIFTING],
        more_drifting=max(len(drifting) - _DRIFTING, 0),
        baselines=baselines,
        decisions=list(reversed(decisions))[:_DECISIONS],
        shown=len(trend),
        volume=trends.volume(trend),
        shares=trends.shares(trend),
        last=list(reversed(batches))[:_LAST],
        batch_pages=batch_pages,
    )
