"""Load a batch into staging: one transaction, by name, again is safe."""

from __future__ import annotations

from pathlib import Path

from tasks.errors import BooksUnbalanced
from tasks.orchestration import verb
from tasks.stage import StageResult
from warehouse import staging
from warehouse.connect import Connection
from warehouse.ledger import BatchRow


@verb("load")
def load(
    connection: Connection,
    batch: BatchRow,
    acquired: list[StageResult],
    cleaned: list[StageResult],
    verdicts: Path,
) -> int:
    """Stage every document of the batch, and return how many there are.

    Raises BooksUnbalanced when that is not what the raw shards hold.
    """
    taken = sum(shard.taken for shard in acquired)
    staged = 0
    if cleaned:
        staged = staging.load(
            connection,
            batch_id=batch.batch_id,
            batch_sequence=batch.sequence,
            paths=[shard.path for shard in cleaned],
            verdicts=str(verdicts),
            rules_version=batch.rules_version,
        )
    if staged != taken:
        raise BooksUnbalanced(
            f"batch {batch.batch_id}: {taken} documents were taken in, {staged} were staged",
            "this is a defect of copydesk: nothing was published, please report it",
        )
    return staged
