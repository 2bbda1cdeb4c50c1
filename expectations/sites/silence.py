"""Tell how long a site has been silent, and how long is usual: what is gone has no row to judge.

Pure. Days count, and not batches: a source may be read once a day or every few minutes, by night
too. Only days on which the same sources were read count, and of these the weekdays on which the
site mostly gives something new. A site without a habit is measured not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from statistics import median

from expectations.sites import suite
from expectations.sites.measure import Measure
from expectations.sites.rules import BaselineRules
from expectations.sites.usual import Band

ADAPTED_DAYS = 14
"""Days of silence after which it is how the site is now, and nobody need be told any more."""
_REGULAR = 0.9
"""Of the days on which it mostly gives something a site must have done so on this share."""
_WEEKLY = 0.85
"""Of all its days this share must be as that weekday mostly is: chance alone fits three in four."""
_SLACK_SECONDS = 3600.0
"""So much earlier than usual the last reading of a day may be, and the day is over for all that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDay:
    """A day on which the same sources were read, how often, and until which second of it."""

    day: date
    batches: int
    until_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDays:
    """When a site gave something new: the days on which these sources did, the last of any."""

    days: Collection[date]
    last_new_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days before a batch, the oldest first, and its sites, those that it lacks among them.

    `now` is when the batch began, in the zone of all days.
    """

    now: datetime
    read: Sequence[ReadDay]
    sites: Mapping[str, SiteDays]


def silences_of(calendar: Calendar, rules: BaselineRules) -> dict[str, Measure]:
    """Measure the silence of each site that has a habit, in days; 0 where it gave something."""
    today = calendar.now.date()
    past = [read for read in calendar.read if read.day < today]
    over = [read.day for read in past] + [today] * _is_over(calendar.now, past)
    found = {site: _silence(seen, past, over, rules) for site, seen in calendar.sites.items()}
    return {site: measure for site, measure in found.items() if measure is not None}


def _is_over(now: datetime, past: Sequence[ReadDay]) -> bool:
    """Say whether today's reading is done, so that who gave nothing yet has given nothing."""
    seconds = now.hour * 3600 + now.minute * 60 + now.second
    return bool(past) and seconds >= median(r.until_seconds for r in past) - _SLACK_SECONDS


def _silence(
    seen: SiteDays, past: Sequence[ReadDay], over: Sequence[date], rules: BaselineRules
) -> Measure | None:
    known = [read for read in past if read.day <= seen.last_new_on][-rules.window :]
    by_weekday: dict[int, list[bool]] = defaultdict(list)
    for read in known:
        by_weekday[read.day.weekday()].append(read.day in seen.days)
    at_work = {
        weekday
        for weekday, gave in by_weekday.items()
        if len(gave) >= rules.weekday_batches and sum(gave) > len(gave) / 2
    }
    fitting = sum(max(sum(gave), len(gave) - sum(gave)) for gave in by_weekday.values())
    gave = [read.day in seen.days for read in known if read.day.weekday() in at_work]
    if (
        len(gave) < rules.min_batches
        or sum(gave) < _REGULAR * len(gave)
        or fitting < _WEEKLY * len(known)
    ):
        return None
    silent = sum(day > seen.last_new_on and day.weekday() in at_work for day in over)
    usual = _usual_silence(gave)
    return Measure(
        check=suite.SILENCE.name,
        value=float(silent),
        band=Band(low=0.0, high=float(usual if silent <= max(ADAPTED_DAYS, usual) else silent)),
        batches=sum(read.batches for read in known),
        about=f"last on {seen.last_new_on}" if silent else None,
    )


def _usual_silence(gave: Sequence[bool]) -> int:
    """Return the longest silence but one, and a day where there was but one: it may be a fault."""
    lengths = sorted(len(list(days)) for spoke, days in groupby(gave) if not spoke)
    return lengths[-2] if len(lengths) > 1 else len(lengths)
