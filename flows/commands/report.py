"""`report`: bring the report pages up to date and open them, or serve them on this machine."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser

from flows.cli import DONE
from flows.commands import output
from flows.commands.report_server import ReportServer
from flows.settings import load_settings
from tasks.desk import Desk
from tasks.errors import UsageError
from tasks.report_site.build import Built, build
from tasks.reporting.limits import Limits


def report(arguments: argparse.Namespace) -> int:
    """Print the path of the front page, and open it where a person and a display are."""
    settings = load_settings(arguments.home)
    desk = Desk(home=settings.home)
    limits = settings.keep.limits
    built = build(desk, limits=limits)
    if arguments.serve is not None:
        return _serve(desk, built, limits, arguments)
    if arguments.json:
        output.print_json(_facts(desk, built))
        return DONE
    sys.stdout.write(f"{built.page}\n")
    if _can_open() and not arguments.no_open:
        webbrowser.open(built.page.as_uri())
    return DONE


def _serve(desk: Desk, built: Built, limits: Limits, arguments: argparse.Namespace) -> int:
    if not 0 <= arguments.serve <= 65_535:
        raise UsageError(f"{arguments.serve} is no port", "name one of 1 to 65535, or 0 for any")
    try:
        bound = ReportServer(desk, port=arguments.serve, limits=limits)
    except OSError as error:
        message = f"port {arguments.serve} cannot be served ({error.strerror})"
        raise UsageError(message, "name another port, or 0 for any that is free") from error
    with bound as server:
        if arguments.json:
            output.print_json({"url": server.url, **_facts(desk, built)})
        else:
            sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        output.say("serving on this machine alone; Ctrl-C ends")
        if _can_open() and not arguments.no_open:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return DONE
    return DONE


def _facts(desk: Desk, built: Built) -> dict[str, object]:
    data_docs = desk.data_docs / "index.html"
    return {
        "reports": str(built.page),
        "data_docs": str(data_docs) if data_docs.exists() else None,
        "pages": built.pages,
        "written": built.written,
        "seconds": round(built.seconds, 3),
    }


def _can_open() -> bool:
    return sys.stdout.isatty() and bool(os.environ.get("DISPLAY") or sys.platform == "darwin")
