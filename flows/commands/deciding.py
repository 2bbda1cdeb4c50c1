"""`release`, `reject`, `withdraw`: a person decides, and the reading copy follows."""

from __future__ import annotations

import argparse
import getpass
import os
from typing import Any

from flows.cli import DONE
from flows.commands import output
from flows.commands.references import WAREHOUSE, find_article
from flows.events import emit_decision
from flows.settings import find_home, load_settings
from tasks.desk import Desk
from tasks.errors import UsageError
from warehouse import decisions, store
from warehouse.connect import Connection
from warehouse.decisions import Decision
from warehouse.errors import UnknownDocument, WarehouseMissing


def decide(arguments: argparse.Namespace) -> int:
    """Record a decision on a batch, a site of it or an article, and renew the reading copy."""
    why = stated_reason(arguments.why)
    desk = existing_desk(arguments)
    with desk.writing(arguments.command) as connection:
        decision = _about(connection, arguments, why)
        decisions.check(connection, decision)
        desk.announce_change()
        decisions.record(connection, decision)
        desk.refresh_reading_copy(connection)
        found: dict[str, Any] = {
            "verb": decision.verb,
            "batch_id": decision.batch_id,
            "site": decision.site,
            "article_id": decision.article_id,
            "why": why,
        }
        if decision.batch_id is not None:
            status, _ = store.status_of(connection, decision.batch_id)
            found |= {"status": status, "counts": store.counts(connection, decision.batch_id)}
    renew_reports(desk, arguments)
    emit_decision(desk.home, found | {"user_name": decision.user_name})
    if arguments.json:
        output.print_json(found)
    elif decision.batch_id is not None:
        if decision.site is not None:
            output.say(f"site {decision.site}: {decision.verb} recorded")
        output.say(f"batch {decision.batch_id} is {found['status']} now")
    else:
        output.say(f"article {decision.article_id}: {decision.verb} recorded")
    return DONE


def renew_reports(desk: Desk, arguments: argparse.Namespace) -> None:
    """Let the report pages follow a decision, where there are any."""
    if not desk.reports.exists():
        return
    from tasks.report_site.build import build
    from tasks.report_site.trial import drop_trial

    drop_trial(desk.reports)
    build(desk, limits=load_settings(arguments.home).keep.limits)


def _about(connection: Connection, arguments: argparse.Namespace, why: str) -> Decision:
    user, verb, ref = user_name(), str(arguments.command), str(arguments.ref)
    known = connection.execute(
        "SELECT count(*) FROM ops.batch WHERE batch_id = $ref", {"ref": ref}
    ).fetchone()
    if known and known[0]:
        return Decision(verb=verb, why=why, user_name=user, batch_id=ref, site=arguments.site)
    if verb == "reject" or arguments.site is not None:
        return Decision(verb=verb, why=why, user_name=user, batch_id=ref)
    try:
        article = find_article(connection, ref, revisions=WAREHOUSE)
    except UnknownDocument as error:
        raise UnknownDocument(
            f"{ref} names no batch and no article", "`copydesk batches` lists the batches"
        ) from error
    return Decision(verb=verb, why=why, user_name=user, article_id=article)


def user_name() -> str:
    """Return who decides; a user without a name (in some containers) is a number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def stated_reason(why: str) -> str:
    """Return why a person decides so; raises UsageError when nothing is said."""
    if not why.strip():
        raise UsageError("--why is empty", "say in a few words why; it is recorded")
    return why.strip()


def existing_desk(arguments: argparse.Namespace) -> Desk:
    """Return the desk of a command that needs one with a warehouse."""
    desk = Desk(home=find_home(arguments.home))
    if not desk.warehouse.exists():
        raise WarehouseMissing(
            f"{desk.home} has no warehouse yet",
            "run `copydesk run SOURCE`, or name the right --home",
        )
    return desk
