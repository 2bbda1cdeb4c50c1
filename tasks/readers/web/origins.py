"""What is known of each origin: when it was asked last, until when it is closed, its robots.txt.

It holds from run to run. While a batch is at work each end of a request is a frame of a spool, and
so is each robots.txt; when the fetching ends, what the spool says is entered in the ledger, and
after a kill the next run goes on with the same spool and enters it then. What a kill can lose is
the request that was under way and had no end yet: the next one may come one gap early, never more.
A robots.txt that is lost is asked for again.

Times are those of the clock on the wall, for a run and the next share no other. One that lies in
the future was written before the clock was set back: the request counts as ended just now, a
wish to be left alone is void and robots.txt is asked for anew, so that nothing waits longer than
one gap for a clock that was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tasks.readers.web.address import Origin
from tasks.readers.web.robots import Robots
from tasks.readers.web.rules import ROBOTS_SECONDS
from tasks.readers.web.spool import Spool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrigin:
    """An origin as it was left: end of the last request, Retry-After, and its robots.txt."""

    asked_at: datetime
    not_before: datetime | None = None
    robots_at: datetime | None = None
    robots_status: int | None = None
    robots: str | None = None

    def idle_seconds(self, now: datetime) -> float:
        """Say how long it was left alone."""
        return max(0.0, (now - self.asked_at).total_seconds())

    def closed_seconds(self, now: datetime) -> float:
        """Say how long it wants to be left alone still; 0 for no wish."""
        if self.not_before is None or self.asked_at > now:
            return 0.0
        return max(0.0, (self.not_before - now).total_seconds())


def is_fresh(robots_at: datetime, now: datetime) -> bool:
    """Say whether a robots.txt that was read then still holds."""
    return timedelta(0) <= now - robots_at <= timedelta(seconds=ROBOTS_SECONDS)


class Origins:
    """The origins of a run: what earlier ones left, and what this one learns. One thread enters."""

    def __init__(self, known: Mapping[Origin, KnownOrigin], spool: Spool) -> None:
        """Begin with what the ledger knows, and go on behind what an interrupted run learned."""
        self._known = dict(known)
        self._spool = spool
        self._learned: set[Origin] = set()
        for frame in spool.written():
            self._learn(frame.kind, frame.facts)

    def get(self, origin: Origin) -> KnownOrigin | None:
        """Return what is known of an origin."""
        return self._known.get(origin)

    def learned(self) -> dict[Origin, KnownOrigin]:
        """Return, as they are now, the origins that the batch asked, before a kill too."""
        return {origin: self._known[origin] for origin in self._learned}

    def enter_request(self, origin: Origin, ended_at: datetime, closed_seconds: float) -> None:
        """Enter that a request has ended, and how long its origin then wants no other."""
        wish = ended_at + timedelta(seconds=closed_seconds) if closed_seconds else None
        facts = {"asked_at": _text(ended_at), "not_before": _text(wish)}
        self._enter("request", origin, facts)

    def enter_robots(self, origin: Origin, at: datetime, robots: Robots) -> None:
        """Enter the rules that an origin gave; it was asked for them before."""
        facts = {"robots_at": _text(at), "robots_status": robots.status, "robots": robots.text}
        self._enter("robots", origin, facts)

    def close(self) -> None:
        """Stop entering."""
        self._spool.close()

    def _enter(self, kind: str, origin: Origin, facts: dict[str, Any]) -> None:
        self._spool.append(kind, {"origin": origin, **facts})
        self._learn(kind, {"origin": origin, **facts})

    def _learn(self, kind: str, facts: dict[str, Any]) -> None:
        origin = Origin(*facts["origin"])
        self._learned.add(origin)
        if kind == "robots":
            self._known[origin] = replace(
                self._known[origin],
                robots_at=datetime.fromisoformat(facts["robots_at"]),
                robots_status=facts["robots_status"],
                robots=facts["robots"],
            )
            return
        asked_at = datetime.fromisoformat(facts["asked_at"])
        wish = facts["not_before"]
        self._known[origin] = replace(
            self._known.get(origin) or KnownOrigin(asked_at=asked_at),
            asked_at=asked_at,
            not_before=datetime.fromisoformat(wish) if wish else None,
        )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
