"""Great Expectations on DuckDB: a datasource over the caller's own connection.

Great Expectations has no DuckDB datasource, and its generic SQL path fetches results after it
has closed the connection, which DuckDB answers with nothing. So: an execution engine that keeps
one connection open, a datasource whose SQLAlchemy engine borrows the caller's connection, and
one expectation for conditions in DuckDB's own SQL. Members of Great Expectations that are not
public are overridden here and nowhere else; `tests/expectations/test_engine.py` pins them.

Importing this module imports Great Expectations (seconds): only `auditor` and `judging` do so,
inside their functions.
"""

from __future__ import annotations

import html
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Literal

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read when the package is imported

import great_expectations as gx
import sqlalchemy
from duckdb_engine import ConnectionWrapper
from great_expectations.compatibility import pydantic
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.execution_engine.execution_engine import ExecutionEngine
    from great_expectations.validator.validator import ValidationDependencies

    from expectations.check import Check

# What an expectation raises comes back in its result, and the auditor makes a fault of it; the log
# would show the traceback to whoever runs the line.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL)

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts and no values: all counts of a suite are one scan, and no article text leaves DuckDB."""

_GX_SEVERITY = {
    "warn": FailureSeverity.INFO,
    "quarantine": FailureSeverity.WARNING,
    "hold": FailureSeverity.CRITICAL,
}


class BorrowedConnection(ConnectionWrapper):
    """Let SQLAlchemy use a connection whose transactions and life belong to the caller.

    The caller's own connection and not a cursor of it, because a cursor sees neither its
    temporary tables nor its open transaction.
    """

    def begin(self) -> None:
        """Leave the caller's transaction as it is."""

    def commit(self) -> None:
        """Leave the caller's transaction as it is."""

    def rollback(self) -> None:
        """Leave the caller's transaction as it is."""

    def close(self) -> None:
        """Leave the connection open."""


_EngineType = type[SqlAlchemyExecutionEngine]  # named before `type` becomes a field below


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keep one SQLAlchemy connection open, so that results can still be fetched."""

    @contextmanager
    def get_connection(self) -> Iterator[sqlalchemy.Connection]:
        """Give the one connection, again and again."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):
    """A fluent datasource over a borrowed DuckDB connection; made by `borrow`."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str = "duckdb://"

    _borrowed: Any = pydantic.PrivateAttr(None)

    @classmethod
    def borrow(cls, connection: DuckDBPyConnection, *, name: str) -> DuckDBDatasource:
        """Make a datasource that runs every query on `connection`."""
        datasource = cls(name=name)
        datasource._borrowed = connection
        return datasource

    @property
    def execution_engine_type(self) -> _EngineType:
        """The engine that `get_execution_engine` gives."""
        return DuckDBExecutionEngine

    def _create_engine(self) -> sqlalchemy.Engine:
        return sqlalchemy.create_engine(
            self.connection_string,
            creator=lambda: BorrowedConnection(self._borrowed),
            poolclass=sqlalchemy.StaticPool,
        )

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Give the one engine over the borrowed connection; no temporary copies of the frame."""
        if self._execution_engine is None:
            self._execution_engine = DuckDBExecutionEngine(
                engine=self.get_engine(), create_temp_table=False
            )
        return self._execution_engine


class ColumnValuesSatisfyCondition(ColumnMapMetricProvider):
    """Judge each row by a condition in DuckDB's SQL, which Great Expectations counts."""

    condition_metric_name = "column_values.satisfy_condition"
    condition_value_keys = ("fails_when",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,  # noqa: N805 - Great Expectations calls it as a class method
        column: sqlalchemy.ColumnClause[Any],
        fails_when: str,
        **kwargs: Any,  # noqa: ANN401
    ) -> sqlalchemy.ColumnElement[bool]:
        """Say when a row is as expected; what cannot be decided is not."""
        return sqlalchemy.not_(
            sqlalchemy.func.coalesce(
                sqlalchemy.literal_column(f"({fails_when})"), sqlalchemy.true()
            )
        )


class ExpectColumnValuesToSatisfyCondition(ColumnMapExpectation):
    """Expect no row of which the SQL condition `fails_when` holds, or cannot be decided."""

    map_metric: ClassVar[str] = "column_values.satisfy_condition"
    success_keys: ClassVar[tuple[str, ...]] = ("fails_when", "mostly")

    fails_when: str

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine[Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> ValidationDependencies:
        """Ask for counts, never for values: they are whole texts, and cost a query a check."""
        dependencies = super().get_validation_dependencies(
            execution_engine, runtime_configuration, **kwargs
        )
        dependencies.remove_metric_configuration(f"{self.map_metric}.unexpected_values")
        return dependencies


def run_suite(
    connection: DuckDBPyConnection,
    *,
    suite: str,
    view: str,
    checks: Sequence[Check],
    audited_at: datetime,
) -> ExpectationSuiteValidationResult:
    """Let Great Expectations judge a view by the checks, counts only.

    Each result's `expectation_config.meta["name"]` is the check's name. Raises nothing for an
    expectation that fails to run: its result carries the exception.
    """
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        ),
    )
    datasource = DuckDBDatasource.borrow(connection, name="copydesk")
    datasource._data_context = context
    asset = datasource.add_table_asset(suite, table_name=view)
    batch = asset.get_batch(asset.build_batch_request())
    result = batch.validate(_suite_of(suite, checks), result_format=COUNTS_ONLY)
    # The renderer reads the run's name as a date, and a batch may be called by a second and a
    # number ("-34567") that is no clock's offset: the name is constant, the frame tells the batch.
    result.meta["run_id"] = RunIdentifier(run_name="copydesk", run_time=audited_at)
    return result


def check_name(result: ExpectationValidationResult) -> str:
    """Read the name of the check that a result is of."""
    assert result.expectation_config is not None  # Great Expectations sets it on every result
    return str((result.expectation_config.meta or {})["name"])


def _suite_of(name: str, checks: Sequence[Check]) -> gx.ExpectationSuite:
    return gx.ExpectationSuite(
        name=name,
        expectations=[
            ExpectationConfiguration(
                type=check.type,
                kwargs={"column": check.column, **check.arguments},
                meta={"name": check.name},
                description=html.escape(f"{check.name} ({check.severity}): {check.meaning}"),
                severity=_GX_SEVERITY[check.severity],
            ).to_domain_obj()
            for check in checks
        ],
    )
