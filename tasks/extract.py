"""Extract the documents of one raw shard, in workers that no page can hurt for long."""

from __future__ import annotations

from tasks.desk import Desk
from tasks.model import Extracted, Refusal, Stage, Treatments
from tasks.orchestration import verb
from tasks.records import EXTRACTED, Record, extracted_record, not_extracted, taken_of
from tasks.sandbox import Death, Sandbox
from tasks.stage import StageResult, run_in_sandbox


@verb("extract")
def extract(
    desk: Desk,
    batch_id: str,
    raw: StageResult,
    sandbox: Sandbox,
    treatments: Treatments,
    as_is: bool = False,
) -> StageResult:
    """Make the extracted shard of a raw shard: the same documents in the same order.

    A document without payload and without refusal is one that the desk knows: it is passed by.
    """
    return run_in_sandbox(
        desk,
        batch_id,
        raw,
        stage=Stage.EXTRACT,
        sandbox=sandbox,
        treatments=treatments,
        as_is=as_is,
        schema=EXTRACTED,
        content="payload",
        pass_by=not_extracted,
        flatten=extracted_record,
        bury=_bury,
    )


def _bury(record: Record, death: Death, path: str) -> Extracted:
    refusal = Refusal(stage=Stage.EXTRACT, reason=death.reason, detail=death.detail)
    return Extracted(taken=taken_of(record, path), extraction=None, refusal=refusal)
