"""The pages on disk, and a note of what each was made from, so that only what changed is made anew.

A page appears whole or not at all. What nobody asked for in a build is removed at its end. The
note has one entry a folder, so that a folder in which nothing changed is passed over as a whole.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tasks.model import short_hash

_NOTE = ".made-from.json"
_FOLDERS = ("", "assets", "batches", "data", "documents", "rules", "sites")


class _Noted(NamedTuple):
    """What the note says of a folder: what all of it was made from, its pages and what of each.

    `names` are sorted, `made_from` is in their order; both are joined by spaces, because there are
    ten thousand of them and most builds need none. `changed_ns`: when a name in it last came or
    went, as the file system says; 0 in folders that are not passed over as a whole.
    """

    signature: str
    names: str
    made_from: str
    changed_ns: int

    def pages(self) -> dict[str, str]:
        return dict(zip(self.names.split(" "), self.made_from.split(" "), strict=False))


_NOTHING = _Noted("", "", "", 0)


class Shelf:
    """The files of a site. `edition` names the version of all templates: a new one renews all."""

    def __init__(self, root: Path, *, edition: str) -> None:
        """Open a site, or begin one; its note may be missing or damaged."""
        self._root = root
        self._edition = edition
        root.mkdir(parents=True, exist_ok=True)
        self._noted = self._read_note()
        self._made_from: dict[str, dict[str, str]] = {}
        self._signatures: dict[str, str] = {}
        self._wanted: dict[str, dict[str, str]] = defaultdict(dict)
        self._kept: set[str] = set()
        self.written: list[str] = []

    def keeps(self, folder: str, signature: str) -> bool:
        """Ask for a folder of pages made from what `signature` names; say whether all are there.

        Where they are not, each of them is to be asked for.
        """
        noted = self._noted.get(folder, _NOTHING)
        if noted.signature == signature and self._has_just(folder, noted):
            self._kept.add(folder)
            return True
        self._signatures[folder] = signature
        return False

    def _has_just(self, folder: str, noted: _Noted) -> bool:
        """Say whether a folder has the noted names alone; it is listed only where it changed."""
        path = self._root / folder
        try:
            # Names alone: there are ten thousand of them.
            return (
                path.stat().st_mtime_ns == noted.changed_ns
                or " ".join(sorted(os.listdir(path))) == noted.names  # noqa: PTH208
            )
        except FileNotFoundError:
            return False

    def wants(self, page: str, signature: str) -> bool:
        """Ask for a page made from what `signature` names; say whether it must be made."""
        folder, _, name = page.rpartition("/")
        self._wanted[folder][name] = signature
        if folder not in self._made_from:
            made_from = self._noted.get(folder, _NOTHING).pages()
            there = set(self._files(folder))
            self._made_from[folder] = {n: s for n, s in made_from.items() if n in there}
        return self._made_from[folder].get(name) != signature

    def place(self, page: str) -> Path:
        """Return where a page is to be written, and count it as written; raises OSError.

        The note goes first: after a build that was killed, no page is taken for what it may not be.
        """
        if not self.written:
            (self._root / _NOTE).unlink(missing_ok=True)
        path = self._root / page
        folder = page.rpartition("/")[0]
        if not self._made_from.get(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
        self.written.append(page)
        return path

    def put(self, page: str, text: str) -> None:
        """Write a page; raises OSError."""
        put(self.place(page), text)

    def make(self, page: str, signature: str, text: Callable[[], str]) -> None:
        """Write a page if it must be made."""
        if self.wants(page, signature):
            self.put(page, text())

    @property
    def pages(self) -> int:
        """How many files were asked for."""
        kept = sum(self._noted[folder].names.count(" ") + 1 for folder in self._kept)
        return kept + sum(len(pages) for pages in self._wanted.values())

    def close(self) -> None:
        """Remove what nobody asked for, and note what every page was made from."""
        for folder in [*_FOLDERS, *self._batches()]:
            if folder not in self._kept:
                self._clear(folder)
        note = {folder: self._noted[folder] for folder in self._kept}
        for folder, pages in self._wanted.items():
            names = sorted(pages)
            made_from = " ".join(pages[name] for name in names)
            signature = self._signatures.get(folder, "")
            changed_ns = (self._root / folder).stat().st_mtime_ns if signature else 0
            note[folder] = _Noted(signature, " ".join(names), made_from, changed_ns)
        if self.written or note != self._noted:
            put(self._root / _NOTE, json.dumps({"edition": self._edition, "folders": note}))

    def _clear(self, folder: str) -> None:
        """Remove the pages of a folder that nobody asked for, and the folder when it is empty."""
        path = self._root / folder
        gone = self._files(folder) - self._wanted.get(folder, {}).keys()
        for name in sorted(gone):
            (path / name).unlink(missing_ok=True)
        if gone and not any(path.iterdir()):
            path.rmdir()

    def _read_note(self) -> dict[str, _Noted]:
        try:
            note = json.loads((self._root / _NOTE).read_text("utf-8"))
            if note["edition"] != self._edition:
                return {}
            return {folder: _Noted(*entry) for folder, entry in note["folders"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _files(self, folder: str) -> set[str]:
        """Name the files of a folder; of the root, its pages alone."""
        try:
            with os.scandir(self._root / folder) as entries:
                files = {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
        except FileNotFoundError:
            return set()
        return files if folder else {name for name in files if name.endswith(".html")}

    def _batches(self) -> Iterator[str]:
        """Name the folders of documents."""
        try:
            with os.scandir(self._root / "documents") as entries:
                yield from (
                    f"documents/{e.name}" for e in entries if e.is_dir(follow_symlinks=False)
                )
        except FileNotFoundError:
            return


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
