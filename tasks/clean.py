"""Clean the documents of one extracted shard, under the same limits as extraction."""

from __future__ import annotations

from tasks.cleaning.passing import not_cleaned
from tasks.desk import Desk
from tasks.model import Clean, Refusal, Stage, Treatments
from tasks.orchestration import verb
from tasks.records import CLEAN, Record, clean_record, extracted_of, taken_of
from tasks.sandbox import Death, Sandbox
from tasks.stage import StageResult, run_in_sandbox


@verb("clean")
def clean(
    desk: Desk,
    batch_id: str,
    extracted: StageResult,
    sandbox: Sandbox,
    treatments: Treatments,
    as_is: bool = False,
) -> StageResult:
    """Make the cleaned shard of an extracted shard: the same documents in the same order."""
    return run_in_sandbox(
        desk,
        batch_id,
        extracted,
        stage=Stage.CLEAN,
        sandbox=sandbox,
        treatments=treatments,
        as_is=as_is,
        schema=CLEAN,
        content="text",
        pass_by=_pass_by,
        flatten=clean_record,
        bury=_bury,
    )


def _pass_by(record: Record, _path: str) -> Clean:
    return not_cleaned(extracted_of(record))


def _bury(record: Record, death: Death, _path: str) -> Clean:
    refusal = Refusal(stage=Stage.CLEAN, reason=death.reason, detail=death.detail)
    taken = taken_of(record, record["shard_path"])
    return Clean(taken=taken, article=None, refusal=refusal, site=taken.source_name, removed=())
