"""What is said to the world when a batch has ended or a run has failed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.cli import ERROR
from flows.events import emit_batch, emit_failure
from flows.failures import Failure, failure_of
from flows.notify import Notice, send
from flows.sections import Notify
from flows.settings import Settings
from warehouse.errors import UnknownBatch

_SAID = {
    "held": ("is held", "warning"),
    "partly_held": ("is partly held", "warning"),
    "failed": ("failed", "failure"),
    "published": ("is published", "success"),
}
"""Status of a batch -> how a title says it, and apprise's type of notification."""
_SILENT = ("lacks sites that it usually has", "warning")
_SITES = 20
"""Sites that a message names: what a phone shows."""


def tell_of_batch(
    settings: Settings,
    report: Mapping[str, Any],
    held_sites: Mapping[str, str],
    silent_sites: Mapping[str, str],
) -> None:
    """Say that a batch has ended: events for programs, a notification for whoever asked for it.

    `held_sites`: site -> why it waits; `silent_sites`: site -> since when it is missing.
    """
    emit_batch(settings.home, report, held_sites, silent_sites)
    status = report["status"]
    if _is_told(settings.notify, status):
        title = _SAID[status]
    elif silent_sites and _is_told(settings.notify, "silent"):
        title = _SILENT
    else:
        return
    counts = report["counts"]
    lines = [f"why: {report['why']}"] if report["why"] else []
    lines += [f"could not be read: {error}" for error in report["source_errors"]]
    lines.append(", ".join(f"{name} {count}" for name, count in counts.items()))
    lines += _named("sites held", held_sites) + _named("sites silent", silent_sites)
    if report["report_url"]:
        lines.append(f"report: {report['report_url']}")
    if counts["held"] or status == "held":
        lines += _deciding(settings.home, report["batch_id"], by_site=bool(held_sites))
    _notify(settings, f"batch {report['batch_id']}", title, lines)


def _named(what: str, sites: Mapping[str, str]) -> list[str]:
    more = f" and {len(sites) - _SITES} more" if len(sites) > _SITES else ""
    return [f"{what}: {', '.join(list(sites)[:_SITES])}{more}"] if sites else []


def _notify(settings: Settings, what: str, title: tuple[str, str], lines: Sequence[str]) -> None:
    said, kind = title
    body = "\n".join([*lines, f"desk: {settings.home}"])
    send(settings.notify, Notice(title=f"copydesk: {what} {said}", body=body, kind=kind))


def _deciding(home: Path, batch_id: str, *, by_site: bool) -> list[str]:
    """Return the commands that decide on a batch, ready to be pasted."""
    site = " [--site SITE]" if by_site else ""
    return [
        f"{label}: copydesk --home {shlex.quote(str(home))} {verb} {batch_id}{site} --why ..."
        for label, verb in (("to publish it", "release"), ("to refuse it", "reject"))
    ]


@contextmanager
def failures_told(settings: Settings, begun: Sequence[str]) -> Iterator[None]:
    """Notify whoever asked for it when what runs within fails; `begun`: its batches so far."""
    try:
        yield
    except Exception as error:
        failure = failure_of(error, str(settings.home))
        if _is_failed_run(error, failure) and _is_told(settings.notify, "failed"):
            what = f"batch {begun[-1]}" if begun else "a run"
            _notify(settings, what, _SAID["failed"], [f"why: {failure}"])
        raise


@contextmanager
def failures_emitted(settings: Settings, begun: Sequence[str]) -> Iterator[None]:
    """Fire an event when what runs within fails: enter it where Prefect is there to take it."""
    try:
        yield
    except Exception as error:
        failure = failure_of(error, str(settings.home))
        if _is_failed_run(error, failure):
            emit_failure(settings.home, failure, begun[-1] if begun else None)
        raise


def _is_failed_run(error: Exception, failure: Failure) -> bool:
    """Say whether an error is a failed run: a wrong call and a busy desk are answers."""
    return failure.exit_code == ERROR and not isinstance(error, UnknownBatch)


def _is_told(notify: Notify, status: str) -> bool:
    return bool(notify.targets) and status in notify.on
