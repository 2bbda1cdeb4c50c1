"""`report`: open the pages of the checks, or say where they are."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser

from flows.cli import DONE
from flows.commands import output
from flows.settings import find_home
from tasks.desk import Desk
from warehouse.errors import WarehouseMissing


def report(arguments: argparse.Namespace) -> int:
    """Print the path of Data Docs, and open it where a person and a display are."""
    desk = Desk(home=find_home(arguments.home))
    page = desk.data_docs / "index.html"
    if not page.exists():
        raise WarehouseMissing(f"{page} does not exist", "run `copydesk run SOURCE` once")
    if arguments.json:
        output.print_json({"data_docs": str(page)})
        return DONE
    sys.stdout.write(f"{page}\n")
    can_open = sys.stdout.isatty() and (os.environ.get("DISPLAY") or sys.platform == "darwin")
    if can_open and not arguments.no_open:
        webbrowser.open(page.as_uri())
    return DONE
