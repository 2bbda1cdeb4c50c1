"""`doctor`: is this environment fit to run the desk? Each check says what to do when not."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from flows.cli import DONE, ERROR
from flows.commands import output
from flows.notify import check_targets
from flows.prefect_api import answers, configured_api, shown
from flows.settings import Settings, load_settings
from tasks.desk import Desk
from tasks.errors import CopydeskError
from warehouse import lock
from warehouse.connect import translated
from warehouse.errors import WarehouseError
from warehouse.reading_copy import open_copy

_FREE_BYTES = 1 << 30
_TRIED_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: `ok`, what was found, and what to do when it is not."""

    check: str
    ok: bool
    found: str
    remedy: str = ""


def doctor(arguments: argparse.Namespace) -> int:
    """Check settings, versions, home, disk, locks, warehouse, reading copy, Prefect, workers."""
    findings = list(examine(arguments.home))
    sound = all(finding.ok for finding in findings)
    if arguments.json:
        output.print_json({"ok": sound, "checks": [asdict(finding) for finding in findings]})
    else:
        output.print_table(
            ("check", "", "found", "remedy"),
            [(f.check, "ok" if f.ok else "BROKEN", f.found, f.remedy) for f in findings],
        )
    return DONE if sound else ERROR


def examine(home: str | None) -> Iterator[Finding]:
    """Yield each finding; no check changes the home, but for making it."""
    yield _python()
    yield _packages()
    try:
        settings = load_settings(home)
    except CopydeskError as error:
        yield Finding(check="settings", ok=False, found=error.message, remedy=error.remedy)
        return
    yield Finding(check="settings", ok=True, found=f"home is {settings.home}")
    yield _notify(settings)
    desk = Desk(home=settings.home)
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("home", lambda: _home(desk)),
        ("disk", lambda: _disk(desk)),
        ("run lock", lambda: _lock("run lock", desk.run_lock)),
        ("writer's lock", lambda: _lock("writer's lock", desk.write_lock)),
        ("warehouse", lambda: _warehouse(desk)),
        ("reading copy", lambda: _reading_copy(desk)),
        ("prefect", _prefect),
        ("workers", lambda: _workers(settings)),
    )
    for name, check in checks:
        try:
            yield check()
        except OSError as error:
            found = f"{error.filename or desk.home}: {error.strerror or error}"
            yield Finding(check=name, ok=False, found=found, remedy="see the checks above")


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        check="python",
        ok=sys.version_info >= (3, 11),
        found=found,
        remedy="use Python 3.11 or later",
    )


def _packages() -> Finding:
    wrong = []
    for line in requires("copydesk") or ():
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(wanted.name)
        except PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(installed, prereleases=True):
            wrong.append(f"{wanted.name} {installed}, wanted {wanted.specifier}")
    return Finding(
        check="packages",
        ok=not wrong,
        found="; ".join(wrong) or "all as required",
        remedy="" if not wrong else "install from requirements.lock (`make install`)",
    )


def _notify(settings: Settings) -> Finding:
    try:
        targets = check_targets(settings.notify)
    except CopydeskError as error:
        return Finding(check="notify", ok=False, found=error.message, remedy=error.remedy)
    return Finding(check="notify", ok=True, found=", ".join(targets) or "no targets")


def _home(desk: Desk) -> Finding:
    try:
        desk.create()
        with tempfile.TemporaryFile(dir=desk.home, buffering=0) as file:
            if file.write(bytes(_TRIED_BYTES)) < _TRIED_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        return Finding(
            check="home",
            ok=False,
            found=f"{desk.home}: {error.strerror}",
            remedy="free some space"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else "make it a folder that you may write",
        )
    return Finding(check="home", ok=True, found="writable")


def _disk(desk: Desk) -> Finding:
    folder = desk.home if desk.home.exists() else Path.cwd()
    free = shutil.disk_usage(folder).free
    return Finding(
        check="disk",
        ok=free >= _FREE_BYTES,
        found=f"{free / (1 << 30):.1f} GiB free",
        remedy="" if free >= _FREE_BYTES else "free some space: a run needs 1 GiB at least",
    )


def _lock(name: str, path: Path) -> Finding:
    if path.exists() and (not path.is_file() or not os.access(path, os.R_OK | os.W_OK)):
        return Finding(
            check=name,
            ok=False,
            found=f"{path} is no plain file that can be opened",
            remedy="move it away while nothing runs",
        )
    held_by = lock.holder(path)
    return Finding(check=name, ok=True, found=f"held by {held_by}" if held_by else "free")


def _warehouse(desk: Desk) -> Finding:
    if not desk.warehouse.exists():
        return Finding(check="warehouse", ok=True, found="none yet")
    if held_by := lock.holder(desk.write_lock):
        return Finding(check="warehouse", ok=True, found=f"being written by {held_by}")
    try:
        with desk.writing("doctor") as connection:
            row = connection.execute("SELECT count(*) FROM ops.batch").fetchone()
    except (CopydeskError, WarehouseError) as error:
        return Finding(check="warehouse", ok=False, found=error.message, remedy=error.remedy)
    return Finding(check="warehouse", ok=True, found=f"{row[0] if row else 0} batches")


def _reading_copy(desk: Desk) -> Finding:
    if not desk.published.exists():
        return Finding(check="reading copy", ok=True, found="none yet")
    try:
        with translated(str(desk.published)), contextlib.closing(open_copy(desk.published)) as copy:
            row = copy.execute("SELECT count(*) FROM articles").fetchone()
    except WarehouseError as error:
        return Finding(
            check="reading copy",
            ok=False,
            found=error.message,
            remedy="any run or `copydesk maintain` makes it anew",
        )
    return Finding(check="reading copy", ok=True, found=f"{row[0] if row else 0} articles")


def _prefect() -> Finding:
    url = configured_api()
    if url is None:
        return Finding(check="prefect", ok=True, found="embedded, started by each run")
    if answers(url):
        return Finding(check="prefect", ok=True, found=f"{shown(url)} answers")
    return Finding(
        check="prefect",
        ok=False,
        found=f"{shown(url)} does not answer",
        remedy="start that server, or unset PREFECT_API_URL for the embedded one",
    )


def _workers(settings: Settings) -> Finding:
    from tasks.sandbox import Sandbox

    try:
        with Sandbox(
            workers=1,
            cpu_seconds=settings.extract.cpu_seconds,
            memory_mb=settings.extract.memory_mb,
        ) as sandbox:
            sandbox.wait_until_ready()
    except CopydeskError as error:
        return Finding(check="workers", ok=False, found=error.message, remedy=error.remedy)
    return Finding(check="workers", ok=True, found="start within their limits")
