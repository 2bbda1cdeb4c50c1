"""What every source of a run shares: the lane and the rules of each origin, and the slots."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from tasks.readers.web.address import Origin
from tasks.readers.web.origins import Origins, is_fresh
from tasks.readers.web.pace import Lane
from tasks.readers.web.robots import Robots
from tasks.readers.web.rules import FetchRules


@dataclass(slots=True)
class Courtesy:
    """How the origins of a run are asked, and how many requests may be under way at once.

    `origins` is what outlives the run. `wished` are longer gaps than that of all, in seconds, that
    a source sets for the origins it leads to.
    """

    rules: FetchRules
    slots: asyncio.Semaphore
    origins: Origins
    now: Callable[[], datetime]
    lanes: dict[Origin, Lane] = field(default_factory=dict)
    robots: dict[Origin, tuple[datetime, Robots]] = field(default_factory=dict)
    asking: dict[Origin, asyncio.Lock] = field(default_factory=dict)
    wished: dict[Origin, float] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, origin: Origin) -> AsyncIterator[Lane]:
        """Wait for one's turn at an origin; its end is on disk before the next one's begins."""
        lane = self.lane(origin)
        async with lane.turn(), self.slots:
            try:
                yield lane
            finally:
                self.origins.enter_request(origin, self.now(), lane.closed_seconds)

    def lane(self, origin: Origin) -> Lane:
        """Return the lane to an origin, which begins where the run before left it."""
        if origin not in self.lanes:
            known, now = self.origins.get(origin), self.now()
            self.lanes[origin] = Lane(
                self._gap_seconds(origin),
                time.monotonic,
                idle_seconds=known.idle_seconds(now) if known else math.inf,
                closed_seconds=known.closed_seconds(now) if known else 0.0,
            )
        return self.lanes[origin]

    def slow_down(self, origin: Origin, gap_seconds: float) -> None:
        """Keep at least this gap between requests to an origin."""
        self.wished[origin] = max(gap_seconds, self.wished.get(origin, 0.0))
        self.lane(origin).gap_seconds = self._gap_seconds(origin)

    def fresh_robots(self, origin: Origin) -> Robots | None:
        """Return the rules of an origin, where they were read within a day."""
        held = self._held(origin)
        return held[1] if held and is_fresh(held[0], self.now()) else None

    def set_robots(self, origin: Origin, robots: Robots) -> None:
        """Hold the rules that an origin gave now, and its pace; what opens nothing ends with us."""
        at = self.now()
        self.robots[origin] = at, robots
        if robots.closed is None:
            self.origins.enter_robots(origin, at, robots)
        self.lane(origin).gap_seconds = self._gap_seconds(origin)

    def _held(self, origin: Origin) -> tuple[datetime, Robots] | None:
        known = self.origins.get(origin)
        if origin not in self.robots and known and known.robots_at and known.robots is not None:
            self.robots[origin] = known.robots_at, Robots.of(known.robots, known.robots_status)
        return self.robots.get(origin)

    def _gap_seconds(self, origin: Origin) -> float:
        held = self._held(origin)
        delay = held[1].crawl_delay if held else 0.0
        return max(self.rules.gap_seconds, delay, self.wished.get(origin, 0.0))
