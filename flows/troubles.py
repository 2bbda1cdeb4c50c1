"""What was told of which trouble, so that a source that fails every few minutes is told of once.

A file beside the warehouse, and no table in it: a run that fails because the warehouse is busy,
broken or has no room must be kept from telling so again and again, too. Whoever changes it holds
the desk. Troubles are named by their keys; sources in them are hashed, so that nothing in the file
has to be forgotten.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

FILE_NAME = "notified.json"
_MOMENTS = ("since", "told_at")
_LONG = timedelta(days=60)
"""A trouble of which nothing was told for so long has ended, without anybody seeing it end."""
_SOONER = 24
"""A trouble that was over and is back is told when it lasts for this part of the period."""
_DATE = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}([-_./]?)[0-9]{2}\1[0-9]{2}"
    r"(?:[-_.T ]?[0-9]{2}[-_.:]?[0-9]{2}(?:[-_.:]?[0-9]{2})?Z?)?(?![0-9])"
)
"""A day in a name, with or without an hour. Other numbers tell sources apart."""
_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is known of a trouble: since when it lasts (None: it is over), and what was told of it.

    `told_at`: when a message about it was taken last; `is_told`: one was since it began;
    `held_back`: messages that were not sent since the last one.
    """

    since: datetime | None = None
    told_at: datetime | None = None
    is_told: bool = False
    held_back: int = 0

    def lasting(self, now: datetime) -> Trouble:
        """Return it as it is when it is met."""
        return self if self.since else replace(self, since=now, is_told=False)

    def is_due(self, now: datetime, period: timedelta) -> bool:
        """Say whether it is to be told: it is new, or not told for a period.

        What comes and goes is told of once a period, too, unless it stays. What was told in the
        future, by a clock that was set back since, was not told.
        """
        if self.told_at is None or not timedelta(0) <= now - self.told_at < period:
            return True
        return not self.is_told and now - (self.since or now) >= period / _SOONER

    def told(self, now: datetime) -> Trouble:
        """Return it as it is when a message about it was taken."""
        return replace(self, told_at=now, is_told=True, held_back=0)

    def untold(self) -> Trouble:
        """Return it as it is when a message about it was held back."""
        return replace(self, held_back=self.held_back + 1)

    def over(self) -> Trouble:
        """Return it as it is when it has ended; when it was told of is remembered."""
        held_back = 0 if self.is_told else self.held_back
        return replace(self, since=None, is_told=False, held_back=held_back)


Troubles = Mapping[str, Trouble]


def hashed(locators: Iterable[str]) -> str:
    """Name sources in a key; dates in their names aside, so that dated folders are one source."""
    return _hash(_DATE.sub("#", locator) for locator in locators)


def hashed_as_usual(locators: Iterable[str]) -> str:
    """Name sources as what is usual of them is kept: all numbers aside (`site_profile.sql`)."""
    return _hash(_NUMBER.sub("#", locator) for locator in locators)


def _hash(names: Iterable[str]) -> str:
    return sha256("\n".join(sorted(names)).encode()).hexdigest()[:16]


def load(home: Path) -> dict[str, Trouble]:
    """Return the troubles of a desk; none where the file is not there or is damaged."""
    try:
        found = json.loads((home / FILE_NAME).read_text("utf-8"))
        return {key: _trouble(row) for key, row in found.items()}
    except (OSError, ValueError, TypeError, AttributeError, LookupError):
        return {}


def _trouble(row: Mapping[str, Any]) -> Trouble:
    since, told_at = (row[name] and datetime.fromisoformat(row[name]) for name in _MOMENTS)
    if any(moment and moment.tzinfo is None for moment in (since, told_at)):
        raise ValueError("a moment without its zone")
    return replace(Trouble(**row), since=since, told_at=told_at)


def save(home: Path, troubles: Troubles, *, now: datetime, period: timedelta) -> None:
    """Keep the troubles that last, or were told of within a period; a full disk costs a warning."""
    kept = {
        key: {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(t).items()}
        for key, t in troubles.items()
        if now - (t.told_at or now) < (_LONG if t.since else period)
    }
    beside = home / f".{FILE_NAME}.new"
    try:
        beside.write_text(json.dumps(kept, indent=1), "utf-8")
        beside.replace(home / FILE_NAME)
    except OSError as error:
        logger.warning("%s was not written (%s): messages may be repeated", FILE_NAME, error)


def in_words(met: Iterable[Trouble], now: datetime) -> list[str]:
    """Say since when troubles last, and how many messages were held back; nothing of new ones."""
    known = list(met)
    since = min((t.since for t in known if t.since), default=now)
    held_back = max((t.held_back for t in known), default=0)
    lines = [f"since: {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"] if since < now else []
    return lines + ([f"messages held back: {held_back}"] if held_back else [])
