"""Where a stream came from, and how a reader turns what it finds there into `RawItem`s."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from tasks.model import Kind, RawItem, Reason, Refusal, Stage

_HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One file (or standard input, or later a member of an archive) as its reader sees it.

    `locator` names the document, or the container: things in it are `<locator>#<fragment>`.
    `name` is the file's name without the suffix of its compression. `skip` holds locators that
    were taken in already. `reopen` opens the file again, for readers that look back; None where
    it can be read only once. `columns` says which column of a table is which of our fields (field
    -> column), where that is not left to its name. `depth` counts the archives around.
    """

    locator: str
    name: str
    max_bytes: int
    now: Callable[[], datetime]
    skip: Collection[str] = frozenset()
    reopen: Callable[[], BinaryIO] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0

    def inside(self, fragment: str | int) -> str:
        """Name a thing inside this container."""
        return f"{self.locator}#{fragment}"

    @property
    def expected_kind(self) -> Kind:
        """What the name promises, for when there is no content that tells."""
        return Kind.HTML if is_html_name(self.name) else Kind.TEXT

    def refused(
        self,
        reason: Reason,
        detail: str,
        *,
        locator: str | None = None,
        kind: Kind | None = None,
        payload: bytes | None = None,
        media_type: str | None = None,
    ) -> RawItem:
        """Put on record that a document did not arrive, or arrived and is refused."""
        where = locator or self.locator
        return RawItem(
            locator=where,
            place=where,
            kind=kind or self.expected_kind,
            payload=payload,
            fetched_at=self.now(),
            media_type=media_type,
            refusal=refusal(reason, detail),
        )


def refusal(reason: Reason, detail: str) -> Refusal:
    """Refuse at the first stage of the line, which is where readers work."""
    return Refusal(stage=Stage.ACQUIRE, reason=reason, detail=detail)


def is_html_name(name: str) -> bool:
    """Say whether a file's name promises HTML."""
    return name.lower().endswith(_HTML_SUFFIXES)
