"""`explain`: the life of one document, from where it came to what became of it."""

from __future__ import annotations

import argparse
from typing import Any

from flows.cli import DONE
from flows.commands import output
from flows.commands.reading import open_reading_copy
from flows.commands.references import find_document
from warehouse.connect import Connection

_TITLE_CHARS = 200


def explain(arguments: argparse.Namespace) -> int:
    """Tell where a document came from, what was removed, every check, decisions, outcome."""
    connection = open_reading_copy(arguments)
    life = life_of(connection, find_document(connection, arguments.ref))
    if arguments.json:
        output.print_json(life)
        return DONE
    _tell(life)
    return DONE


def life_of(connection: Connection, document_id: str) -> dict[str, Any]:
    """Return all that the reading copy says of a document."""
    document = _objects(
        connection, "SELECT * FROM documents WHERE document_id = $id", id=document_id
    )[0]
    batch_id, article_id = document["batch_id"], document["article_id"]
    return {
        "document": document,
        "batch": _objects(connection, "SELECT * FROM batches WHERE batch_id = $id", id=batch_id)[0],
        "article": _first(
            connection, "SELECT * FROM articles WHERE article_id = $id", id=article_id
        ),
        "revisions": _objects(
            connection,
            "SELECT revision, document_id, batch_id, title, text_chars FROM article_revisions "
            "WHERE article_id = $id ORDER BY revision",
            id=article_id,
        ),
        "removed_lines": _objects(
            connection,
            "SELECT line_no, rule, text FROM removed_lines WHERE document_id = $id "
            "ORDER BY line_no NULLS FIRST",
            id=document_id,
        ),
        "checks": _objects(
            connection,
            "SELECT suite, expectation, severity, success, unexpected_count, observed FROM checks "
            "WHERE batch_id = $id ORDER BY success, suite, expectation",
            id=batch_id,
        ),
        "decisions": _objects(
            connection,
            "SELECT * FROM decisions WHERE batch_id = $batch OR article_id = $article "
            "OR document_id = $id ORDER BY decided_at",
            batch=batch_id,
            article=article_id,
            id=document_id,
        ),
    }


def _objects(connection: Connection, query: str, **values: object) -> list[dict[str, Any]]:
    result = connection.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _first(connection: Connection, query: str, **values: object) -> dict[str, Any] | None:
    found = _objects(connection, query, **values)
    return found[0] if found else None


def _tell(life: dict[str, Any]) -> None:
    document, article = life["document"], life["article"]
    output.print_table(("document", ""), document.items())
    if article is not None:
        shown = {k: v for k, v in article.items() if k != "text"}
        shown["text"] = article["text"][:_TITLE_CHARS] + "..."
        output.print_table(("article", ""), shown.items())
    elif document["outcome"] == "held":
        output.say("its text waits for a decision and is not in the reading copy")
    removed = life["removed_lines"]
    if removed:
        output.print_table(("line", "rule", "removed text"), [list(r.values()) for r in removed])
    failed = [check for check in life["checks"] if not check["success"]]
    output.say(f"checks of its batch: {len(life['checks'])}, failed: {len(failed)}")
    if failed:
        output.print_table(list(failed[0]), [list(check.values()) for check in failed])
    if life["decisions"]:
        output.print_table(
            list(life["decisions"][0]), [list(d.values()) for d in life["decisions"]]
        )
    output.say(f"batch {document['batch_id']}: {life['batch']['status']}")
