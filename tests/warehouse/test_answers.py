"""A query is answered, refused in one line, or stopped by the user."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.conftest import House
from warehouse.answers import answer
from warehouse.errors import QueryRefused
from warehouse.reading_copy import open_copy, rebuild

STOPPED = """
import sys
from pathlib import Path
from warehouse.answers import answer
from warehouse.reading_copy import open_copy

connection = open_copy(Path(sys.argv[1]))
try:
    print("asking", flush=True)
    with answer(connection, sys.argv[2]) as result:
        while result.fetchmany(1000):
            pass
except KeyboardInterrupt:
    with answer(connection, "SELECT 1") as result:
        print("stopped", result.fetchmany(1), flush=True)
"""
COUNTED = "SELECT count(*) FROM range(9000000) a, range(9000000) b WHERE a.range * b.range = 7"
LISTED = "SELECT a.range FROM range(9000000) a, range(9000000) b"
BUSY_SECONDS = 0.5


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "published.duckdb"


def test_a_query_that_fails_names_why(make_house: Callable[..., House], target: Path) -> None:
    rebuild(make_house().connection, target)
    connection = open_copy(target)
    with pytest.raises(QueryRefused, match="read-only"), answer(connection, "DELETE FROM articles"):
        pass
    with pytest.raises(QueryRefused, match="no statement"), answer(connection, ""):
        pass
    connection.close()


def test_an_error_is_told_where_duckdb_tells_of_its_interrupted_threads(
    make_house: Callable[..., House], target: Path
) -> None:
    rebuild(make_house().connection, target)
    connection = open_copy(target)
    late = "SELECT CASE WHEN i = 300000 THEN error('boom') END FROM range(400000) t(i)"
    with pytest.raises(QueryRefused, match="boom"), answer(connection, late):
        # What a thread tells when another one failed first: rare, so not waited for.
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")
    with pytest.raises(QueryRefused, match="does not say why"), answer(connection, "SELECT 1"):
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")
    connection.close()


@pytest.mark.parametrize("endless", [COUNTED, LISTED])
def test_a_query_that_the_user_stops_leaves_the_connection_free(
    make_house: Callable[..., House], target: Path, endless: str
) -> None:
    rebuild(make_house().connection, target)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", STOPPED, str(target), endless],
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "asking\n"
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(BUSY_SECONDS)
            child.send_signal(signal.SIGINT)
            assert child.stdout.readline() == "stopped [(1,)]\n"
            assert child.wait(60) == 0


def test_of_several_statements_the_last_one_answers(
    make_house: Callable[..., House], target: Path
) -> None:
    rebuild(make_house().connection, target)
    connection = open_copy(target)
    with answer(connection, "CREATE TEMP TABLE x AS SELECT 7 AS n; SELECT n FROM x") as result:
        assert result.fetchmany(2) == [(7,)]
    again = "CREATE TEMP TABLE x AS SELECT 8 AS n; SELECT n FROM x"
    with pytest.raises(QueryRefused, match="already exists"), answer(connection, again):
        pass
    connection.close()
