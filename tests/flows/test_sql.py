"""`sql`: exact answers, and no way out of the reading copy."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.flows.conftest import CONTROL_NAME, Shelf, one_line

VALUES = (
    "SELECT 1.5 AS number, 0.1234567890123456789012345678::DECIMAL(38, 28) AS precise, "
    "170141183460469231731687303715884105727::HUGEINT AS huge, 1e-7::DOUBLE AS small, "
    "'a,\"b\"' || chr(13) || 'c' || chr(10) || 'd' AS text, '' AS empty, NULL AS missing, "
    "['x', NULL] AS list, true AS yes, DATE '2026-01-31' AS day, "
    "TIMESTAMPTZ '2026-01-31 12:00:00+00' AS moment, '=1+1' AS formula"
)


def test_csv_has_a_header_and_every_value_as_it_is(shelf: Shelf) -> None:
    said = shelf.ask("sql", VALUES, "--format", "csv")
    assert said.code == 0
    header, row = csv.reader(io.StringIO(said.out, newline=""))
    assert dict(zip(header, row, strict=True)) == {
        "number": "1.5",
        "precise": "0.1234567890123456789012345678",
        "huge": "170141183460469231731687303715884105727",
        "small": "1e-07",
        "text": 'a,"b"\rc\nd',
        "empty": "",
        "missing": "",
        "list": '["x", null]',
        "yes": "true",
        "day": "2026-01-31",
        "moment": "2026-01-31T12:00:00+00:00",
        "formula": "=1+1",
    }


def test_csv_tells_an_empty_text_from_null(shelf: Shelf) -> None:
    said = shelf.ask("sql", "SELECT NULL AS a, '' AS b, 'c' AS c", "--format", "csv")
    assert said.out == 'a,b,c\n,"",c\n'


def test_csv_loses_no_row_of_one_null_column(shelf: Shelf) -> None:
    said = shelf.ask("sql", "SELECT unnest(['a', NULL, 'b']) AS x", "--format", "csv")
    assert [row["x"] for row in csv.DictReader(io.StringIO(said.out))] == ["a", "", "b"]


def test_csv_of_no_rows_is_its_header(shelf: Shelf) -> None:
    said = shelf.ask("sql", "SELECT title, url FROM articles WHERE false", "--format", "csv")
    assert said.out == "title,url\n"


def test_json_is_one_array_of_exact_values(shelf: Shelf) -> None:
    (row,) = json.loads(shelf.ask("sql", VALUES, "--format", "json").out)
    assert row["number"] == 1.5
    assert row["precise"] == "0.1234567890123456789012345678"
    assert row["huge"] == 170141183460469231731687303715884105727
    assert (row["empty"], row["missing"], row["list"]) == ("", None, ["x", None])
    assert row["text"] == 'a,"b"\rc\nd'
    assert datetime.fromisoformat(row["moment"]).utcoffset() is not None
    assert json.loads(shelf.ask("sql", "SELECT 1 WHERE false", "--format", "json").out) == []


def test_json_has_no_number_that_json_lacks(shelf: Shelf) -> None:
    query = "SELECT 'nan'::DOUBLE AS n, [1.5, 'inf'::DOUBLE] AS l"
    said = shelf.ask("sql", query, "--format", "json")

    def refuse(name: str) -> None:
        raise AssertionError(name)

    assert json.loads(said.out, parse_constant=refuse) == [{"n": "nan", "l": [1.5, "inf"]}]


def test_with_json_the_rows_are_one_object(shelf: Shelf) -> None:
    said = shelf.ask("sql", "SELECT unnest([1, 2]) AS x", "--json")
    assert said.object == {"rows": [{"x": 1}, {"x": 2}]}
    both = shelf.ask("sql", "SELECT 1 AS x", "--json", "--format", "json")
    assert both.object == {"rows": [{"x": 1}]}


@pytest.mark.parametrize("form", ["csv", "parquet", "table"])
def test_json_and_another_format_exclude_each_other(shelf: Shelf, form: str) -> None:
    said = shelf.ask("sql", "SELECT 1", "--json", "--format", form)
    assert (said.code, said.error["code"]) == (2, "usage")


def test_parquet_can_be_read_back(shelf: Shelf) -> None:
    said = shelf.ask(
        "sql", "SELECT title, authors, published_on FROM articles", "--format", "parquet"
    )
    table = pq.read_table(io.BytesIO(said.raw))
    assert table.num_rows == 3
    assert table.column_names == ["title", "authors", "published_on"]


def test_of_several_statements_the_last_answers(shelf: Shelf) -> None:
    said = shelf.ask("sql", "SELECT 1 AS a; SELECT 2 AS b;", "--format", "csv")
    assert said.out == "b\n2\n"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('{home}/warehouse.duckdb')",
        "SELECT * FROM read_parquet('{home}/raw/first/00000.parquet')",
        "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT getenv('HOME')",
        "COPY (SELECT 1) TO '{home}/leak.csv'",
        "EXPORT DATABASE '{home}/leak'",
        "ATTACH '{home}/leak.duckdb'",
        "ATTACH '{home}/warehouse.duckdb' AS w (READ_ONLY)",
        "ATTACH ':memory:' AS m",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET threads = 1",
        "RESET enable_external_access",
        "SELECT 1; SET memory_limit = '1TB'",
        "SELECT * FROM pandas_or_python_name",
    ],
)
def test_sql_reaches_no_file_no_network_and_no_setting(shelf: Shelf, query: str) -> None:
    before = sorted(shelf.home.iterdir())
    said = shelf.ask("sql", query.replace("{home}", str(shelf.home)), "--json")
    assert (said.code, said.error["code"]) == (1, "query_refused")
    assert said.error["remedy"]
    assert sorted(shelf.home.iterdir()) == before


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE x (a INTEGER)",
        "INSERT INTO decisions SELECT * FROM decisions",
        "UPDATE articles SET title = 'x'",
        "DELETE FROM documents",
        "DROP TABLE articles",
        "ALTER TABLE articles ADD COLUMN x INTEGER",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
    ],
)
def test_statements_that_write_are_refused(shelf: Shelf, query: str) -> None:
    one_line(shelf.ask("sql", query), "read-only")
    assert len(shelf.sql("SELECT * FROM articles")) == 3


@pytest.mark.parametrize("query", ["", "   ", "-- nothing", ";", "/* nothing */"])
def test_a_query_without_a_statement_is_named(shelf: Shelf, query: str) -> None:
    one_line(shelf.ask("sql", query), "no statement")


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_query_that_fails_at_a_late_row_is_one_line(shelf: Shelf, form: str) -> None:
    late = (
        "SELECT CASE WHEN i = 300000 THEN error('boom') ELSE 'a' END AS x FROM range(400000) t(i)"
    )
    said = shelf.ask("sql", late, "--format", form)
    assert said.code == 1
    assert said.err.splitlines() == [
        'copydesk: Invalid Input Error: boom: `copydesk sql "SHOW TABLES"` lists what there is'
    ]


def test_a_wrong_query_is_one_line(shelf: Shelf) -> None:
    one_line(shelf.ask("sql", "SELEC 1"), "SELEC")
    one_line(shelf.ask("sql", "SELECT nothing FROM articles"), "nothing")


def test_without_a_query_and_a_terminal_it_is_a_usage_error(shelf: Shelf) -> None:
    assert shelf.ask("sql", "--json").error["code"] == "usage"


def test_nothing_in_a_document_drives_the_terminal(shelf: Shelf) -> None:
    titles = shelf.ask("sql", "SELECT title FROM articles ORDER BY title").out
    assert "[red]Fish[/red] market moves" in titles
    names = shelf.ask("sql", "SELECT locator FROM documents WHERE locator LIKE '%bell.txt'").out
    assert "\x1b" not in names
    assert "\x07" not in names
    assert "[31m" in names
    exact = shelf.sql("SELECT locator FROM documents WHERE locator LIKE '%bell.txt'")
    assert Path(exact[0]["locator"]).name == CONTROL_NAME
    listed = shelf.ask("quarantine", "list").out + shelf.ask("explain", exact[0]["locator"]).out
    assert "\x1b" not in listed


def test_a_long_table_says_that_it_was_cut(shelf: Shelf) -> None:
    said = shelf.ask("sql", "SELECT * FROM range(1001)")
    assert "only the first 1000 rows" in said.err
    assert "1000" not in said.out
