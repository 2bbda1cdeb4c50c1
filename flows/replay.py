"""Extract to publish again: a batch whose sources are the raw shards of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.batch_name import check_batch_name, new_batch_name
from flows.ingest import REPLAY, RUNNER, resume_interrupted, run_batch
from flows.options import Options
from flows.session import session_for, session_is_open
from flows.settings import load_settings
from flows.shard_line import AS_IS
from flows.sources import treatments
from tasks.desk import Desk
from tasks.errors import DeskBusy, UsageError
from tasks.model import RULES_VERSION
from tasks.readers.raw_shards import RAW_SHARDS
from warehouse import ledger
from warehouse.connect import Connection
from warehouse.decisions import Decision


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
    from_raw: bool = False,
    vouched: tuple[str, str] | None = None,
) -> dict[str, Any] | State[Any]:
    """Replay batches (all, where none is named) as one new batch with today's rules.

    `documents` (ids) narrows it to some; else each document is taken that gave the newest content
    of its article, or waits in quarantine. Equal text and facts end as `unchanged`, others as a
    new revision; nothing is fetched. `from_raw` takes every payload of every batch that lies in
    raw/, whether the ledger knows it or not: the way back after the warehouse file was lost.
    `vouched` (why, user name) publishes `documents`, refused ones, as they are on a person's word.
    """
    settings = load_settings(home)
    name = new_batch_name() if batch is None else check_batch_name(batch)
    try:
        with session_for(settings, purpose=f"replay {name}") as session:
            finished = resume_interrupted(session, but=None)
            with session.desk.writing("open batch") as connection:
                if from_raw:
                    named, wanted = _lying(session.desk), None
                else:
                    chosen = ledger.replayable(connection)
                    named = _chosen(session.desk, connection, batches, chosen)
                    wanted = documents or tuple(chosen)
                folders = [(str(session.desk.raw(old)), RAW_SHARDS, None) for old in named]
                options = Options(
                    look_again=True, documents=wanted, treatments=treatments(session.settings)
                )
                row = ledger.open_batch(
                    connection,
                    name,
                    kind=REPLAY if vouched is None else AS_IS,
                    rules_version=RULES_VERSION,
                    options=options.as_json(),
                    sources=folders,
                    decided=_decided(name, wanted, vouched),
                )
            return run_batch(session, row) | {"resumed": finished}
    except DeskBusy as busy:
        if session_is_open():
            raise
        return Completed(name="Busy", message=str(busy))


def _decided(
    batch: str, documents: Sequence[str] | None, vouched: tuple[str, str] | None
) -> list[Decision]:
    """Return the decisions of a batch that publishes documents as they are."""
    if vouched is None:
        return []
    why, user_name = vouched
    return [
        Decision(verb="publish", why=why, user_name=user_name, batch_id=batch, document_id=document)
        for document in documents or ()
    ]


def _lying(desk: Desk) -> list[str]:
    """Return the batches whose payloads lie in raw/, in the order they were begun."""
    folders = [f for f in desk.raw(".").iterdir() if f.is_dir()] if desk.raw(".").is_dir() else []
    if not folders:
        raise UsageError(f"no payloads lie in {desk.raw('.')}", "run a SOURCE first")
    return [f.name for f in sorted(folders, key=lambda f: (f.stat().st_ctime, f.name))]


def _chosen(
    desk: Desk, connection: Connection, batches: Sequence[str], chosen: Mapping[str, str]
) -> list[str]:
    """Return the batches named, or those of the chosen documents whose payloads were not pruned.

    Replays are among them: what one of them published, the next one takes from there.
    """
    if batches:
        return [ledger.find_batch(connection, name).batch_id for name in batches]
    found = [b for b in dict.fromkeys(chosen.values()) if any(desk.raw(b).glob("*"))]
    if not found:
        raise UsageError("no batch has payloads to replay", "run a SOURCE first")
    return found
