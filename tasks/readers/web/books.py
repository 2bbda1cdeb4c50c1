"""What a crawl has on record: each answer and refusal, frame by frame, in the spool of its source.

A crawl that was interrupted is read back from here; whoever follows the spool reads documents.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from tasks.model import Kind, RawItem, Reason
from tasks.readers.origin import refusal
from tasks.readers.web.exchange import Validators
from tasks.readers.web.listed import Problem
from tasks.readers.web.memory import KnownEntry, KnownListing
from tasks.readers.web.rules import Failure, Role
from tasks.readers.web.spool import Frame, Spool, frames_in, item_facts


@dataclass(slots=True)
class Progress:
    """How far a crawl is. `refused` counts what became a refusal; `pace` is answers a second."""

    done: int = 0
    left: int = 0
    refused: int = 0
    held: int = 0  # what an interrupted run had done
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    @property
    def pace(self) -> float:
        """Return the answers a second so far."""
        seconds = self.told - self.began
        return (self.done - self.held) / seconds if seconds > 0 else 0.0


@dataclass(slots=True)
class Held:
    """What a spool holds of an interrupted crawl: among others, so many `items`, its documents.

    `refused` are the keys of pages that it refused because a sitemap of another site lists them.
    """

    seeds: tuple[list[str], Role] | None = None
    listings: list[tuple[KnownListing, tuple[str, ...], int]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    items: int = 0
    ended: bool = False


class Books:
    """Enter what becomes of each address; count it."""

    def __init__(self, spool: Spool, now: Callable[[], datetime]) -> None:
        """Go on behind what the spool holds."""
        self._spool = spool
        self._now = now
        self.progress = Progress()

    def held(self) -> Held:
        """Read what an interrupted crawl left."""
        held = Held()
        for frame in self._spool.written():
            if frame.kind == "seeds":
                held.seeds = frame.facts["urls"], Role(frame.facts["role"])
            elif frame.kind == "listing":
                held.listings.append(
                    (listing_of(frame.facts), tuple(frame.facts["sites"]), frame.facts["depth"])
                )
            elif frame.kind == "item":
                held.items += 1
                if _is_foreign(frame):
                    held.refused.update(frame.facts["keys"])
                self._count(frame.facts["item"]["refusal"] is not None)
            held.ended = held.ended or frame.kind in {"end", "dead"}
        self.progress.held = self.progress.done
        return held

    def begin(self, urls: Sequence[str], role: Role) -> None:
        """Enter where the crawl starts."""
        self._spool.append("seeds", {"urls": list(urls), "role": role})

    def end(self) -> None:
        """Enter that there is no more."""
        self._spool.append("end", {})

    def enter_listing(self, listing: KnownListing, *, sites: tuple[str, ...], depth: int) -> None:
        """Enter a listing as it was read."""
        self._spool.append("listing", _plain(asdict(listing) | {"sites": sites, "depth": depth}))

    def enter(self, item: RawItem, *, keys: Iterable[str]) -> None:
        """Enter a document, under every key that it goes by."""
        facts = {"item": item_facts(item), "keys": [*dict.fromkeys(keys)]}
        self._spool.append("item", facts, item.payload)
        self._count(item.refusal is not None)

    def refuse(self, url: str, failure: Failure, *, key: str | None) -> None:
        """Enter that an address gave nothing; `key` is None for a line that is no address."""
        blank = blank_item(url, url if key is None else f"https://{key}", self._now())
        refused = refusal(failure.reason, failure.detail)
        item = replace(
            blank,
            url=None if key is None else url,
            refusal=refused,
            http_earlier=failure.answers,
        )
        self.enter(item, keys=[key or url])

    def refuse_entry(self, listing_url: str, problem: Problem) -> None:
        """Enter an entry of a listing that has no address of its own."""
        locator = f"{listing_url}#{problem.name}"
        blank = blank_item(locator, locator, self._now())
        refused = refusal(problem.reason, problem.detail)
        item = replace(blank, url=None, payload=problem.payload, refusal=refused)
        self.enter(item, keys=[locator])

    def bury(self, url: str, failure: Failure) -> None:
        """Enter that a source which consists of one address could not be had."""
        facts = {
            "url": url,
            "reason": failure.reason,
            "detail": failure.detail,
            "answers": failure.answers,
        }
        self._spool.append("dead", facts)
        self._count(is_refused=True)

    def _count(self, is_refused: bool) -> None:
        self.progress.done += 1
        self.progress.told = time.monotonic()
        self.progress.refused += is_refused


def blank_item(url: str, place: str, now: datetime) -> RawItem:
    """Begin the document that an address gives, before anything is known of it."""
    return RawItem(locator=url, place=place, kind=Kind.HTML, payload=None, fetched_at=now, url=url)


def _plain(facts: dict[str, object]) -> dict[str, object]:
    """Write times as text, as the spool keeps them."""
    entries = facts["entries"]
    assert isinstance(entries, tuple | list)
    return facts | {
        "fetched_at": _iso(facts["fetched_at"]),
        "entries": [
            e | {"since": _iso(e["since"]), "changed_at": _iso(e["changed_at"])} for e in entries
        ],
    }


def _iso(at: object) -> str | None:
    return at.isoformat() if isinstance(at, datetime) else None


def listing_of(facts: dict[str, object]) -> KnownListing:
    """Read a listing back from its frame."""
    entries = facts["entries"]
    validators = facts["validators"]
    assert isinstance(entries, list)
    assert isinstance(validators, dict)
    return KnownListing(
        key=str(facts["key"]),
        url=str(facts["url"]),
        fetched_at=datetime.fromisoformat(str(facts["fetched_at"])),
        validators=Validators(**validators),
        entries=tuple(
            KnownEntry(
                key=e["key"],
                url=e["url"],
                role=e["role"],
                hint=e["hint"],
                since=datetime.fromisoformat(e["since"]),
                changed_at=datetime.fromisoformat(e["changed_at"]) if e["changed_at"] else None,
            )
            for e in entries
        ),
    )


def _is_foreign(frame: Frame) -> bool:
    """Say whether a document is the refusal of a page for which nobody asked."""
    refused = frame.facts["item"]["refusal"]
    return refused is not None and refused["reason"] == Reason.OTHER_HOST


def answered_in(work: Path) -> dict[str, datetime]:
    """Return when the pages and listings, by key, were had that the spools of a batch hold.

    Those of all its sources count: of crawls that ended, and of sources that are in shards.
    """
    answered: dict[str, datetime] = {}
    for path in sorted(work.glob("web*.spool")):
        for frame in frames_in(path):
            if frame.kind == "listing":
                answered[frame.facts["key"]] = datetime.fromisoformat(frame.facts["fetched_at"])
            elif frame.kind == "item" and not _is_foreign(frame):
                at = datetime.fromisoformat(frame.facts["item"]["fetched_at"])
                answered |= dict.fromkeys(frame.facts["keys"], at)
    return answered


def spool_path(work: Path, source_no: int) -> Path:
    """Say where the spool of a source lies while its batch is at work."""
    return work / f"web-{source_no:05d}.spool"
