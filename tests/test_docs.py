"""The documentation is compared with the code: what one has and the other has not is a failure."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from flows import cli, settings
from flows.parser import build_parser
from flows.settings import Settings, load_settings
from tasks import model
from tasks.readers.kinds import KINDS
from warehouse.connect import Connection, connect
from warehouse.migrate import migrate
from warehouse.reading_copy import TABLES
from warehouse.sql import statements

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A second-level heading of a page and what stands under it."""

    title: str
    text: str

    def rows(self) -> list[list[str]]:
        """Return the rows of all its tables, without heads; cells stripped."""
        lines = self.text.splitlines()
        kept = []
        for above, line in zip(["", *lines], lines, strict=False):
            if line.startswith("|") and above.startswith("|") and not line.startswith("|--"):
                kept.append([cell.strip() for cell in _CELL.split(line)[1:-1]])
        return kept

    def first_column(self) -> list[str]:
        """Return what stands in code marks in the first cell of each row; else the cell."""
        return [_bare(row[0]) for row in self.rows()]


def _bare(cell: str) -> str:
    found = _CODE.findall(cell)
    return found[0] if found else cell


def sections(page: str) -> list[Section]:
    """Cut a page of docs/ at its second-level headings."""
    parts = re.split(r"^## ", (DOCS / page).read_text("utf-8"), flags=re.M)[1:]
    return [
        Section(title=part.partition("\n")[0].strip(), text=part.partition("\n")[2])
        for part in parts
    ]


def section(page: str, title: str) -> Section:
    """Return the one section of a page with a title."""
    return next(s for s in sections(page) if s.title == title)


def fenced(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), flags=re.M | re.S)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Connection]:
    connection = connect()
    migrate(connection)
    yield connection
    connection.close()


def test_every_table_and_column_is_in_the_data_dictionary(warehouse: Connection) -> None:
    documented = {
        table: [(_bare(row[0]), row[1]) for row in part.rows()]
        for part in sections("data-dictionary.md")
        for table in _CODE.findall(part.title)
    }
    actual = {
        table: [(row[0], row[1]) for row in warehouse.execute(f"DESCRIBE main.{table}").fetchall()]
        for table in TABLES
    }
    assert documented == actual


def test_every_reason_is_in_the_data_dictionary_with_its_one_outcome() -> None:
    rows = section("data-dictionary.md", "Reasons").rows()
    documented = {_bare(row[0]): row[1] for row in rows}
    assert len(documented) == len(rows)
    expected = {str(reason): str(outcome) for reason, outcome in model.OUTCOME_OF.items()}
    assert documented == expected | {f"{model.CHECK_FAILED}:<expectation>": "quarantined"}
    assert all(row[2] for row in rows)


def test_the_reasons_that_judge_a_text_are_those_that_a_person_may_overrule() -> None:
    said = section("data-dictionary.md", "Reasons").text
    listed = _CODE.findall(said.partition("were judged: ")[2].partition("check_failed")[0] + "`")
    judged = {
        name.lower()
        for file in ("cleaning/refusals.py", "extraction/walls.py")
        for name in re.findall(r"Reason\.(\w+)", (ROOT / "tasks" / file).read_text("utf-8"))
    }
    assert set(listed) == judged - {"no_main_text", "empty_body"}


def test_every_outcome_and_stage_is_in_the_data_dictionary() -> None:
    outcomes = section("data-dictionary.md", "Outcomes").first_column()
    assert outcomes == [str(outcome) for outcome in model.Outcome]
    stages = section("data-dictionary.md", "Stages of the line").first_column()
    assert stages == [str(stage) for stage in model.Stage]


def test_every_status_is_in_the_data_dictionary() -> None:
    view = next(text for name, text in statements("views") if "batches" in name)
    case = re.search(r"CASE\s(.*?)END AS status", view, flags=re.S)
    assert case is not None
    actual = set(re.findall(r"(?:THEN|ELSE) '(\w+)'", case[1]))
    assert set(section("data-dictionary.md", "Statuses").first_column()) == actual


def test_every_verb_of_a_decision_is_in_the_data_dictionary() -> None:
    deciding = {
        name for name, parser in commands() if parser.get_default("runs") == "deciding:decide"
    }
    documented = set(section("data-dictionary.md", "Verbs").first_column())
    assert documented == deciding | {"discard", "publish", "forget"}


def test_every_exit_code_is_in_the_data_dictionary() -> None:
    ours = {cli.DONE, cli.ERROR, cli.USAGE, cli.HELD, cli.SOURCE_FAILED, cli.BUSY}
    documented = section("data-dictionary.md", "Exit codes").first_column()
    assert {int(code) for code in documented} == ours | {cli.INTERRUPTED, cli.TERMINATED}


def test_every_error_code_is_in_the_data_dictionary() -> None:
    stated = re.compile(r'\bcode ?= ?"(\w+)"|_fail\(\s*"(\w+)"|"error": \{\s*"code": "(\w+)"')
    used = {
        name
        for room in ("flows", "tasks", "warehouse", "expectations")
        for file in (ROOT / room).rglob("*.py")
        for match in stated.finditer(file.read_text("utf-8"))
        for name in match.groups()
        if name
    }
    used.discard("error")  # the root of the tasks' errors: never raised itself
    assert set(section("data-dictionary.md", "Error codes").first_column()) == used


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {
        _bare(row[0]): row[1]
        for part in sections("settings.md")
        if part.title == "Top level" or part.title.startswith("`[")
        for row in part.rows()
    }
    assert documented == dict(_defaults())


def _defaults() -> Iterator[tuple[str, str]]:
    for name, field in Settings.model_fields.items():
        kind = next(iter(get_args(field.annotation)), field.annotation)  # of a list: its items
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for key, inner in kind.model_fields.items():
                yield f"{name}.{key}", _shown(inner.get_default(call_default_factory=True))
        elif name != "home":
            yield name, _shown(field.get_default(call_default_factory=True))


def _shown(default: Any) -> str:
    if default is PydanticUndefined:
        return "required"
    return f"`{json.dumps(default)}`"


def test_every_variable_outside_the_settings_is_documented() -> None:
    documented = set(section("settings.md", "Variables that are no settings").first_column())
    assert documented >= settings._OUTSIDE


def test_every_toml_block_is_a_settings_file_that_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [v for v in os.environ if v.startswith("COPYDESK_")]:
        monkeypatch.delenv(name)
    blocks = [block for page in PAGES for block in fenced(page, "toml")]
    assert blocks
    for block in blocks:
        tomllib.loads(block)
        (tmp_path / settings.FILE_NAME).write_text(block, "utf-8")
        assert load_settings(str(tmp_path)) != Settings(home=tmp_path)


def commands() -> list[tuple[str, argparse.ArgumentParser]]:
    """Return each command that can be called, by its words, with its parser."""
    return list(_leaves("", build_parser()))


def _leaves(
    words: str, parser: argparse.ArgumentParser
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not below:
        yield words, parser
    for action in below:
        for name, inner in action.choices.items():
            yield from _leaves(f"{words} {name}".strip(), inner)


_COMMON = {"-h", "--help", "--home", "--json"}


def test_every_command_and_option_is_documented() -> None:
    documented = {
        _bare(part.title): {_bare(cell).split()[0] for cell in (row[0] for row in part.rows())}
        for part in sections("commands.md")
    }
    actual = {
        words: {o for action in parser._actions for o in action.option_strings} - _COMMON
        for words, parser in commands()
    }
    assert documented == actual


def test_every_kind_of_source_is_documented() -> None:
    row = next(r for r in section("commands.md", "`run`").rows() if "--kind" in r[0])
    assert set(_CODE.findall(row[1])) == set(KINDS)


def test_every_call_in_the_docs_is_one_that_the_parser_takes() -> None:
    calls = [call for page in PAGES for call in _calls(page)]
    assert len(calls) > 20
    for call in calls:
        build_parser().parse_args(shlex.split(call)[1:])


def _calls(page: Path) -> Iterator[str]:
    """Yield the calls of copydesk in a page's shell blocks, each without its pipes."""
    for block in [b for language in ("console", "sh") for b in fenced(page, language)]:
        for line in block.replace("\\\n", " ").splitlines():
            prompted = line.removeprefix("$ ")
            is_call = line.startswith("$ ") or page.name != "README.md"
            found = re.search(r"(?:^|\| |&& )(copydesk .*)", prompted) if is_call else None
            if found and not prompted.startswith("#"):
                words = shlex.split(found[1], comments=True)
                ends = [i for i, word in enumerate(words) if word in {"|", ">", "||", "&&", "&"}]
                yield shlex.join(words[: ends[0]] if ends else words)


def test_every_noun_of_the_domain_is_in_the_glossary() -> None:
    text = (DOCS / "glossary.md").read_text("utf-8")
    nouns = {
        name
        for name, value in vars(model).items()
        if isinstance(value, type) and value.__module__.startswith(f"{model.__name__}.")
    }
    assert {name for name in nouns if f"`{name}`" not in text} == set()


def test_every_page_is_in_the_navigation() -> None:
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    named = set(re.findall(r"[\w/-]+\.md", config.partition("nav:")[2]))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert named == pages


def test_the_site_builds_and_fetches_nothing_from_elsewhere(tmp_path: Path) -> None:
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--quiet",
            "--site-dir",
            str(tmp_path),
        ],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    fetched = re.compile(r"""<(?:link|script|img)\b[^>]*(?:href|src)=["']?(?:https?:)?//""")
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 10
    assert {page.name for page in pages if fetched.search(page.read_text("utf-8"))} == set()


def test_no_page_names_a_path_of_one_machine() -> None:
    private = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
    assert {str(page) for page in PAGES if private.search(page.read_text("utf-8"))} == set()
