"""`quarantine`: list, show, retry and discard what was refused."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.cli import DONE
from flows.commands import output
from flows.commands.deciding import existing_desk, stated_reason, user_name
from flows.commands.explaining import life_of
from flows.commands.reading import open_reading_copy
from flows.commands.references import WAITING, WAREHOUSE, find_document
from flows.events import emit_decision
from flows.settings import Settings, load_settings
from tasks.desk import Desk
from tasks.errors import UsageError
from tasks.model import AS_ALL, Reason
from warehouse import decisions
from warehouse.connect import Connection
from warehouse.decisions import Decision
from warehouse.errors import DecisionRefused

_COLUMNS = ("document_id", "reason", "stage", "locator", "detail", "batch_id", "quarantined_at")
_HEAD_BYTES = 2_000
_NEVER_READ = frozenset({Reason.TIMEOUT, Reason.MEMORY_LIMIT, Reason.CRASHED})
"""They ended their worker: this process does not try them."""


def listing(arguments: argparse.Namespace) -> int:
    """List the refused documents that wait, newest first."""
    connection = open_reading_copy(arguments)
    limit = f" LIMIT {int(arguments.limit)}" if arguments.limit > 0 else ""
    rows = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM quarantine "
        "WHERE $reason IS NULL OR reason = $reason "
        "ORDER BY quarantined_at DESC, locator" + limit,
        {"reason": arguments.reason},
    ).fetchall()
    if arguments.json:
        output.print_json({"quarantine": [dict(zip(_COLUMNS, r, strict=True)) for r in rows]})
        return DONE
    if not rows:
        output.say("nothing waits in quarantine")
        return DONE
    output.print_table(_COLUMNS[:5], [row[:5] for row in rows])
    return DONE


def show(arguments: argparse.Namespace) -> int:
    """Show one refused document, with its payload's beginning."""
    desk = existing_desk(arguments)
    connection = open_reading_copy(arguments)
    document_id = find_document(connection, arguments.ref, wanted=WAITING)
    life = life_of(connection, document_id)
    head = _payload_head(desk.raw(life["document"]["batch_id"]), document_id)
    if arguments.json:
        output.print_json(life | {"payload_head": head})
        return DONE
    output.print_table(("document", ""), life["document"].items())
    output.say(f"the first {_HEAD_BYTES} bytes of its payload:" if head else "no payload is kept")
    if head:
        output.console().print(output.cell(head))
    return DONE


def _payload_head(folder: Path, document_id: str) -> str | None:
    from tasks import shards

    for path in sorted(folder.glob("*.parquet")):
        for record in shards.read(str(path), columns=["document_id", "payload"]):
            if record["document_id"] == document_id and record["payload"] is not None:
                return bytes(record["payload"][:_HEAD_BYTES]).decode("utf-8", "replace")
    return None


def retry(arguments: argparse.Namespace) -> int:
    """Run refused documents again with today's rules, or as they are, as a new batch."""
    from flows.commands.run import conclude, with_engine
    from flows.session import Session

    vouched = _vouched(arguments)
    settings = load_settings(arguments.home)
    desk = existing_desk(arguments)
    connection = open_reading_copy(arguments)
    wanted = _wanted(connection, arguments)
    connection.close()
    if vouched is not None:
        for refused in wanted:
            _check_text(desk, settings, refused)

    def line(session: Session) -> dict[str, Any]:
        from flows.replay import replay

        return dict(
            replay(
                sorted({refused.batch_id for refused in wanted}),
                home=str(session.settings.home),
                documents=tuple(refused.document_id for refused in wanted),
                vouched=vouched,
            )
        )

    report = with_engine(settings, line, purpose="quarantine retry")
    if vouched is not None:
        why, user = vouched
        told = {name: report[name] for name in ("batch_id", "status", "counts")}
        documents = [refused.document_id for refused in wanted]
        emit_decision(
            desk.home,
            {"verb": "publish", "why": why, "user_name": user, "documents": documents, **told},
        )
    return conclude(report, settings, as_json=arguments.json)


def _vouched(arguments: argparse.Namespace) -> tuple[str, str] | None:
    """Return why a person publishes refused documents as they are, and who it is."""
    if not arguments.as_is:
        if arguments.why is not None:
            raise UsageError("--why goes with --as-is", "a retry by the rules needs no reason")
        return None
    if not arguments.refs:
        raise UsageError("--as-is needs a REF", "name each document that a person looked at")
    return stated_reason(arguments.why or ""), user_name()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    document_id: str
    batch_id: str
    locator: str
    reason: str


def _check_text(desk: Desk, settings: Settings, refused: _Refused) -> None:
    """Raise DecisionRefused where extraction gives no text that could be published as it is."""
    from flows.commands.preview import previewed
    from flows.sources import treatments
    from tasks.readers.raw_shards import replay

    about = f"{refused.locator} cannot be published as it is"
    if refused.reason == Reason.WITHDRAWN:
        raise DecisionRefused(f"{about}: a person took it back", "`release` turns that round")
    why, instead = refused.reason, "there is no text to publish; `quarantine discard` drops it"
    if refused.reason in _NEVER_READ:
        raise DecisionRefused(f"{about}: {why}", instead)
    item = next(replay(desk.raw(refused.batch_id), documents={refused.document_id}), None)
    if item is None:
        raise DecisionRefused(f"{about}: no payload of it is kept", instead)
    treatment = treatments(settings).get(item.source_name or "", AS_ALL)
    found = previewed(item, item.source_name, treatment, as_is=True)
    if found.refusal is not None:
        why = f"{found.refusal.reason} ({found.refusal.detail})"
        raise DecisionRefused(f"{about}: {why}", instead)


def _wanted(connection: Connection, arguments: argparse.Namespace) -> list[_Refused]:
    rows = connection.execute(
        "SELECT document_id, batch_id, locator, reason FROM quarantine "
        "WHERE $reason IS NULL OR reason = $reason ORDER BY document_id",
        {"reason": arguments.reason},
    ).fetchall()
    waiting = {
        document_id: _Refused(
            document_id=document_id, batch_id=batch_id, locator=locator, reason=reason
        )
        for document_id, batch_id, locator, reason in rows
    }
    if not arguments.refs:
        if not waiting:
            raise DecisionRefused("nothing waits in quarantine", "there is nothing to retry")
        return list(waiting.values())
    wanted = {}
    for ref in arguments.refs:
        document_id = find_document(connection, ref, wanted=WAITING)
        if document_id not in waiting:
            raise DecisionRefused(
                f"{ref} does not wait in quarantine", "`copydesk explain` says why"
            )
        wanted[document_id] = waiting[document_id]
    return list(wanted.values())


def discard(arguments: argparse.Namespace) -> int:
    """Take refused documents off the list; their payloads and the record of it stay."""
    why = stated_reason(arguments.why)
    desk = existing_desk(arguments)
    with desk.writing("discard") as connection:
        found = [
            find_document(connection, ref, revisions=WAREHOUSE, wanted=WAITING)
            for ref in arguments.refs
        ]
        for document_id, ref in zip(found, arguments.refs, strict=True):
            waits = connection.execute(
                "SELECT count(*) FROM main.quarantine WHERE document_id = $id", {"id": document_id}
            ).fetchone()
            if not waits or not waits[0]:
                raise DecisionRefused(f"{ref} does not wait in quarantine", "nothing was changed")
        desk.announce_change()
        user, documents = user_name(), list(dict.fromkeys(found))
        for document_id in documents:
            decisions.record(
                connection,
                Decision(verb="discard", why=why, user_name=user, document_id=document_id),
            )
        desk.refresh_reading_copy(connection)
    emit_decision(
        desk.home, {"verb": "discard", "why": why, "user_name": user, "documents": documents}
    )
    if arguments.json:
        output.print_json({"discarded": found})
    else:
        output.say(f"{len(set(found))} discarded")
    return DONE
