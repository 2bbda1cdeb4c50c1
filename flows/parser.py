"""The words of the command line: every command, its arguments, and the function that runs it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn, TypeAlias

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_EPILOG = "Exit codes: 0 done, 1 error, 2 usage, 3 held by the checks, 4 a source failed, 75 busy."


class Usage(Exception):
    """The words fit no command; the message says why."""


class Help(Exception):
    """Help was asked for; the message is its text."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Usage(f"{message} (see `{self.prog} --help`)")

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        raise Help(self.format_help())


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; it imports nothing of them."""
    parser = _Parser(
        prog="copydesk",
        description="The copy desk for news data: articles in, clean audited text out in DuckDB.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    parser.add_argument("--home", help="the desk's folder (else COPYDESK_HOME, ./copydesk-home)")
    parser.add_argument("--json", action="store_true", default=False, help="print one JSON object")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_line(commands)
    _add_sources(commands)
    _add_reading(commands)
    _add_deciding(commands)
    _add_forgetting(commands)
    _add_keeping(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def _command(commands: _Commands, name: str, runs: str, text: str) -> _Parser:
    parser = commands.add_parser(
        name, help=text, description=text, epilog=_EPILOG, allow_abbrev=False
    )
    parser.set_defaults(runs=runs)
    parser.add_argument("--home", default=argparse.SUPPRESS, help="the desk's folder")
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object"
    )
    return parser


def _kind(word: str) -> str:
    from tasks.readers.kinds import known_kind

    return known_kind(word)


def _rule(word: str) -> str:
    from tasks.cleaning.rules import known_rule

    return known_rule(word)


def _add_line(commands: _Commands) -> None:
    run = _command(commands, "run", "run:run", "acquire, extract, clean, load, audit, publish")
    run.add_argument(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help="file, folder, glob, URL, - or a source of the settings; default: those that are due",
    )
    run.add_argument("--batch", metavar="NAME", help="the batch id; an interrupted one is resumed")
    run.add_argument("--workers", type=int, metavar="N", help="worker processes")
    run.add_argument("--limit", type=int, metavar="N", help="take in at most N documents")
    run.add_argument("--kind", type=_kind, help="force a reader: html, text, jsonl, warc, feed ...")
    run.add_argument("--dry-run", action="store_true", help="do all but load and publish")
    preview = _command(
        commands, "preview", "preview:preview", "extract and clean one document to the terminal"
    )
    preview.add_argument("source", metavar="SOURCE")
    preview.add_argument("--kind", type=_kind, help="force how the source is read")
    replay = _command(
        commands, "replay", "run:replay", "extract to publish again from the kept raw payloads"
    )
    replay.add_argument("batches", nargs="*", metavar="BATCH", help="default: all")
    replay.add_argument("--batch", metavar="NAME", help="the id of the new batch")
    replay.add_argument(
        "--from-raw", action="store_true", help="take all that lies in raw/: a lost warehouse anew"
    )
    replay.add_argument("--diff", action="store_true", help="only say what would change")
    replay.add_argument("--site", metavar="SITE", help="with --diff: only this site")
    replay.add_argument(
        "--sample", type=int, metavar="N", help="with --diff: N documents, the same each time"
    )
    replay.add_argument(
        "--without-rule",
        action="append",
        type=_rule,
        default=[],
        metavar="NAME",
        help="with --diff: leave out this cleaning rule; may be repeated",
    )
    serve = _command(commands, "serve", "serve:serve", "run the flows on their schedules")
    serve.add_argument("--limit-seconds", type=float, help="stop after so many seconds")


def _add_reading(commands: _Commands) -> None:
    sql = _command(commands, "sql", "reading:sql", "read-only SQL on the reading copy")
    sql.add_argument("query", nargs="?", metavar="QUERY", help="a prompt without it")
    sql.add_argument("--format", choices=("table", "csv", "json", "parquet"), default=None)
    explain = _command(commands, "explain", "explaining:explain", "the life of one document")
    explain.add_argument("ref", metavar="REF", help="document id, article id, URL or locator")
    status = _command(commands, "status", "status:status", "what the desk holds and what waits")
    status.add_argument("--metrics", action="store_true", help="print OpenMetrics text")
    batches = _command(commands, "batches", "reading:batches", "the ledger of batches")
    batches.add_argument("--limit", type=int, default=20, metavar="N", help="newest N; 0: all")
    quarantine = _command(
        commands,
        "quarantine",
        "quarantine:listing",
        "the refused documents: list, show, retry, discard",
    )
    verbs = quarantine.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = _command(verbs, "list", "quarantine:listing", "list the refused documents")
    listing.add_argument("--reason", help="only this reason")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="newest N; 0: all")
    show = _command(verbs, "show", "quarantine:show", "show one, with its payload's beginning")
    show.add_argument("ref", metavar="REF")
    retry = _command(verbs, "retry", "quarantine:retry", "run them again with today's rules")
    retry.add_argument("refs", nargs="*", metavar="REF", help="default: all that wait")
    retry.add_argument("--reason", help="all that wait for this reason")
    retry.add_argument(
        "--as-is", action="store_true", help="publish each REF on a person's word, as it was read"
    )
    retry.add_argument("--why", help="with --as-is: recorded with the decision")
    discard = _command(verbs, "discard", "quarantine:discard", "take them off the list for good")
    discard.add_argument("refs", nargs="+", metavar="REF")
    discard.add_argument("--why", required=True, help="recorded with the decision")


def _add_sources(commands: _Commands) -> None:
    sources = _command(commands, "sources", "sources:listing", "the sources of the settings")
    verbs = sources.add_subparsers(dest="verb", metavar="VERB", required=True)
    _command(verbs, "list", "sources:listing", "list them, and which are due")
    add = _command(verbs, "add", "sources:add", "write one into the settings file of the home")
    add.add_argument("name", metavar="NAME")
    add.add_argument("locator", metavar="SOURCE", help="file, folder, glob or URL")
    add.add_argument("--kind", type=_kind, help="force how it is read")
    add.add_argument("--every", type=float, metavar="SECONDS", help="how long it is not due again")
    add.add_argument("--gap", type=float, metavar="SECONDS", help="a longer pause than for all")
    add.add_argument("--language", metavar="CODE", help="what it is written in, in two letters")
    add.add_argument("--extraction", metavar="MODE", help="auto, precision or recall")
    add.add_argument(
        "--skip-rule",
        action="append",
        type=_rule,
        metavar="NAME",
        help="a cleaning rule that takes nothing from it; may be repeated",
    )
    add.add_argument(
        "--column",
        action="append",
        metavar="FIELD=COLUMN",
        help="which column of a table is what, e.g. text=body; may be repeated",
    )
    check = _command(verbs, "check", "sources:check", "fetch one item, show what it would be")
    check.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    remove = _command(verbs, "remove", "sources:remove", "take one out of the settings file")
    remove.add_argument("name", metavar="NAME")


def _add_deciding(commands: _Commands) -> None:
    for verb, what, text in (
        ("release", "BATCH", "publish what is held, rejected or withdrawn"),
        ("reject", "BATCH", "refuse a held batch"),
        ("withdraw", "BATCH or REF", "take a published batch or article back"),
    ):
        decision = _command(commands, verb, "deciding:decide", text)
        decision.add_argument("ref", metavar=what.replace(" ", "_"))
        decision.add_argument("--site", metavar="SITE", help="only this site of the batch")
        decision.add_argument("--why", required=True, help="recorded with the decision")


def _add_forgetting(commands: _Commands) -> None:
    forget = _command(commands, "forget", "forgetting:forget", "erase an article for good")
    forget.add_argument("ref", metavar="REF", help="document id, article id, URL or locator")
    forget.add_argument("--why", required=True, help="recorded with the decision")


def _add_keeping(commands: _Commands) -> None:
    report = _command(commands, "report", "report:report", "build and open the reports")
    report.add_argument("--no-open", action="store_true", help="only print the path")
    report.add_argument(
        "--serve", type=int, metavar="PORT", help="serve them on this machine, with every raw page"
    )
    export = _command(
        commands, "export", "reading:export", "write the published articles to a file"
    )
    export.add_argument("format", choices=("parquet", "jsonl", "csv", "warc"), metavar="FORMAT")
    export.add_argument("path", metavar="PATH")
    export.add_argument(
        "--exact", action="store_true", help="csv: do not escape cells that look like formulas"
    )
    export.add_argument("--batch", metavar="BATCH", help="warc: only what this batch took in")
    init = _command(commands, "init", "keeping:init", "make the home and a commented settings file")
    init.add_argument("--force", action="store_true", help="overwrite the settings file")
    _command(commands, "doctor", "doctor:doctor", "check the environment")
    maintain = _command(commands, "maintain", "keeping:maintain", "retention and compaction")
    maintain.add_argument("--raw-days", type=float, metavar="N", help="prune payloads older than N")
