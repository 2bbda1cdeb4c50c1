"""Extract the documents of one raw shard, in workers that no page can hurt for long."""

from __future__ import annotations

from tasks import shards
from tasks.desk import Desk
from tasks.model import Extracted, Refusal, Stage
from tasks.orchestration import verb
from tasks.sandbox import Death, Sandbox
from tasks.stage import StageResult, run_in_sandbox
from warehouse import store


@verb("extract")
def extract(
    desk: Desk, batch_id: str, raw: StageResult, sandbox: Sandbox, rules: str, look_again: bool
) -> StageResult:
    """Make the extracted shard of a raw shard: the same documents in the same order.

    A payload that the desk knows is passed by, unless each is to be looked at again (replay).
    """
    skip: frozenset[str] = frozenset()
    if not look_again:
        with desk.writing("extract") as connection:
            skip = store.known_payloads(connection, raw.path, rules_version=rules)
    return run_in_sandbox(
        desk,
        batch_id,
        raw,
        stage=Stage.EXTRACT,
        sandbox=sandbox,
        schema=shards.EXTRACTED,
        flatten=shards.extracted_record,
        bury=_bury,
        skip=skip,
    )


def _bury(record: shards.Record, death: Death, path: str) -> Extracted:
    refusal = Refusal(stage=Stage.EXTRACT, reason=death.reason, detail=death.detail)
    return Extracted(taken=shards.taken_of(record, path), extraction=None, refusal=refusal)
