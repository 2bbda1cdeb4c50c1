"""`quarantine`: list, show, retry and discard what was refused."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from flows.cli import DONE
from flows.commands import output
from flows.commands.deciding import existing_desk, stated_reason, user_name
from flows.commands.explaining import life_of
from flows.commands.reading import open_reading_copy
from flows.commands.references import WAITING, WAREHOUSE, find_document
from flows.settings import load_settings
from warehouse import decisions
from warehouse.connect import Connection
from warehouse.decisions import Decision
from warehouse.errors import DecisionRefused

_COLUMNS = ("document_id", "reason", "stage", "locator", "detail", "batch_id", "quarantined_at")
_HEAD_BYTES = 2_000


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
    """Run refused documents again with today's rules, as a new batch."""
    from flows.commands.run import conclude, with_engine
    from flows.session import Session

    settings = load_settings(arguments.home)
    existing_desk(arguments)
    connection = open_reading_copy(arguments)
    wanted = _wanted(connection, arguments)
    connection.close()

    def line(session: Session) -> dict[str, Any]:
        from flows.replay import replay

        batches = sorted({batch for _, batch in wanted})
        documents = tuple(document for document, _ in wanted)
        return dict(replay(batches, home=str(session.settings.home), documents=documents))

    report = with_engine(settings, line, purpose="quarantine retry")
    return conclude(report, settings, as_json=arguments.json)


def _wanted(connection: Connection, arguments: argparse.Namespace) -> list[tuple[str, str]]:
    waiting = dict(
        connection.execute(
            "SELECT document_id, batch_id FROM quarantine "
            "WHERE $reason IS NULL OR reason = $reason",
            {"reason": arguments.reason},
        ).fetchall()
    )
    if not arguments.refs:
        if not waiting:
            raise DecisionRefused("nothing waits in quarantine", "there is nothing to retry")
        return sorted(waiting.items())
    wanted = []
    for ref in arguments.refs:
        document_id = find_document(connection, ref, wanted=WAITING)
        if document_id not in waiting:
            raise DecisionRefused(
                f"{ref} does not wait in quarantine", "`copydesk explain` says why"
            )
        wanted.append((document_id, waiting[document_id]))
    return wanted


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
        for document_id in dict.fromkeys(found):
            decisions.record(
                connection,
                Decision(verb="discard", why=why, user_name=user_name(), document_id=document_id),
            )
        desk.refresh_reading_copy(connection)
    if arguments.json:
        output.print_json({"discarded": found})
    else:
        output.say(f"{len(set(found))} discarded")
    return DONE
