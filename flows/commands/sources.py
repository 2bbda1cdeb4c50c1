"""`sources`: list, add, check and remove the sources of the settings."""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flows.cli import DONE, ERROR
from flows.commands import output
from flows.commands.preview import first_of, object_of, show
from flows.settings import FILE_NAME, Settings, find_home, load_settings, text_of
from flows.sources import Configured, configured, named
from tasks.desk import Desk
from tasks.errors import CopydeskError, SettingsInvalid, UsageError
from tasks.web_memory import PreviewMemory

_HEAD = "[[sources]]"


def listing(arguments: argparse.Namespace) -> int:
    """List the sources, when each was read, and which are due."""
    found = configured(load_settings(arguments.home))
    if arguments.json:
        output.print_json({"sources": [_row(source) for source in found]})
        return DONE
    columns = (
        "name",
        "kind",
        "locator",
        "every",
        "read_at",
        "documents",
        "due",
        "failing_since",
        "error",
    )
    output.print_table(columns, [[_row(source)[c] for c in columns] for source in found])
    return DONE


def _row(source: Configured) -> dict[str, object]:
    stated, state = source.settings, source.state
    return {
        "name": stated.name,
        "kind": stated.kind,
        "locator": stated.locator,
        "every": None if stated.interval_seconds is None else round(stated.interval_seconds),
        "read_at": _moment(state.read_at) if state else None,
        "documents": state.documents if state else None,
        "due": source.is_due,
        "error": state.error if state else None,
        "failing_since": _moment(state.failing_since) if state else None,
        "language": stated.language,
        "extraction": stated.extraction,
        "skip_rules": list(stated.skip_rules),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def add(arguments: argparse.Namespace) -> int:
    """Write a source into the settings file of the home; nothing is written that is not valid."""
    stated: dict[str, object] = {
        "name": arguments.name,
        "locator": arguments.locator,
        "kind": arguments.kind,
        "interval_seconds": arguments.every,
        "gap_seconds": arguments.gap,
        "columns": _columns(arguments.column),
        "language": arguments.language,
        "extraction": arguments.extraction,
        "skip_rules": arguments.skip_rule,
    }
    lines = [f"{name} = {_toml(value)}" for name, value in stated.items() if value is not None]
    file = _file(arguments.home)
    before = text_of(file) if file.exists() else None
    text = (before or "").rstrip("\n")
    _replace(file, "\n".join([*([text, ""] if text else []), _HEAD, *lines]) + "\n", before)
    _say(arguments, "added", file)
    return DONE


def _columns(words: Sequence[str] | None) -> dict[str, str] | None:
    """Read the columns that the command line states, as field=column."""
    if words is None:
        return None
    stated: dict[str, str] = {}
    for word in words:
        field, _, column = word.partition("=")
        if not field or not column:
            raise UsageError(f"--column {word} names no column", "write it as text=body")
        if field in stated:
            raise UsageError(f"two columns are stated for {field}", "state the one that holds it")
        stated[field] = column
    return stated


def _toml(value: object) -> str:
    """Write a value as TOML has it, which is as JSON has it but for tables and U+007F."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def remove(arguments: argparse.Namespace) -> int:
    """Take a source out of the settings file of the home; what it brought stays."""
    file = _file(arguments.home)
    before = text_of(file) if file.exists() else ""
    kept, has_found = _without(before, arguments.name)
    if not has_found:
        raise UsageError(
            f"no source is named {arguments.name} in {file}", "`copydesk sources list` lists them"
        )
    _replace(file, kept, before)
    _say(arguments, "removed", file)
    return DONE


def check(arguments: argparse.Namespace) -> int:
    """Fetch one item of a source (or of each) and show what would be published; store nothing."""
    settings = load_settings(arguments.home)
    names = arguments.names or [source.name for source in settings.sources]
    if not names:
        raise UsageError("no [[sources]] are set", "`copydesk sources add NAME LOCATOR` adds one")
    memory = PreviewMemory(Desk(home=settings.home))
    code, found = DONE, []
    for name in names:
        _must_exist(settings, name)
        try:
            document = first_of(settings, named(settings, name, None), memory)
        except CopydeskError as error:
            code = ERROR
            found.append({"name": name, "error": str(error)})
            if not arguments.json:
                output.say(f"{name}: {error}")
            continue
        found.append({"name": name, **object_of(document)})
        if not arguments.json:
            output.say(f"{name}:")
            show(document)
    if arguments.json:
        output.print_json({"sources": found})
    return code


def _must_exist(settings: Settings, name: str) -> None:
    if name not in {source.name for source in settings.sources}:
        raise UsageError(f"no source is named {name}", "`copydesk sources list` lists them")


def _file(home: str | None) -> Path:
    """Return the settings file of the home.

    Raises UsageError where another one, in the working directory, is in force: one in the home
    would hide it.
    """
    file = find_home(home) / FILE_NAME
    if not file.exists() and Path(FILE_NAME).is_file():
        raise UsageError(
            f"{Path(FILE_NAME).resolve()} is in force, not {file}", "edit it, or move it there"
        )
    return file


def _replace(file: Path, text: str, before: str | None) -> None:
    """Write a settings file, or leave it as it was where the new text is not valid."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    try:
        load_settings(str(file.parent))
    except SettingsInvalid:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, "utf-8")
        raise


def _without(text: str, name: str) -> tuple[str, bool]:
    """Drop the table of a source from a settings file; everything else stays as it is written."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            blocks.append([])
        blocks[-1].append(line)
    kept = [block for block in blocks if not _is_source("".join(block), name)]
    return "".join("".join(block) for block in kept).rstrip("\n") + "\n", len(kept) < len(blocks)


def _is_source(block: str, name: str) -> bool:
    if not block.lstrip().startswith(_HEAD):
        return False
    try:
        tables = tomllib.loads(block).get("sources", [])
    except tomllib.TOMLDecodeError:  # a list over several lines whose rows begin with a bracket
        return False
    return any(table.get("name") == name for table in tables)


def _say(arguments: argparse.Namespace, done: str, file: Path) -> None:
    if arguments.json:
        output.print_json({done: arguments.name, "settings": str(file)})
    else:
        output.say(f"{done} {arguments.name}: {file}")
