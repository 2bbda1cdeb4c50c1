"""An address that waits for its turn in a crawl."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from tasks.readers.web.address import Address
from tasks.readers.web.rules import LISTING_BYTES, FetchRules, Role

_LISTING_SUFFIXES = (".xml", ".xml.gz", ".rss", ".atom", ".rdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked, and as what. `sites`: those that what it lists may belong to; none: any."""

    address: Address
    role: Role
    depth: int = 0
    sites: tuple[str, ...] = ()
    is_seed: bool = False

    @property
    def wants_site(self) -> bool:
        """Say whether it is asked for what it leads to."""
        return self.role is Role.SITE or (self.role is Role.AUTO and self.address.is_home)

    def max_bytes(self, rules: FetchRules) -> int:
        """Say how large its answer may be: listings may be larger than pages."""
        is_named = urlsplit(self.address.url).path.lower().endswith(_LISTING_SUFFIXES)
        is_listing = is_named or self.role in {Role.FEED, Role.SITEMAP, Role.GUESS}
        return max(LISTING_BYTES, rules.max_bytes) if is_listing else rules.max_bytes
