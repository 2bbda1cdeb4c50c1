"""Extract to publish again: a batch whose sources are the raw shards of earlier ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.batch_name import check_batch_name, new_batch_name
from flows.ingest import (
    REPLAY,
    RUNNER,
    Options,
    resume_interrupted,
    run_batch,
)
from flows.session import session_for
from flows.settings import load_settings
from tasks.errors import DeskBusy, UsageError
from tasks.model import RULES_VERSION
from tasks.readers.raw_shards import RAW_SHARDS
from warehouse import ledger
from warehouse.connect import Connection


@flow(
    name="replay",
    validate_parameters=False,
    persist_result=False,
    task_runner=RUNNER,
)
def replay(
    batches: Sequence[str],
    home: str | None = None,
    batch: str | None = None,
    documents: tuple[str, ...] | None = None,
) -> dict[str, Any] | State[Any]:
    """Replay batches (all runs, where none is named) as one new batch with today's rules.

    `documents` (ids) narrows it to some; else each document is taken that gave the newest content
    of its article, or waits in quarantine. Equal text ends as `unchanged`, other text as a new
    revision; nothing is fetched.
    """
    settings = load_settings(home)
    name = new_batch_name() if batch is None else check_batch_name(batch)
    try:
        with session_for(settings, purpose=f"replay {name}") as session:
            finished = resume_interrupted(session, but=None)
            with session.desk.writing("open batch") as connection:
                folders = [
                    (str(session.desk.raw(old)), RAW_SHARDS, None)
                    for old in _chosen(connection, batches)
                ]
                chosen = documents or ledger.replayable(connection)
                options = Options(look_again=True, documents=tuple(chosen))
                row = ledger.open_batch(
                    connection,
                    name,
                    kind=REPLAY,
                    rules_version=RULES_VERSION,
                    options=json.dumps(asdict(options)),
                    sources=folders,
                )
            return run_batch(session, row) | {"resumed": finished}
    except DeskBusy as busy:
        return Completed(name="Busy", message=str(busy))


def _chosen(connection: Connection, batches: Sequence[str]) -> list[str]:
    if batches:
        return [ledger.find_batch(connection, name).batch_id for name in batches]
    found = ledger.batches_of_kind(connection, "run")
    if not found:
        raise UsageError("there is no batch to replay", "run a SOURCE first")
    return found
