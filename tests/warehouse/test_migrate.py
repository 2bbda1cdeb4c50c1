from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from warehouse import migrate as module
from warehouse.connect import Connection, connect
from warehouse.errors import MigrationChanged
from warehouse.migrate import is_current, migrate
from warehouse.sql import statements

MIGRATIONS = statements("migrations")
VIEWS = statements("views")
Files = Sequence[tuple[str, str]]


def offer(monkeypatch: pytest.MonkeyPatch, migrations: Files, views: Files | None = None) -> None:
    """Let the warehouse be brought to other files than ours."""
    found = {"migrations": migrations, "views": VIEWS if views is None else views}
    monkeypatch.setattr(module, "statements", found.__getitem__)


def schema(connection: Connection) -> list[tuple[object, ...]]:
    """All tables, views and columns, as text."""
    return connection.execute(
        "SELECT schema_name, table_name, sql FROM duckdb_tables() WHERE NOT internal "
        "UNION ALL SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal "
        "UNION ALL SELECT schema_name, table_name || '.' || column_name, data_type || is_nullable "
        "FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    ).fetchall()


def test_migrations_apply_once_and_in_order() -> None:
    connection = connect()
    names = [name for name, _ in MIGRATIONS]
    assert names == sorted(names)
    assert migrate(connection) == [*names, "views"]
    before = connection.execute("SELECT * FROM ops.migration ORDER BY ALL").fetchall()
    assert migrate(connection) == []
    assert connection.execute("SELECT * FROM ops.migration ORDER BY ALL").fetchall() == before


def test_each_migration_has_its_checksum() -> None:
    connection = connect()
    migrate(connection)
    kept = dict(connection.execute("SELECT name, sha256 FROM ops.migration").fetchall())
    for name, text in MIGRATIONS:
        assert kept[name] == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("age", range(1, len(MIGRATIONS)))
def test_an_old_warehouse_becomes_a_fresh_one(monkeypatch: pytest.MonkeyPatch, age: int) -> None:
    old, fresh = connect(), connect()
    offer(monkeypatch, MIGRATIONS[:age], views=[])
    migrate(old)
    monkeypatch.undo()
    assert migrate(old) == [*(name for name, _ in MIGRATIONS[age:]), "views"]
    migrate(fresh)
    assert schema(old) == schema(fresh)


def test_a_migration_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect()
    migrate(connection)
    name, text = MIGRATIONS[0]
    offer(monkeypatch, [(name, text + "-- changed\n"), *MIGRATIONS[1:]])
    before = schema(connection)
    with pytest.raises(MigrationChanged, match=name) as raised:
        migrate(connection)
    assert raised.value.remedy
    assert schema(connection) == before


def test_a_warehouse_of_a_newer_copydesk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect()
    offer(monkeypatch, [*MIGRATIONS, ("9999_future.sql", "CREATE TABLE ops.future (a INTEGER);")])
    migrate(connection)
    monkeypatch.undo()
    with pytest.raises(MigrationChanged, match="9999_future") as raised:
        migrate(connection)
    assert "newer copydesk" in raised.value.remedy


def test_a_migration_that_fails_leaves_nothing_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect()
    migrate(connection)
    before = schema(connection)
    bad = ("9998_bad.sql", "CREATE TABLE ops.half (a INTEGER); SELECT error('stop');")
    offer(monkeypatch, [*MIGRATIONS, bad])
    with pytest.raises(Exception, match="stop"):
        migrate(connection)
    assert schema(connection) == before
    monkeypatch.undo()
    assert migrate(connection) == []


def test_what_is_current_is_what_migrating_leaves_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = connect()
    assert not is_current(connection)
    migrate(connection)
    assert is_current(connection)
    offer(monkeypatch, [*MIGRATIONS, ("9999_more.sql", "CREATE TABLE ops.more (a INTEGER);")])
    assert not is_current(connection)
    offer(monkeypatch, MIGRATIONS, views=VIEWS[:-1])
    assert not is_current(connection)


def test_views_follow_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect()
    migrate(connection)
    more = [*VIEWS, ("99_more.sql", "CREATE OR REPLACE VIEW main.more AS SELECT 1 AS one;\n")]
    offer(monkeypatch, MIGRATIONS, views=more)
    assert migrate(connection) == ["views"]
    assert connection.execute("SELECT one FROM main.more").fetchone() == (1,)
    assert migrate(connection) == []


def test_every_file_of_sql_says_what_it_is_for() -> None:
    for folder in ("migrations", "views", "queries"):
        for name, text in statements(folder):
            assert text.startswith("-- "), f"{folder}/{name}"


def test_no_migration_leans_on_keys_that_ducklake_lacks() -> None:
    for name, text in MIGRATIONS:
        code = "\n".join(line.partition("--")[0] for line in text.upper().splitlines())
        for word in ("PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CREATE SEQUENCE", "ON CONFLICT"):
            assert word not in code, f"{name}: {word}"
