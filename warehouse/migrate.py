"""Bring a warehouse to this version: numbered migrations once, in order, each with its checksum.

Views hold no data: they are re-created whenever their files changed.
"""

from __future__ import annotations

import hashlib

import duckdb

from warehouse.connect import Connection, transaction
from warehouse.errors import MigrationChanged
from warehouse.sql import statements

_LEDGER = """
CREATE SCHEMA IF NOT EXISTS ops;
CREATE TABLE IF NOT EXISTS ops.migration (
    name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL
);
"""
_VIEWS = "views"


def migrate(connection: Connection) -> list[str]:
    """Apply what is missing, each migration in its own transaction; return the names applied.

    Raises MigrationChanged when an applied migration differs from its file, or is unknown here
    (the file was written by a newer copydesk).
    """
    wanted = [(name, text, _checksum(text)) for name, text in statements("migrations")]
    views = "".join(text for _, text in statements(_VIEWS))
    applied = _applied(connection)
    _verify(applied, {name: checksum for name, _, checksum in wanted})
    done: list[str] = []
    for name, text, checksum in wanted:
        if name not in applied:
            _apply(connection, name, text, checksum)
            done.append(name)
    if done or applied.get(_VIEWS) != checksum_of_views():
        _apply(connection, _VIEWS, views, checksum_of_views())
        done.append(_VIEWS)
    return done


def is_current(connection: Connection) -> bool:
    """Say whether `migrate` would leave a warehouse as it is."""
    wanted = {name: _checksum(text) for name, text in statements("migrations")}
    wanted[_VIEWS] = checksum_of_views()
    return _applied(connection) == wanted


def checksum_of_views() -> str:
    """Return the SHA-256, in hex, of the files of the views."""
    return _checksum("".join(text for _, text in statements(_VIEWS)))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _applied(connection: Connection) -> dict[str, str]:
    try:
        return dict(connection.execute("SELECT name, sha256 FROM ops.migration").fetchall())
    except duckdb.CatalogException:  # a new file; to look for the table first costs four times it
        return {}


def _verify(applied: dict[str, str], wanted: dict[str, str]) -> None:
    for name, checksum in applied.items():
        if name == _VIEWS:
            continue
        if name not in wanted:
            raise MigrationChanged(
                f"the warehouse knows migration {name}, this copydesk does not",
                "it was written by a newer copydesk: upgrade",
            )
        if wanted[name] != checksum:
            raise MigrationChanged(
                f"migration {name} is not the one that was applied to the warehouse",
                "reinstall copydesk, or restore the file from its release",
            )


def _apply(connection: Connection, name: str, text: str, checksum: str) -> None:
    with transaction(connection):
        connection.execute(_LEDGER)
        connection.execute(text)
        connection.execute("DELETE FROM ops.migration WHERE name = $name", {"name": name})
        connection.execute(
            "INSERT INTO ops.migration VALUES ($name, $sha256, now())",
            {"name": name, "sha256": checksum},
        )
