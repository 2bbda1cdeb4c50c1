"""What a listing says, whatever it is written in: addresses, and what was no address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tasks.model import Reason
from tasks.readers.web.address import parse_address
from tasks.readers.web.rules import Failure, Role

PAYLOAD_BYTES = 64 * 1024
"""How much is kept of an entry without an address."""

MOST_ENTRIES = 100_000
"""Twice what the sitemap protocol allows; 50 MiB of nothing but `<item>` would be millions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One address that a listing holds. `hint` changes when its entry does; None: it never says.

    `changed_at` is when the listing says that the page changed last.
    """

    url: str
    role: Role
    hint: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An entry, or an end, that gave no address."""

    reason: Reason
    detail: str
    name: str
    payload: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Listing:
    """What a feed or sitemap says, in its order."""

    kind: Role
    entries: list[Listed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Say whether no more of it is read."""
        return len(self.entries) + len(self.problems) >= MOST_ENTRIES

    def add(
        self,
        link: str,
        base: str,
        *,
        name: str,
        role: Role = Role.PAGE,
        hint: str | None = None,
        changed_at: datetime | None = None,
    ) -> None:
        """Enter an address, relative to `base`; one that is none is a problem of that name."""
        try:
            address = parse_address(link, base=base)
        except Failure as failure:
            reason = Reason.BAD_RECORD if failure.reason is Reason.BAD_LINE else failure.reason
            payload = link[:2000].encode("utf-8", "replace")
            self.problems.append(
                Problem(reason=reason, detail=failure.detail, name=name, payload=payload)
            )
            return
        self.entries.append(Listed(url=address.url, role=role, hint=hint, changed_at=changed_at))

    def lacks_address(self, number: int, payload: bytes) -> None:
        """Enter that an entry has no address."""
        detail = f"entry {number} has no address"
        kept = payload[:PAYLOAD_BYTES]
        self.problems.append(
            Problem(reason=Reason.BAD_RECORD, detail=detail, name=str(number), payload=kept)
        )


def fingerprint(spoken: Sequence[str]) -> str | None:
    """Sum up what an entry says of its page, so that a change is seen; None: it says nothing."""
    if not spoken:
        return None
    return hashlib.sha256("\x1f".join(spoken).encode("utf-8", "replace")).hexdigest()[:32]


def read_date(text: str | None) -> datetime | None:
    """Read a date of a feed or sitemap (RFC 822 or ISO 8601), in UTC; None for anything else."""
    text = (text or "").strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
            return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
