"""The command line: words in, exit codes out. Commands load what they need when they are called.

Data goes to stdout, everything else to stderr. With `--json` exactly one object is printed,
whatever happens.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence

from flows.parser import Help, Usage, build_parser
from flows.termination import Terminated, raise_at_sigterm

DONE, ERROR, USAGE, HELD, SOURCE_FAILED, BUSY = 0, 1, 2, 3, 4, 75
INTERRUPTED, TERMINATED = 130, 143

_STOPPED = "what a run has begun, the next run finishes"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; without `argv` this process is the command's."""
    if argv is None:
        raise_at_sigterm()
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    home: str | None = None
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file name may hold bytes that are no text; data is UTF-8 wherever it goes.
        encoding = None if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        _check_text(words)
        arguments = build_parser().parse_args(words)
        home = arguments.home
        code = _command_of(arguments, as_json=as_json)
        sys.stdout.flush()
        return code
    except Help as asked:
        text = str(asked)
        sys.stdout.write(json.dumps({"help": text}) + "\n" if as_json else text)
        return DONE
    except Usage as error:
        return _fail("usage", str(error), "", code=USAGE, as_json=as_json)
    except Terminated:
        return _fail("terminated", "terminated", _STOPPED, code=TERMINATED, as_json=as_json)
    except KeyboardInterrupt:
        return _fail("interrupted", "interrupted", _STOPPED, code=INTERRUPTED, as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # noqa: BLE001 - the last door: a user never sees a traceback
        return _fail_with(error, home or os.environ.get("COPYDESK_HOME"), as_json=as_json)


def _check_text(words: Sequence[str]) -> None:
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            what = os.fsencode(word).decode("utf-8", "backslashreplace")
            raise Usage(f"{what} is no UTF-8: name its folder, or rename it") from None


def _command_of(arguments: argparse.Namespace, *, as_json: bool) -> int:
    if arguments.version:
        return _print_version(as_json=as_json)
    if arguments.command is None:
        if not as_json:
            sys.stderr.write(build_parser().format_help())
            return USAGE
        raise Usage("no command is named (see `copydesk --help`)")
    # Read when Arrow is imported; its own allocator keeps 70 MB more from shard to shard.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    module, function = arguments.runs.split(":")
    command = getattr(importlib.import_module(f"flows.commands.{module}"), function)
    return int(command(arguments))


def _fail_with(error: Exception, home: str | None, *, as_json: bool) -> int:
    if os.environ.get("COPYDESK_TRACEBACK"):
        raise error
    from flows.failures import failure_of

    found = failure_of(error, home or "this home")
    code, message, remedy = found.code, found.message, found.remedy
    return _fail(code, message, remedy, code=found.exit_code, as_json=as_json)


def _fail(name: str, message: str, remedy: str, *, code: int, as_json: bool) -> int:
    if as_json:
        error = {"code": name, "message": message, "remedy": remedy}
        sys.stdout.write(json.dumps({"error": error}, ensure_ascii=False) + "\n")
    else:
        line = f"{message}: {remedy}" if remedy else message
        printable = "".join(c if c.isprintable() else " " for c in line)
        sys.stderr.write(f"copydesk: {printable}\n")
    return code


def _print_version(*, as_json: bool) -> int:
    from importlib.metadata import version

    found = version("copydesk")
    sys.stdout.write(f'{{"version": "{found}"}}\n' if as_json else f"copydesk {found}\n")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
