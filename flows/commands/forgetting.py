"""`forget`: erase for good what a person's right or a court demands."""

from __future__ import annotations

import argparse

from flows.cli import DONE
from flows.commands import output
from flows.commands.deciding import existing_desk, stated_reason, user_name
from flows.commands.references import WAREHOUSE, WITH_ARTICLE, find_document
from flows.events import emit_decision
from flows.settings import load_settings
from tasks.acquire import now_utc
from tasks.desk import Desk
from tasks.erasure import Erased
from tasks.erasure import forget as erase
from warehouse.decisions import Decision


def forget(arguments: argparse.Namespace) -> int:
    """Erase a document, its article and their copies; killed half way, ask again."""
    why = stated_reason(arguments.why)
    desk = existing_desk(arguments)
    limits = load_settings(arguments.home).keep.limits
    with desk.running("forget"):
        document_id, article_id = _named(desk, arguments.ref)
        decision = Decision(
            verb="forget",
            why=why,
            user_name=user_name(),
            article_id=article_id,
            document_id=None if article_id else document_id,
        )
        found = erase(desk, decision, document_id=document_id, now=now_utc, limits=limits)
    emit_decision(
        desk.home,
        {
            "verb": decision.verb,
            "why": why,
            "user_name": decision.user_name,
            "article_id": article_id,
            "documents": found.documents,
        },
    )
    _tell(found, desk, arguments, article_id)
    return DONE


def _named(desk: Desk, ref: str) -> tuple[str, str | None]:
    with desk.writing("forget") as connection:
        document_id = find_document(connection, ref, revisions=WAREHOUSE, wanted=WITH_ARTICLE)
        row = connection.execute(
            "SELECT article_id FROM raw.document WHERE document_id = $id", {"id": document_id}
        ).fetchone()
    return document_id, row[0] if row else None


def _tell(found: Erased, desk: Desk, arguments: argparse.Namespace, article_id: str | None) -> None:
    untouched = [str(desk.home / name) for name in found.untouched]
    if arguments.json:
        output.print_json(
            {
                "verb": "forget",
                "article_id": article_id,
                "documents": list(found.documents),
                "payloads": found.payloads,
                "not_touched": ["backups and exports outside of the home", *untouched],
            }
        )
        return
    output.say(f"{len(found.documents)} documents forgotten, {found.payloads} payloads erased")
    output.say("not touched: backups and exports outside of the home")
    for path in untouched:
        output.say(f"not touched: {path}")
