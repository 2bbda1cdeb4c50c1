"""The pages on disk, and a note of what each was made from, so that only what changed is made anew.

A page appears whole or not at all. What nobody asked for in a build is removed at its end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from tasks.model import short_hash

_NOTE = ".made-from.json"
_FOLDERS = ("assets", "batches", "data", "documents", "rules", "sites")


class Shelf:
    """The files of a site. `edition` names the version of all templates: a new one renews all."""

    def __init__(self, root: Path, *, edition: str) -> None:
        """Open a site, or begin one; its note may be missing or damaged."""
        self._root = root
        self._edition = edition
        root.mkdir(parents=True, exist_ok=True)
        self._made_from = self._read_note()
        self._there = set(self._files())
        self._wanted: dict[str, str] = {}
        self._folders: set[str] = set()
        self.written: list[str] = []

    def wants(self, page: str, signature: str) -> bool:
        """Ask for a page made from what `signature` names; say whether it must be made."""
        self._wanted[page] = signature
        return self._made_from.get(page) != signature or page not in self._there

    def put(self, page: str, text: str) -> None:
        """Write a page; raises OSError.

        The note goes first: after a build that was killed, no page is taken for what it may not be.
        """
        if not self.written:
            (self._root / _NOTE).unlink(missing_ok=True)
        path = self._root / page
        folder = page.rpartition("/")[0]
        if folder not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        put(path, text)
        self.written.append(page)

    def make(self, page: str, signature: str, text: Callable[[], str]) -> None:
        """Write a page if it must be made."""
        if self.wants(page, signature):
            self.put(page, text())

    @property
    def pages(self) -> int:
        """How many files were asked for."""
        return len(self._wanted)

    def close(self) -> None:
        """Remove what nobody asked for, and note what every page was made from."""
        for page in sorted(self._there - self._wanted.keys()):
            path = self._root / page
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        if self.written or self._wanted != self._made_from:
            note = {"edition": self._edition, "pages": self._wanted}
            put(self._root / _NOTE, json.dumps(note))

    def _read_note(self) -> dict[str, str]:
        try:
            note = json.loads((self._root / _NOTE).read_text("utf-8"))
            pages = note["pages"] if note["edition"] == self._edition else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return pages if isinstance(pages, dict) else {}

    def _files(self) -> list[str]:
        found = [entry.name for entry in os.scandir(self._root) if entry.name.endswith(".html")]
        for folder in _FOLDERS:
            top = self._root / folder
            for at, _, names in os.walk(top):
                below = Path(at).relative_to(self._root).as_posix()
                found += [f"{below}/{name}" for name in names]
        return found


def drop_documents(root: Path, document_ids: list[str]) -> int:
    """Remove the pages of some documents, wherever they lie; return how many there were.

    For erasing: the next build makes anew what still may be shown, and the pages that quote them
    (rules, sites, the finder) change with the reading copy.
    """
    dropped = 0
    for document_id in document_ids:
        for page in (root / "documents").glob(f"*/{document_id}.html"):
            page.unlink(missing_ok=True)
            dropped += 1
    return dropped


def signature_of(*parts: object) -> str:
    """Name what a page is made from: equal parts, equal name."""
    return short_hash(*(repr(part) for part in parts))


def put(path: Path, text: str) -> None:
    """Write a file, whole or not at all; raises OSError."""
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    whole.write_bytes(text.encode("utf-8", "replace"))
    whole.replace(path)
