"""Between the readers of files and the warehouse: which files lie there as when they were read."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.desk import Desk
from tasks.model import Kind
from tasks.readers.paths import KnownFile
from warehouse import files, store


class FileMemory:
    """Ask the ledger of a desk; each call opens the warehouse for a moment."""

    def __init__(self, desk: Desk, *, rules: str) -> None:
        """Remember what this desk read and knows by some rules."""
        self._desk = desk
        self._rules = rules

    def __call__(self, states: Mapping[str, str]) -> Mapping[str, KnownFile]:
        """Return those of some files (place -> state) that need no new look.

        They lie there as when they were read, and what they hold is known and still kept.
        """
        with self._desk.writing("recall files") as connection:
            rows = files.files_as_they_lay(connection, states)
            arriving = [(row.place, row.place, row.payload_sha256) for row in rows]
            known = store.known_payloads(connection, arriving, rules_version=self._rules)
        return {
            row.place: KnownFile(
                kind=Kind(row.kind),
                media_type=row.media_type,
                payload_sha256=row.payload_sha256,
                payload_bytes=row.payload_bytes,
            )
            for row in rows
            if row.place in known and (self._desk.home / known[row.place]).exists()
        }
