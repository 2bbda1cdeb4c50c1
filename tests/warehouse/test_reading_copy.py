from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import story
from tests.warehouse.conftest import House, make_clean
from warehouse import reading_copy
from warehouse.connect import connect
from warehouse.errors import WarehouseCorrupt, WarehouseMissing
from warehouse.reading_copy import open_copy, rebuild


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "published.duckdb"


def titles(target: Path) -> list[tuple[object, ...]]:
    connection = open_copy(target)
    try:
        return connection.execute("SELECT title FROM articles ORDER BY title").fetchall()
    finally:
        connection.close()


def test_it_is_read_only_for_everybody_and_nothing_is_left_beside_it(
    house: House, target: Path, tmp_path: Path
) -> None:
    house.load("b", [make_clean(0, "b")])
    house.publish("b")
    rebuild(house.connection, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o444
    assert titles(target) == [("Story 0",)]
    assert [p.name for p in tmp_path.iterdir() if "published" in p.name] == ["published.duckdb"]


def test_it_is_made_also_when_nothing_was_published(house: House, target: Path) -> None:
    rebuild(house.connection, target)
    assert titles(target) == []


def test_it_has_every_table_of_the_contract_and_none_else(house: House, target: Path) -> None:
    rebuild(house.connection, target)
    connection = open_copy(target)
    found = {row[0] for row in connection.execute("SHOW TABLES").fetchall()}
    assert found == set(reading_copy.TABLES)
    views = {
        row[0]
        for row in house.rows(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'"
        )
    }
    assert found == views
    connection.close()


def test_a_stray_log_is_removed_and_never_replayed(
    house: House, target: Path, tmp_path: Path
) -> None:
    rebuild(house.connection, target)
    # Somebody opens the copy for writing and is killed: a log is left, here by copying it away.
    theirs = tmp_path / "theirs.duckdb"
    shutil.copyfile(target, theirs)
    writer = duckdb.connect(str(theirs))
    writer.execute("CREATE TABLE intruder AS SELECT 1 AS a")
    log = theirs.with_name(theirs.name + ".wal")
    assert log.stat().st_size > 0
    stray = target.with_name(target.name + ".wal")
    shutil.copyfile(log, stray)
    writer.close()

    house.load("b", [make_clean(0, "b")])
    house.publish("b")
    rebuild(house.connection, target)
    assert not stray.exists()
    assert titles(target) == [("Story 0",)]
    connection = open_copy(target)
    assert ("intruder",) not in connection.execute("SHOW TABLES").fetchall()
    connection.close()


def test_a_connection_keeps_the_copy_that_it_opened(house: House, target: Path) -> None:
    house.load("a", [make_clean(0, "a")])
    house.publish("a")
    rebuild(house.connection, target)
    old = open_copy(target)
    house.load("b", [make_clean(1, "b")])
    house.publish("b")
    rebuild(house.connection, target)
    assert old.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    old.close()
    assert titles(target) == [("Story 0",), ("Story 1",)]


def test_held_text_is_not_in_the_file(house: House, target: Path) -> None:
    house.load("b", [make_clean(0, "b")])
    house.publish("b", gate="held")
    rebuild(house.connection, target)
    assert story(0)[:30].encode() not in target.read_bytes()


def test_a_rebuild_that_fails_keeps_the_old_copy_and_leaves_nothing(
    house: House, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.load("a", [make_clean(0, "a")])
    house.publish("a")
    rebuild(house.connection, target)
    before = target.read_bytes()
    monkeypatch.setattr(reading_copy, "TABLES", (*reading_copy.TABLES, "no_such_table"))
    with pytest.raises(duckdb.CatalogException):
        rebuild(house.connection, target)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if "published" in p.name] == ["published.duckdb"]
    monkeypatch.undo()
    rebuild(house.connection, target)
    assert titles(target) == [("Story 0",)]


def test_what_a_dead_run_left_beside_it_is_swept(house: House, target: Path) -> None:
    for name in (".published.duckdb.1.new", ".published.duckdb.1.new.wal"):
        target.with_name(name).write_bytes(b"half")
    rebuild(house.connection, target)
    assert not list(target.parent.glob(".published*"))


def test_a_folder_with_a_quote_in_its_name_is_no_matter(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "it's; here"
    folder.mkdir()
    rebuild(house.connection, folder / "published.duckdb")
    assert titles(folder / "published.duckdb") == []


def test_a_missing_copy_says_what_to_do(target: Path) -> None:
    with pytest.raises(WarehouseMissing, match=r"published\.duckdb") as raised:
        open_copy(target)
    assert "copydesk run" in raised.value.remedy
    assert not target.exists()


def test_a_damaged_copy_is_told_from_a_damaged_warehouse(house: House, target: Path) -> None:
    rebuild(house.connection, target)
    target.chmod(0o644)
    target.write_bytes(b"no database at all" * 1000)
    with pytest.raises(WarehouseCorrupt, match=r"published\.duckdb") as raised:
        open_copy(target)
    assert "copydesk maintain" in raised.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes to every file")
def test_nobody_can_write_it(house: House, target: Path) -> None:
    rebuild(house.connection, target)
    with pytest.raises(PermissionError):
        target.open("ab")


def test_every_connection_of_ours_tells_times_in_utc() -> None:
    assert connect().execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)


def test_no_connection_of_ours_draws_a_progress_bar() -> None:
    """DuckDB draws one for long queries where Python runs no file, as in a worker process."""
    asked = """if True:
        from warehouse.connect import connect
        print(connect().execute("SELECT current_setting('enable_progress_bar')").fetchone())
    """
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "(False,)\n"
