"""`export`: whole files, exact values, and no formula for a spreadsheet but on demand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.flows.conftest import Shelf, call, one_line


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


FORMULA = "=1+1 is what the council counted"


def test_parquet_has_every_article_and_column(shelf: Shelf, tmp_path: Path) -> None:
    target = tmp_path / "articles.parquet"
    said = shelf.ask("export", "parquet", target, "--json")
    assert said.object == {"path": str(target), "format": "parquet", "articles": 3}
    table = pq.read_table(target)
    columns = [row["column_name"] for row in shelf.sql("DESCRIBE articles")]
    assert table.column_names == columns
    assert {row["text"] for row in table.select(["text"]).to_pylist()} == {
        row["text"] for row in shelf.sql("SELECT text FROM articles")
    }


def test_jsonl_has_one_object_a_line(shelf: Shelf, tmp_path: Path) -> None:
    target = tmp_path / "articles.jsonl"
    assert shelf.ask("export", "jsonl", target, "--json").object["articles"] == 3
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert rows == shelf.sql("SELECT * FROM articles ORDER BY article_id")


def test_csv_escapes_what_a_spreadsheet_would_run_unless_told_not_to(
    shelf: Shelf, tmp_path: Path
) -> None:
    safe, exact = tmp_path / "safe.csv", tmp_path / "exact.csv"
    shelf.ask("export", "csv", safe)
    shelf.ask("export", "csv", exact, "--exact")
    with safe.open(newline="", encoding="utf-8") as file:
        escaped = list(csv.DictReader(file))
    with exact.open(newline="", encoding="utf-8") as file:
        plain = list(csv.DictReader(file))
    assert "'" + FORMULA in {row["title"] for row in escaped}
    assert FORMULA in {row["title"] for row in plain}
    for row in escaped:
        assert not [v for v in row.values() if v.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {row["text"] for row in plain} == {
        row["text"] for row in shelf.sql("SELECT text FROM articles")
    }
    assert [row["article_id"] for row in escaped] == [row["article_id"] for row in plain]


def test_a_person_is_told_on_stderr(shelf: Shelf, tmp_path: Path) -> None:
    said = shelf.ask("export", "csv", tmp_path / "a.csv")
    assert (said.code, said.raw) == (0, b"")
    assert "3 articles written" in said.err


def test_an_export_replaces_the_file_as_a_whole(shelf: Shelf, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("OLD-FILE" * 200_000)
    shelf.ask("export", "csv", target)
    assert "OLD-FILE" not in target.read_text("utf-8")
    assert names_in(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("form", ["parquet", "jsonl", "csv"])
@pytest.mark.parametrize("where", ["nowhere/a.out", ".", "a-file/a.out", "/"])
def test_a_path_that_cannot_be_written_is_one_line_and_leaves_nothing(
    shelf: Shelf, tmp_path: Path, form: str, where: str
) -> None:
    (tmp_path / "a-file").write_text("kept")
    target = tmp_path / where
    said = shelf.ask("export", form, target)
    assert said.code in (1, 2)
    one_line(said, target.resolve())
    assert names_in(tmp_path) == ["a-file"]
    assert (tmp_path / "a-file").read_text() == "kept"


def test_an_export_that_fails_half_way_leaves_the_old_file(shelf: Shelf, tmp_path: Path) -> None:
    import resource

    target = tmp_path / "a.jsonl"
    target.write_text("old")

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    said = call("export", "jsonl", target, "--home", shelf.home, before=small)
    assert said.code == 1
    one_line(said, "no space left", target)
    assert target.read_text() == "old"
    assert names_in(tmp_path) == ["a.jsonl"]


def test_an_unknown_format_is_a_usage_error(shelf: Shelf, tmp_path: Path) -> None:
    said = shelf.ask("export", "xlsx", tmp_path / "a.xlsx", "--json")
    assert (said.code, said.error["code"]) == (2, "usage")
    assert "xlsx" in said.error["message"]


def test_held_and_refused_text_is_not_exported(shelf: Shelf, tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    shelf.ask("export", "jsonl", target)
    assert "waits for the desk" not in target.read_text("utf-8")
    assert "Menu" not in target.read_text("utf-8")
