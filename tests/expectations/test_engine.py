"""What the datasource takes for granted of Great Expectations and of duckdb-engine.

They are not public, so a new version may move them in silence: then this file is where it shows.
"""

from __future__ import annotations

import importlib.util
import inspect
import logging
from datetime import UTC, datetime
from typing import Any

import duckdb
import great_expectations as gx
import pytest
import sqlalchemy
from duckdb_engine import ConnectionWrapper
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.validator.validator import ValidationDependencies

from expectations.check import CONDITION_TYPE, among, between, condition, present, unique
from expectations.engine import (
    BorrowedConnection,
    ExpectColumnValuesToSatisfyCondition,
    check_name,
    run_suite,
)


def test_the_version_is_the_one_that_was_read() -> None:
    assert gx.__version__ == "1.24.1"


def test_the_engine_shows_nobody_the_traceback_that_its_log_would(
    caplog: pytest.LogCaptureFixture,
) -> None:
    module = inspect.getmodule(SqlAlchemyExecutionEngine)
    assert module is not None
    logging.getLogger(module.__name__).error("An SQL execution Exception occurred.")
    assert not caplog.records


def test_the_execution_engine_still_has_what_we_override() -> None:
    source = inspect.getsource(SqlAlchemyExecutionEngine)
    assert "def get_connection(self) -> Generator[sqlalchemy.Connection, None, None]:" in source
    assert "self._connection: sqlalchemy.Connection | None = None" in source
    assert "with self.get_connection() as connection:" in source
    assert {"engine", "create_temp_table"} <= inspect.signature(
        SqlAlchemyExecutionEngine
    ).parameters.keys()


def test_the_datasource_still_has_what_we_override() -> None:
    source = inspect.getsource(SQLDatasource)
    assert "def _create_engine(self) -> sqlalchemy.Engine:" in source
    assert "def get_execution_engine(self) -> SqlAlchemyExecutionEngine:" in source
    assert "self._engine = close_connections_when_collected(self._create_engine())" in source
    assert {
        "_engine",
        "_execution_engine",
        "_data_context",
    } <= SQLDatasource.__private_attributes__.keys()
    assert SQLDatasource.__fields__["type"].default == "sql"


def test_the_expectation_still_has_what_we_override() -> None:
    source = inspect.getsource(ColumnMapExpectation.get_validation_dependencies)
    assert "SummarizationMetricNameSuffixes.UNEXPECTED_VALUES" in source
    assert hasattr(ValidationDependencies, "remove_metric_configuration")
    assert get_expectation_impl(CONDITION_TYPE) is ExpectColumnValuesToSatisfyCondition


def test_the_wrapper_still_hands_everything_to_its_connection() -> None:
    assert issubclass(BorrowedConnection, ConnectionWrapper)
    source = inspect.getsource(ConnectionWrapper)
    assert "def __getattr__(self, name: str)" in source
    assert {"begin", "commit", "rollback", "close"} <= vars(BorrowedConnection).keys()


def test_nothing_of_great_expectations_reports_home() -> None:
    assert importlib.util.find_spec("posthog") is None
    assert importlib.util.find_spec("great_expectations.analytics") is None


@pytest.mark.filterwarnings("ignore:You are using a generic SQLDatasource")
def test_the_stock_path_still_fails_on_duckdb(tmp_path: Any) -> None:
    """The day this fails, `expectations.engine` may shrink."""
    path = tmp_path / "stock.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    context = gx.get_context(mode="ephemeral")
    datasource = context.data_sources.add_sql("stock", connection_string=f"duckdb:///{path}")
    batch = datasource.add_table_asset("t").add_batch_definition_whole_table("all").get_batch()
    result = batch.validate(ExpectColumnValuesToNotBeNull(column="a"))
    datasource.get_engine().dispose()
    assert result.success is False
    assert "IndexError" in str(result.exception_info)


@pytest.fixture
def connection() -> Any:
    with duckdb.connect() as made:
        yield made


def counts(connection: duckdb.DuckDBPyConnection, *checks: Any) -> dict[str, Any]:
    result = run_suite(
        connection,
        suite="numbers",
        view="numbers",
        checks=checks,
        audited_at=datetime(2024, 11, 20, tzinfo=UTC),
    )
    return {
        check_name(r): (r.result["element_count"], r.result["unexpected_count"])
        for r in result.results
    }


def test_great_expectations_counts_what_is_there(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "CREATE TABLE numbers AS SELECT i % 7 AS n, 'v' || i AS s FROM range(70) t(i)"
    )
    connection.execute("UPDATE numbers SET n = NULL WHERE s = 'v0'")
    assert counts(
        connection,
        present("present", "n", "warn", ""),
        unique("unique", "s", "warn", ""),
        unique("repeated", "n", "warn", ""),
        between("between", "n", "warn", "", at_least=1, at_most=5),
        among("among", "n", "warn", "", values=(0, 1, 2)),
        condition("even", "n", "warn", "", fails_when="n % 2 = 0"),
        condition("undecided", "n", "warn", "", fails_when="NULL"),
        condition("quotes", "s", "warn", "", fails_when="s LIKE '%9' OR s = ':b$1%%''x'"),
    ) == {
        "present": (70, 1),
        "unique": (70, 0),
        "repeated": (70, 69),
        "between": (70, 19),
        "among": (70, 40),
        "even": (70, 39),
        "undecided": (70, 69),
        "quotes": (70, 7),
    }


def test_a_suite_is_one_scan_and_takes_no_values_out(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute("CREATE TABLE numbers AS SELECT 'secret ' || i AS s FROM range(9) t(i)")
    statements: list[str] = []
    execute = BorrowedConnection.cursor

    class Spy:
        def __init__(self, cursor: Any) -> None:
            self.cursor = cursor

        def execute(self, statement: str, *rest: Any) -> Any:
            statements.append(statement)
            return self.cursor.execute(statement, *rest)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.cursor, name)

    monkeypatch.setattr(BorrowedConnection, "cursor", lambda self: Spy(execute(self)))
    checks = [
        condition(f"check {n}", "s", "warn", "", fails_when=f"contains(s, '{n}')")
        for n in range(20)
    ]
    counts(connection, *checks)
    scans = [s for s in statements if "FROM numbers" in s and "LIMIT" not in s]
    assert len(scans) == 2, scans  # the row count, and every condition at once
    assert sum("contains" in s for s in statements) == 1


def test_the_borrowed_connection_is_not_closed(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE numbers AS SELECT 1 AS n")
    engine = sqlalchemy.create_engine(
        "duckdb://",
        creator=lambda: BorrowedConnection(connection),
        poolclass=sqlalchemy.StaticPool,
    )
    with engine.begin() as borrowed:
        borrowed.execute(sqlalchemy.text("SELECT 1"))
    engine.dispose()
    assert connection.execute("SELECT n FROM numbers").fetchone() == (1,)
