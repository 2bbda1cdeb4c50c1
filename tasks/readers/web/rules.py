"""How documents are fetched: what the settings say, and the bounds that no setting moves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tasks.model import Reason

AGENT_NAME = "copydesk"
"""The name that robots.txt knows us by."""
MAX_REDIRECTS = 5
MAX_TRIES = 3
LONGEST_WAIT_SECONDS = 600.0
"""A server's wish to wait is kept up to here; beyond it the page waits for the next run."""
LONGEST_ABSENCE_SECONDS = 86_400.0
"""A wish to be left alone counts a day at most: who is never asked again can never take it back."""
ROBOTS_SECONDS = 86_400.0
"""How long a robots.txt holds: a day at most, as RFC 9309, 2.4, asks."""
ROBOTS_BYTES = 500 * 1024
"""What is read of a robots.txt: the least that RFC 9309, 2.5, asks for."""
LISTING_BYTES = 52_428_800
"""The largest sitemap that the protocol allows (50 MiB); feeds are far smaller."""
URL_CHARS = 8_000
"""What RFC 9110, 4.1, asks everyone to support; what is longer is a trap or a defect."""
HOSTS_AT_ONCE = 32
"""Origins asked side by side; each has at most one request under way."""


class Role(StrEnum):
    """What an address is asked for."""

    PAGE = "page"
    FEED = "feed"
    SITEMAP = "sitemap"
    SITE = "site"  # a home page, asked for the feeds and sitemaps that it leads to
    AUTO = "auto"  # whatever it turns out to be
    GUESS = "guess"  # a sitemap where there is one by convention; none is fine


WEB_KINDS = {role.value: role for role in (Role.PAGE, Role.FEED, Role.SITEMAP, Role.SITE)}
"""The kinds that force how an address is read; without one, its answer tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """What the settings say of fetching. Times in seconds.

    `allow_addresses`: `host:port` or CIDR let through the address guard. `contact` goes into the
    User-Agent. `freshness_seconds`: how long the answer to a URL counts as fresh where its feed or
    sitemap does not say when it changed.
    """

    max_bytes: int
    allow_addresses: tuple[str, ...] = ()
    gap_seconds: float = 1.0
    deadline_seconds: float = 60.0
    freshness_seconds: float = 86_400.0
    contact: str = ""
    version: str = "0"

    @property
    def user_agent(self) -> str:
        """Say truthfully who asks."""
        return f"{AGENT_NAME}/{self.version} ({self.contact or 'no contact configured'})"


class Failure(Exception):
    """One address gave no document; `reason` says if it is refused or tried again next time.

    `may_help`: another try soon may do better (a reset connection, a name server that is busy).
    `answers` is what came all the same, as JSON (`earlier.as_json`); None for nothing.
    """

    answers: str | None = None

    def __init__(self, reason: Reason, detail: str, *, may_help: bool = False) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.may_help = may_help
