"""What batches that do not run have left in `work/`, and what of it one of them may still need."""

from __future__ import annotations

import shutil
from pathlib import Path

from tasks.readers.web.books import spool_path
from tasks.readers.web.service import answers_spool, origins_spool
from warehouse import ledger, store
from warehouse.connect import Connection
from warehouse.errors import UnknownBatch
from warehouse.ledger import BatchRow


def can_be_taken_up(connection: Connection, row: BatchRow) -> bool:
    """Say whether a batch that has ended may run again: it failed before it had documents."""
    return row.gate == "failed" and not store.counts(connection, row.batch_id)["documents"]


def sweep(connection: Connection, home: Path) -> None:
    """Drop the work of batches that ended just before they could do so themselves.

    What servers answered to a failed batch stays where it is in no shard yet: `--batch` goes on
    there. What is no folder is not ours.
    """
    work = home / "work"
    for folder in work.iterdir() if work.is_dir() else ():
        needed = _needed(connection, folder) if folder.is_dir() else None
        if needed is None:
            continue
        left = set(folder.iterdir())
        if left.isdisjoint(needed):
            shutil.rmtree(folder, ignore_errors=True)
            continue
        for path in left - needed:
            if path.is_file():
                path.unlink()


def _needed(connection: Connection, folder: Path) -> set[Path] | None:
    """Return the files of a batch that are needed, whether they exist or not; None: all."""
    try:
        row = ledger.find_batch(connection, folder.name)
    except UnknownBatch:
        return set()
    if row.gate is None:
        return None
    if not can_be_taken_up(connection, row):
        return set()
    unread = [s for s in ledger.sources_of(connection, row.batch_id) if s.read_at is None]
    spools = {spool_path(folder, source.source_no) for source in unread}
    return {origins_spool(folder), answers_spool(folder), *spools}
