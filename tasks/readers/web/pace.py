"""The pace that a guest keeps: one request at a time per origin, and a gap between two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tasks.model import Reason
from tasks.readers.web.rules import LONGEST_WAIT_SECONDS, Failure

MARGIN_SECONDS = 0.01
"""Added to each gap: we see a response end before the server's own log says so."""


class Lane:
    """The way to one origin. Used inside one event loop; `clock` is that loop's, in seconds."""

    def __init__(self, gap_seconds: float, clock: Callable[[], float]) -> None:
        """Begin with nothing asked yet."""
        self.gap_seconds = gap_seconds
        self._clock = clock
        self._turn = asyncio.Lock()
        self._free_at = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn and the gap; the next gap begins when the request has ended.

        Raises `Failure`, `retry_later`, instead of waiting longer than a guest of one run should.
        """
        async with self._turn:
            while (wait := self._free_at - self._clock()) > 0:
                if wait > LONGEST_WAIT_SECONDS:
                    detail = f"the server wants no request for {wait:.0f} s"
                    raise Failure(Reason.RETRY_LATER, detail)
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                gap = self.gap_seconds + MARGIN_SECONDS if self.gap_seconds else 0.0
                self.postpone(gap)

    def postpone(self, seconds: float) -> None:
        """Let nobody ask before so many seconds have passed."""
        self._free_at = max(self._free_at, self._clock() + seconds)


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
