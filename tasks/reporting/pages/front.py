"""The front page: what the desk holds, what waits, how it goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tasks.reporting import names, trends
from tasks.reporting.page import render
from tasks.reporting.trends import Row

_LAST = 20
_DECISIONS = 8
_DRIFTING = 30
_FAILING = 30
_WAITING = 30


def front_page(
    *,
    totals: Row,
    batches: Sequence[Row],
    held: Sequence[Row],
    trend: Sequence[Row],
    waiting: Sequence[Row],
    decisions: Sequence[Row],
    failing: Sequence[Row],
    drifting: Sequence[Row],
    baselines: int,
    batch_pages: Collection[str],
) -> str:
    """Return the front page. Batches are the oldest first; all other rows as their queries say.

    `batches`: the newest of all; `held`: those that wait, of all; `trend`: those to draw.
    `failing`: sources that fail, the longest first.
    `drifting`: failed checks of sites against their past; `baselines`: sites that were judged so.
    """
    return render(
        "front.html.j2",
        page=names.FRONT,
        totals=totals,
        held=list(reversed(held))[:_WAITING],
        more_held=max(len(held) - _WAITING, 0),
        waiting=waiting,
        failing=failing[:_FAILING],
        more_failing=max(len(failing) - _FAILING, 0),
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
