"""`init` and `maintain`: the first set-up of a home, and its upkeep."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from flows.cli import DONE
from flows.commands import output
from flows.commands.deciding import existing_desk
from flows.sections import Schedule, SourceSettings
from flows.settings import FILE_NAME, Settings, find_home, load_settings
from tasks.desk import Desk
from tasks.errors import UsageError

_DAY_SECONDS = 86_400


def init(arguments: argparse.Namespace) -> int:
    """Make the home, its warehouse and an empty reading copy, and a commented settings file."""
    desk = Desk(home=find_home(arguments.home))
    desk.create()
    file = desk.home / FILE_NAME
    if file.exists() and not arguments.force:
        raise UsageError(f"{file} exists already", "--force overwrites it")
    file.write_text(settings_file(), "utf-8")
    with desk.writing("init") as connection:
        desk.refresh_reading_copy(connection)
    if arguments.json:
        output.print_json({"home": str(desk.home), "settings": str(file)})
    else:
        output.say(f"wrote {file}")
    return DONE


def settings_file() -> str:
    """Return a settings file with every setting, its meaning and its default, commented out."""
    lines = ["# Settings of copydesk. Options and COPYDESK_* variables stand over this file.", ""]
    for name, field in Settings.model_fields.items():
        if name in ("home", "schedules", "sources"):
            continue
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            lines += [f"[{name}]", *_entries(kind), ""]
        else:
            lines = [*lines[:2], f"# {name} = {json.dumps(field.default)}", *lines[1:]]
    lines += ["# [[sources]]", *(f"# {line}" for line in _described(SourceSettings)), ""]
    lines += ["# [[schedules]]", *(f"# {line}" for line in _described(Schedule))]
    return "\n".join(lines) + "\n"


def _entries(section: type[BaseModel]) -> list[str]:
    lines = []
    for name, field in section.model_fields.items():
        default: Any = field.default
        value = json.dumps(list(default) if isinstance(default, tuple) else default)
        lines += [f"# {field.description}", f"# {name} = {value}"]
    return lines


def _described(section: type[BaseModel]) -> list[str]:
    examples = {
        "name": '"inbox"',
        "sources": '["/data/inbox"]',
        "cron": '"*/15 * * * *"',
        "interval_seconds": "900",
        "kind": '"html"',
        "locator": '"https://example.org/feed.xml"',
        "gap_seconds": "5",
        "columns": '{ text = "body", url = "address" }',
        "language": '"en"',
        "extraction": '"auto"',
        "skip_rules": '["photo_credit"]',
    }
    return [f"{n} = {examples[n]}  # {f.description}" for n, f in section.model_fields.items()]


def maintain(arguments: argparse.Namespace) -> int:
    """Compact the warehouse, drop what dead runs left, and prune payloads when asked to."""
    if arguments.raw_days is not None and not arguments.raw_days >= 0:
        raise UsageError("--raw-days must be 0 or more", "leave it out to keep every payload")
    settings = load_settings(arguments.home)
    desk = existing_desk(arguments)
    with desk.running("maintain"), desk.writing("maintain") as connection:
        open_batches = {
            row[0]
            for row in connection.execute(
                "SELECT batch_id FROM ops.batch WHERE gate IS NULL"
            ).fetchall()
        }
        dropped = _drop_stale(desk.home / "work", keep=open_batches, before=time.time())
        pruned = 0
        if arguments.raw_days is not None:
            before = time.time() - arguments.raw_days * _DAY_SECONDS
            pruned = _drop_stale(desk.home / "raw", keep=open_batches, before=before)
        connection.execute("CHECKPOINT")
        desk.refresh_reading_copy(connection)
    found = {
        "work_folders_dropped": dropped,
        "raw_batches_pruned": pruned,
        "data_docs_runs_kept": settings.keep.data_docs_runs,
    }
    if arguments.json:
        output.print_json(found)
    else:
        output.print_table(("what", "count"), found.items())
    return DONE


def _drop_stale(folder: Path, *, keep: set[str], before: float) -> int:
    dropped = 0
    for batch in sorted(folder.iterdir()) if folder.is_dir() else []:
        if batch.name not in keep and batch.stat().st_mtime < before:
            shutil.rmtree(batch)
            dropped += 1
    return dropped
