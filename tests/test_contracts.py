"""Where the rooms meet: dataclass fields, shard columns and staging columns are the same names."""

from __future__ import annotations

import ast
import inspect
import pickle
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib.metadata import packages_distributions
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

import flows.engine
import tasks.errors
import warehouse.errors
from tasks.model import (
    OUTCOME_OF,
    Article,
    Dated,
    Extraction,
    Outcome,
    RawDocument,
    Reason,
    Refusal,
    RemovedLine,
    Stage,
    Taken,
)
from tasks.records import CLEAN, EXTRACTED, RAW, VERDICT
from tests.conftest import ROOT
from warehouse.connect import Connection, connect
from warehouse.migrate import migrate

FAILED = {
    "unreachable",
    "tls_error",
    "fetch_timeout",
    "too_many_redirects",
    "protocol_error",
    "http_error",
    "retry_later",
    "truncated_input",
    "bad_file",
    "unreadable",
}
QUARANTINED = {
    "no_main_text",
    "too_short",
    "too_large",
    "too_complex",
    "parse_depth",
    "timeout",
    "memory_limit",
    "crashed",
    "empty_body",
    "not_html",
    "not_article",
    "link_list",
    "placeholder_text",
    "repetition",
    "title_only",
    "title_suspect",
    "consent_wall",
    "paywall",
    "login_wall",
    "soft_404",
    "bot_challenge",
    "js_required",
    "redirect_page",
    "encoding_suspect",
    "control_chars",
    "bad_record",
    "bad_line",
    "malformed_feed",
    "not_feed",
    "forbidden_xml",
    "robots_denied",
    "blocked_url",
    "url_too_long",
    "other_host",
    "unsupported_media_type",
    "withdrawn",
}


@pytest.fixture(scope="module")
def connection() -> Connection:
    found = connect()
    migrate(found)
    return found


def names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def columns(connection: Connection, table: str) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "WHERE schema_name || '.' || table_name = $table",
            {"table": table},
        ).fetchall()
    )


def test_a_raw_shard_has_the_fields_of_a_raw_document_in_their_order() -> None:
    assert RAW.names == [field.name for field in fields(RawDocument)]


def test_later_shards_repeat_what_was_taken() -> None:
    assert names(Taken) <= set(EXTRACTED.names)
    assert names(Taken) <= set(CLEAN.names)


REFUSAL = names(Refusal) - {"stated_url"}
"""An address that a refused page states travels as `own_url`, up to the site that is made of it."""


def test_an_extracted_shard_has_what_an_extractor_claims() -> None:
    facts = (names(Extraction) - {"published", "url"}) | {"own_url"}
    dates = {"published_on", "published_at", "date_source", "date_flag"}
    assert len(dates) == len(names(Dated))
    expected = names(Taken) | facts | dates | REFUSAL
    assert set(EXTRACTED.names) == expected


def test_a_clean_shard_has_the_fields_of_an_article() -> None:
    expected = names(Taken) | names(Article) | REFUSAL | {"site", "removed"}
    assert set(CLEAN.names) == expected


def test_no_shard_has_a_column_twice() -> None:
    for schema in (RAW, EXTRACTED, CLEAN, VERDICT):
        assert len(schema.names) == len(set(schema.names))


def test_staging_has_the_fields_of_an_article_and_its_ids(connection: Connection) -> None:
    ids = {"batch_id", "position", "article_id", "locator", "fetched_at"}
    assert set(columns(connection, "staging.article")) == names(Article) | ids
    removed = {"batch_id", "document_id"} | names(RemovedLine)
    assert set(columns(connection, "staging.removed_line")) == removed


def test_staged_documents_have_what_was_taken_and_its_verdict(connection: Connection) -> None:
    found = set(columns(connection, "staging.document"))
    assert names(Taken) - {"source_name"} <= found
    assert found >= REFUSAL
    assert found - set(columns(connection, "raw.document")) == {"twin_of"}
    assert set(VERDICT.names) <= found


def test_shards_and_staging_agree_on_types(connection: Connection) -> None:
    kinds = {
        "string": "VARCHAR",
        "int32": "INTEGER",
        "int64": "BIGINT",
        "date32[day]": "DATE",
        "timestamp[us, tz=UTC]": "TIMESTAMP WITH TIME ZONE",
        "list<element: string>": "VARCHAR[]",
        "list<item: string>": "VARCHAR[]",
    }
    for table in ("staging.article", "staging.document"):
        staged = columns(connection, table)
        for column in CLEAN:
            if column.name in staged:
                assert staged[column.name] == kinds[str(column.type)], f"{table}.{column.name}"


def test_every_reason_has_exactly_the_outcome_of_the_contract() -> None:
    assert set(OUTCOME_OF) == set(Reason)
    for name in FAILED:
        assert OUTCOME_OF[Reason(name)] is Outcome.FAILED
    for name in QUARANTINED:
        assert OUTCOME_OF[Reason(name)] is Outcome.QUARANTINED
    assert set(OUTCOME_OF.values()) == {Outcome.FAILED, Outcome.QUARANTINED}
    for reason in Reason:
        assert reason not in ("error", "unknown", "other")
        refusal = Refusal(stage=Stage.CLEAN, reason=reason, detail="x")
        assert refusal.outcome is OUTCOME_OF[reason]


def errors_of(*modules: ModuleType) -> list[type[Exception]]:
    return [
        found
        for module in modules
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception) and found.__module__ == module.__name__
    ]


@pytest.mark.parametrize("kind", errors_of(tasks.errors, warehouse.errors, flows.engine))
def test_every_error_crosses_a_process_border_whole(kind: type[Exception]) -> None:
    words: tuple[object, ...] = ("what happened", "what to do")
    if kind is tasks.errors.SourceUnavailable:
        words = ("/a.html", Reason.UNREADABLE, "no such file", "check the path")
    error = kind(*words)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)
    assert isinstance(again, tasks.errors.CopydeskError | warehouse.errors.WarehouseError)
    assert again.code.islower()
    assert isinstance(again.exit_code, int)
    assert isinstance(again.transient, bool)


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh process has after some code."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\n{code}\nprint(*(m.split('.')[0] for m in sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_worker_processes_import_neither_prefect_nor_great_expectations() -> None:
    found = loaded_by("import tasks.worker")
    assert not found & {"prefect", "great_expectations", "duckdb", "pydantic", "fastapi"}
    assert "trafilatura" in found


def test_a_real_worker_has_neither_prefect_nor_great_expectations() -> None:
    code = """
import prefect, great_expectations
from tasks.sandbox import Sandbox
from tests.worker_probe import modules
with Sandbox(workers=1, cpu_seconds=10, memory_mb=1500) as sandbox:
    print(*sandbox._pool.schedule(modules).result())
"""
    probe = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found = set(probe.stdout.split())
    assert "tasks" in found
    assert not found & {"prefect", "great_expectations"}


def declared() -> set[NormalizedName]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


def imported() -> set[NormalizedName]:
    """Name the distributions that the rooms import."""
    providers = packages_distributions()
    modules: set[str] = set()
    for room in ("flows", "tasks", "warehouse", "expectations"):
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module.partition(".")[0])
    foreign = {canonicalize_name(providers[name][0]) for name in modules & providers.keys()}
    return foreign - {canonicalize_name("copydesk")}


def test_each_import_is_declared_and_each_dependency_imported_or_pinned_with_its_reason() -> None:
    assert imported() - declared() == set()
    pins = (ROOT / "docs" / "decisions" / "0002-pins.md").read_text("utf-8")
    assert {name for name in declared() - imported() if f"`{name}" not in pins} == set()


def test_the_model_stands_on_the_standard_library_alone() -> None:
    found = loaded_by("import tasks.model, tasks.errors")
    assert not found & {"pyarrow", "duckdb", "prefect", "lxml", "pydantic", "pandas", "numpy"}
