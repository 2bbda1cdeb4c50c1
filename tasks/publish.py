"""Move a judged batch behind the gate, and let the readers see it."""

from __future__ import annotations

import shutil

from tasks.audit import Gated
from tasks.desk import Desk
from tasks.errors import BooksUnbalanced
from tasks.model import Outcome
from tasks.orchestration import verb
from warehouse import store
from warehouse.connect import Connection
from warehouse.ledger import BatchRow


@verb("publish")
def publish(
    connection: Connection,
    desk: Desk,
    batch: BatchRow,
    taken: int,
    gated: Gated,
    nothing_read: bool,
) -> dict[str, int]:
    """Publish or hold the batch in one transaction, renew the reading copy, return the books.

    `nothing_read` says that no source could be read at all: the batch has failed. Raises
    BooksUnbalanced, with nothing published, when not each of the documents `taken` in has come out
    with exactly one outcome.
    """
    why: str | None
    if nothing_read:
        gate, why = "failed", "no source could be read"
    elif gated.hold:
        gate, why = "held", gated.why
    elif gated.held_sites:
        gate, why = ("partly_held" if gated.free else "held"), gated.why
    else:
        gate, why = ("published" if gated.staged else "nothing_new"), None

    def balanced(books: dict[str, int]) -> None:
        if not taken == books["documents"] == sum(books[name] for name in Outcome):
            raise BooksUnbalanced(
                f"batch {batch.batch_id}: {taken} documents were taken in, {books} came out",
                "this is a defect of copydesk: nothing was published, please report it",
            )

    desk.announce_change()
    books = store.publish(
        connection,
        batch_id=batch.batch_id,
        batch_sequence=batch.sequence,
        rules_version=batch.rules_version,
        gate=gate,
        why=why,
        held_sites=gated.held_sites,
        checks=gated.checks,
        balanced=balanced,
    )
    desk.refresh_reading_copy(connection)
    shutil.rmtree(desk.work(batch.batch_id), ignore_errors=True)
    return books
