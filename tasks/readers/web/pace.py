"""The pace that a guest keeps: one request at a time per origin, and a gap between two."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tasks.model import Reason
from tasks.readers.web.rules import LONGEST_ABSENCE_SECONDS, LONGEST_WAIT_SECONDS, Failure

MARGIN_SECONDS = 0.01
"""Added to each gap: we see a response end before the server's own log says so."""


class Lane:
    """The way to one origin. Used inside one event loop; `clock` is that loop's, in seconds."""

    def __init__(
        self,
        gap_seconds: float,
        clock: Callable[[], float],
        *,
        idle_seconds: float = math.inf,
        closed_seconds: float = 0.0,
    ) -> None:
        """Begin `idle_seconds` after the last request, `closed_seconds` before the next may be."""
        self.gap_seconds = gap_seconds
        self._clock = clock
        self._turn = asyncio.Lock()
        self._ended_at = clock() - idle_seconds
        self._opens_at = clock() + closed_seconds

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn and the gap; the next gap begins when the request has ended.

        Raises `Failure`, `retry_later`, instead of waiting longer than a guest of one run should.
        """
        async with self._turn:
            while (wait := self._wait()) > 0:
                if wait > LONGEST_WAIT_SECONDS:
                    detail = f"the server wants no request for {wait:.0f} s"
                    raise Failure(Reason.RETRY_LATER, detail)
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                self._ended_at = self._clock()

    def _wait(self) -> float:
        gap = self.gap_seconds + MARGIN_SECONDS if self.gap_seconds else 0.0
        return max(self._ended_at + gap, self._opens_at) - self._clock()

    @property
    def closed_seconds(self) -> float:
        """How long the server still wants no request, whatever the gap; 0 when it has no wish."""
        return max(0.0, self._opens_at - self._clock())

    def postpone(self, seconds: float) -> None:
        """Let nobody ask before so many seconds have passed, `LONGEST_ABSENCE_SECONDS` at most."""
        wait = min(seconds, LONGEST_ABSENCE_SECONDS)
        self._opens_at = max(self._opens_at, self._clock() + wait)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date; None where there is none to be understood."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(0.0, (at - now).total_seconds())
