"""What a REF names: a document id, an article id, a URL or a locator."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.cleaning.url import url_key
from tasks.identity.decide import article_id_of
from warehouse.connect import Connection
from warehouse.errors import UnknownDocument

_BY_ID = "SELECT document_id FROM documents WHERE document_id = $ref"
_NEWEST = "fetched_at DESC, batch_id DESC LIMIT 1"
_BY_ARTICLE = f"SELECT document_id FROM documents WHERE article_id = $ref ORDER BY {_NEWEST}"
_BY_LOCATOR = "SELECT document_id FROM documents WHERE locator = $ref ORDER BY {wanted} DESC, "
ANY = "true"
WITH_ARTICLE = "article_id IS NOT NULL"
WAITING = "document_id IN (SELECT document_id FROM quarantine)"
READING_COPY = "main.article_revisions"
WAREHOUSE = "published.article_revision"


def find_document(
    connection: Connection, ref: str, *, revisions: str = READING_COPY, wanted: str = ANY
) -> str:
    """Return the newest document that a REF names; raises UnknownDocument.

    `revisions` is where URLs are looked up: in the warehouse, withdrawn articles are found too.
    `wanted` says which of the documents of one locator come first: ANY, WITH_ARTICLE, WAITING.
    """
    by_locator = _BY_LOCATOR.format(wanted=wanted) + _NEWEST
    by_url = (
        f"SELECT document_id FROM {revisions} WHERE url = $ref OR canonical_url = $ref "
        "ORDER BY revision DESC LIMIT 1"
    )
    for query in (_BY_ID, _BY_ARTICLE, by_locator, by_url):
        found = connection.execute(query, {"ref": ref}).fetchone()
        if found is None and query is by_locator and "://" not in ref:
            path = os.path.abspath(Path(ref).expanduser())  # noqa: PTH100 - as locators are made
            found = connection.execute(query, {"ref": path}).fetchone()
        if found is not None:
            return str(found[0])
    key = url_key(ref) if "://" in ref else None
    if key is not None and (document := _by_key(connection, key, revisions)) is not None:
        return document
    raise UnknownDocument(
        f"nothing is known as {ref}",
        "give a document id, an article id, a URL, or a locator as in `documents`",
    )


def _by_key(connection: Connection, key: str, revisions: str) -> str | None:
    """Return the newest document of a page, whatever form its URL has; also one not published."""
    row = connection.execute(_BY_ARTICLE, {"ref": article_id_of(key)}).fetchone()
    if row is not None:
        return str(row[0])
    for document_id, url, _ in connection.execute(
        f"SELECT document_id, coalesce(url, canonical_url) AS url, 1 AS known FROM {revisions} "
        "UNION ALL SELECT document_id, url, 0 FROM main.document_places "
        "ORDER BY known DESC, document_id"
    ).fetchall():
        if url is not None and url_key(url) == key:
            return str(document_id)
    return None


def find_article(connection: Connection, ref: str, *, revisions: str = READING_COPY) -> str:
    """Return the article that a REF names; raises UnknownDocument."""
    known = connection.execute(
        "SELECT article_id FROM documents WHERE article_id = $ref LIMIT 1", {"ref": ref}
    ).fetchone()
    if known is not None:
        return ref
    document_id = find_document(connection, ref, revisions=revisions, wanted=WITH_ARTICLE)
    row = connection.execute(
        "SELECT article_id FROM documents WHERE document_id = $id", {"id": document_id}
    ).fetchone()
    if row is None or row[0] is None:
        raise UnknownDocument(
            f"{ref} gave no article", f"`copydesk explain {document_id}` says why"
        )
    return str(row[0])
