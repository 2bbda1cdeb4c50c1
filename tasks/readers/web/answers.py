"""The answers that are no document's: robots.txt, feeds, sitemaps, home pages, ways to archives.

They are kept as they came, too, but in no book. Each is in a spool of the run before what it says
is acted on, so that a kill loses none; where they rest afterwards is for `Memory.keep_answers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tasks.model import RawItem
from tasks.readers.web.spool import Spool, item_facts, item_of


class Answers:
    """The answers of a run that are no document's. One thread keeps them, in their order."""

    def __init__(self, path: Path) -> None:
        """Go on behind what an interrupted run kept in this file."""
        self._spool = Spool(path)

    def keep(self, item: RawItem) -> None:
        """Keep an answer."""
        self._spool.append("answer", {"item": item_facts(item)}, item.payload)

    def kept(self) -> Iterator[RawItem]:
        """Yield all that are kept now, one at a time, those of an interrupted run first."""
        for frame in self._spool.written():
            yield item_of(frame.facts["item"], frame.payload)

    def close(self) -> None:
        """Stop keeping."""
        self._spool.close()
