"""`export warc`: what was fetched, as other archives read it."""

from __future__ import annotations

import argparse
import os
from importlib.metadata import version
from pathlib import Path

from flows.cli import DONE
from flows.commands import output
from flows.settings import find_home
from tasks.desk import Desk
from tasks.errors import UsageError
from tasks.warc_export import responses_in, write_warc


def export_warc(arguments: argparse.Namespace) -> int:
    """Write the responses of a batch, or of all whose payloads are kept, beside the name first."""
    raw = Desk(home=find_home(arguments.home)).home / "raw"
    folders = sorted(raw.iterdir()) if raw.is_dir() else []
    if arguments.batch is not None:
        folders = [folder for folder in folders if folder.name == arguments.batch]
    if not folders:
        what = f"batch {arguments.batch}" if arguments.batch else "this desk"
        raise UsageError(f"{what} keeps no payloads", "`copydesk batches` lists the batches")
    target = Path(arguments.path).expanduser().absolute()
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "cannot be made: its folder does not exist"
        raise UsageError(f"{target} {what}", "name a file in a folder that exists")
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            software = f"copydesk/{version('copydesk')}"
            count = write_warc(file, responses_in(folders), software=software)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    if arguments.json:
        output.print_json({"path": str(target), "format": "warc", "responses": count})
    else:
        output.say(f"{count} responses written to {target}")
    return DONE
