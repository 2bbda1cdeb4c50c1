"""A person's decisions: rows, never edits. Statuses and views follow the latest.

| verb | on a batch or one site of it | on an article |
|---|---|---|
| release | held, rejected, withdrawn, all or in part -> published | withdrawn -> shown again |
| reject | held, partly held -> rejected | |
| withdraw | published, partly held -> withdrawn | shown -> withdrawn |
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.connect import Connection
from warehouse.errors import DecisionRefused, UnknownBatch, UnknownDocument

_FROM = {
    "release": {"held", "partly_held", "rejected", "withdrawn"},
    "reject": {"held", "partly_held"},
    "withdraw": {"published", "partly_held"},
}
_ALREADY = {"release": "published", "reject": "rejected", "withdraw": "withdrawn"}
_INSTEAD = {
    "release": "there is nothing to release",
    "reject": "`withdraw` takes back what is published",
    "withdraw": "`reject` refuses what is held",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided: on a batch (or one site of it), or on an article."""

    verb: str
    why: str
    user_name: str
    batch_id: str | None = None
    site: str | None = None
    article_id: str | None = None
    document_id: str | None = None


def check(connection: Connection, decision: Decision) -> None:
    """Raise DecisionRefused when a decision is already so or does not fit."""
    if decision.batch_id is not None:
        _check_batch(connection, decision)
    elif decision.article_id is not None:
        _check_article(connection, decision)


def record(connection: Connection, decision: Decision) -> None:
    """Append a decision as the latest."""
    connection.execute(
        "INSERT INTO ops.decision SELECT coalesce(max(sequence), 0) + 1, now(), $verb, $batch_id, "
        "$site, $article_id, $document_id, $why, $user_name FROM ops.decision",
        {
            "verb": decision.verb,
            "batch_id": decision.batch_id,
            "site": decision.site,
            "article_id": decision.article_id,
            "document_id": decision.document_id,
            "why": decision.why,
            "user_name": decision.user_name,
        },
    )


def _check_batch(connection: Connection, decision: Decision) -> None:
    row = connection.execute(
        "SELECT status FROM main.batches WHERE batch_id = $b", {"b": decision.batch_id}
    ).fetchone()
    if row is None:
        raise UnknownBatch(
            f"no batch is named {decision.batch_id}", "`copydesk batches` lists them"
        )
    status = str(row[0])
    about = f"batch {decision.batch_id}"
    if decision.site is not None:
        about = f"site {decision.site} of {about}"
        status = _site_status(connection, decision)
    elif decision.verb == "release" and _is_taken_back_in_part(connection, decision):
        return
    _refuse_unless_it_fits(about, status, decision.verb)


def _is_taken_back_in_part(connection: Connection, decision: Decision) -> bool:
    """Return whether articles of a batch, which may count as published, are not shown by it."""
    row = connection.execute(
        "SELECT coalesce(bool_or(batch_state <> 'visible'), false) FROM ops.document_state "
        "WHERE batch_id = $b",
        {"b": decision.batch_id},
    ).fetchone()
    return bool(row and row[0])


def _site_status(connection: Connection, decision: Decision) -> str:
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE batch_state = 'visible'), "
        "count(*) FILTER (WHERE batch_state = 'held'), "
        "count(*) FILTER (WHERE batch_state = 'rejected') "
        "FROM ops.document_state WHERE batch_id = $b AND site = $s AND batch_state IS NOT NULL",
        {"b": decision.batch_id, "s": decision.site},
    ).fetchone()
    assert row is not None
    total, visible, held, rejected = row
    if not total:
        raise UnknownDocument(
            f"batch {decision.batch_id} has no article of site {decision.site}",
            "`copydesk sql 'SELECT site FROM sites'` lists the sites",
        )
    if held:
        return "partly_held" if visible else "held"
    if visible:
        return "published"
    return "rejected" if rejected else "withdrawn"


def _check_article(connection: Connection, decision: Decision) -> None:
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE state = 'visible'), coalesce(bool_or(v.verb = "
        "'withdraw'), false) FROM ops.revision_state AS r LEFT JOIN ops.article_verdict AS v "
        "ON v.article_id = r.article_id WHERE r.article_id = $a",
        {"a": decision.article_id},
    ).fetchone()
    assert row is not None
    total, visible, withdrawn = row
    about = f"article {decision.article_id}"
    if not total:
        raise UnknownDocument(f"no {about}", "`copydesk explain REF` finds one by URL or locator")
    status = "withdrawn" if withdrawn else "published" if visible else "held"
    if decision.verb == "release" and status == "held":
        raise DecisionRefused(f"{about} waits with its batch", "release the batch, or its site")
    _refuse_unless_it_fits(about, status, decision.verb)


def _refuse_unless_it_fits(about: str, status: str, verb: str) -> None:
    if status in _FROM[verb]:
        return
    if status == _ALREADY[verb]:
        raise DecisionRefused(f"{about} is already {status}", "nothing was changed")
    raise DecisionRefused(f"{about} is {status}: `{verb}` does not fit", _INSTEAD[verb])
