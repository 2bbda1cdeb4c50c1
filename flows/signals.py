"""What is said to the world when a batch has ended or a run has failed."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.cli import ERROR
from flows.events import emit_batch, emit_failure
from flows.failures import Failure, failure_of
from flows.notify import Notice, send
from flows.settings import Settings
from flows.troubles import Trouble, hashed, hashed_as_usual, in_words, load, save
from warehouse.errors import UnknownBatch
from warehouse.outages import Outage

Begun = dict[str, Sequence[str]]
"""The batches at work so far, the last one last -> the locators of its sources, once known."""
_SAID = {
    "held": ("is held", "warning"),
    "partly_held": ("is partly held", "warning"),
    "failed": ("failed", "failure"),
    "published": ("is published", "success"),
}
"""Status of a batch -> how a title says it, and apprise's type of notification."""
_FAILING = ("has sources that fail", "warning")
_SILENT = ("lacks sites that it usually has", "warning")
_OVER = ("shows that trouble is over", "success")
_SITES = 20
"""Sites or sources that a message names: what a phone shows."""


def tell_of_batch(
    settings: Settings,
    report: Mapping[str, Any],
    sources: Mapping[str, str | None],
    outages: Sequence[Outage],
    held_sites: Mapping[str, str],
    silent_sites: Mapping[str, str],
) -> None:
    """Say that a batch has ended: events for programs, a notification for whoever asked for it.

    `sources`: locator -> why it gave nothing but that; `outages`: those that its sources are in, or
    came out of; `held_sites`: site -> why it waits; `silent_sites`: site -> since when it is
    missing. What waits for a decision is told each time. Trouble is told when it begins, while it
    lasts once a period, and when it is over.
    """
    emit_batch(settings.home, report, outages, held_sites, silent_sites)
    if not settings.notify.targets:
        return
    status, on = report["status"], settings.notify.on
    asked, now = hashed_as_usual(sources), _now()
    met: dict[str, datetime] = {}
    if status == "failed" and status in on:
        met |= {_key_of_source(s): now for s, error in sources.items() if error}
    if "silent" in on:
        met |= {f"site:{asked}:{site}": now for site in silent_sites}
    failing = [outage for outage in outages if not outage.is_over] if "failing" in on else []
    met |= {_key_of_source(outage.locator): outage.began_at for outage in failing}
    always = status in on and status != "failed"
    if always or met:
        title = _SAID[status] if status in on else _FAILING if failing else _SILENT
        notice = _about(settings, report, title, failing, held_sites, silent_sites)
        _tell_trouble(settings, met, notice, always=always)
    if status != "failed":
        _tell_end(settings, report["batch_id"], sources, outages, met)


def _about(
    settings: Settings,
    report: Mapping[str, Any],
    title: tuple[str, str],
    failing: Sequence[Outage],
    held_sites: Mapping[str, str],
    silent_sites: Mapping[str, str],
) -> Notice:
    """Return what a person is told of a batch."""
    counts = report["counts"]
    lines = [f"why: {report['why']}"] if report["why"] else []
    more = [f"sources failing: {len(failing) - _SITES} more"] if len(failing) > _SITES else []
    lines += [*map(_failing, failing[:_SITES]), *more]
    said = {outage.error for outage in failing[:_SITES]}
    lines += [f"could not be read: {e}" for e in report["source_errors"] if e not in said]
    lines.append(", ".join(f"{name} {count}" for name, count in counts.items()))
    lines += _named("sites held", held_sites) + _named("sites silent", silent_sites)
    if report["report_url"]:
        lines.append(f"report: {report['report_url']}")
    if counts["held"] or report["status"] == "held":
        lines += _deciding(settings.home, report["batch_id"], by_site=bool(held_sites))
    return _notice(settings, f"batch {report['batch_id']}", title, lines)


def _failing(outage: Outage) -> str:
    since = f"{outage.began_at:%Y-%m-%d %H:%M} UTC"
    return f"source failing: {outage.source}, {outage.tries} times since {since}: {outage.error}"


def _named(what: str, sites: Mapping[str, str]) -> list[str]:
    more = f" and {len(sites) - _SITES} more" if len(sites) > _SITES else ""
    return [f"{what}: {', '.join(list(sites)[:_SITES])}{more}"] if sites else []


def _notice(settings: Settings, what: str, title: tuple[str, str], lines: Sequence[str]) -> Notice:
    said, kind = title
    body = "\n".join([*lines, f"desk: {settings.home}"])
    return Notice(title=f"copydesk: {what} {said}", body=body, kind=kind)


def _deciding(home: Path, batch_id: str, *, by_site: bool) -> list[str]:
    """Return the commands that decide on a batch, ready to be pasted."""
    site = " [--site SITE]" if by_site else ""
    return [
        f"{label}: copydesk --home {shlex.quote(str(home))} {verb} {batch_id}{site} --why ..."
        for label, verb in (("to publish it", "release"), ("to refuse it", "reject"))
    ]


def _tell_trouble(
    settings: Settings, found: Mapping[str, datetime], notice: Notice, *, always: bool = False
) -> None:
    """Send a notice of some troubles where one of them is due, or `always`; else hold it back.

    `found`: key -> since when it lasts, as far as is seen now.
    """
    now, period = _now(), _period(settings)
    known = load(settings.home)
    met = {key: known.get(key, Trouble()).lasting(since) for key, since in found.items()}
    if always or any(trouble.is_due(now, period) for trouble in met.values()):
        body = "\n".join([notice.body, *in_words(met.values(), now)])
        if send(settings.notify, replace(notice, body=body)):
            met = {key: trouble.told(now) for key, trouble in met.items()}
    else:
        met = {key: trouble.untold() for key, trouble in met.items()}
    if met:
        save(settings.home, known | met, now=now, period=period)


def _tell_end(
    settings: Settings,
    batch_id: str,
    sources: Mapping[str, str | None],
    outages: Sequence[Outage],
    met: Collection[str],
) -> None:
    """Say which troubles are over with a batch, those `met` aside, where somebody was told of them.

    A named source may have had another locator when it failed.
    """
    now, asked, usual = _now(), hashed(sources), hashed_as_usual(sources)
    known = load(settings.home)
    unread = {_key_of_source(s) for s, error in sources.items() if error}
    read = {_key_of_source(o.locator): o.source for o in outages if o.is_over}
    read |= {_key_of_source(s): s for s, error in sources.items() if not error}
    read = {key: source for key, source in read.items() if key not in unread}
    over: dict[str, str] = {}
    for key in (key for key, trouble in known.items() if trouble.since):
        if key in read:
            over[key] = f"can be read again: {read[key]}"
        elif key.startswith(f"site:{usual}:") and key not in met:
            over[key] = f"no longer missed: {key.removeprefix(f'site:{usual}:')}"
        elif key.startswith((f"run:{asked}:", "run::")):
            over[key] = "runs end well again"
    told = [key for key in over if known[key].is_told]
    if told:
        lines = [*dict.fromkeys(over[key] for key in told)]
        lines += in_words([known[key] for key in told], now)
        send(settings.notify, _notice(settings, f"batch {batch_id}", _OVER, lines))
    if over:
        ended = {key: known[key].over() for key in over}
        save(settings.home, known | ended, now=now, period=_period(settings))


def _now() -> datetime:
    return datetime.now(UTC)


def _period(settings: Settings) -> timedelta:
    return timedelta(hours=settings.notify.repeat_hours)


@contextmanager
def failures_told(settings: Settings, begun: Begun) -> Iterator[None]:
    """Notify whoever asked for it when what runs within fails; hold the desk around it."""
    try:
        yield
    except Exception as error:
        failure = failure_of(error, str(settings.home))
        notify = settings.notify
        if _is_failed_run(error, failure) and notify.targets and "failed" in notify.on:
            batch_id, sources = next(reversed(begun.items()), (None, ()))
            what = f"batch {batch_id}" if batch_id else "a run"
            notice = _notice(settings, what, _SAID["failed"], [f"why: {failure}"])
            _tell_trouble(settings, {_key_of(failure, sources): _now()}, notice)
        raise


def _key_of_source(locator: str) -> str:
    return f"source:{hashed([locator])}"


def _key_of(failure: Failure, sources: Sequence[str]) -> str:
    """Name a failure of the same kind at the same sources alike, whatever batch it was."""
    kind = failure.message.partition(":")[0] if failure.code == "defect" else ""
    return f"run:{hashed(sources) if sources else ''}:{failure.code}:{kind}"


@contextmanager
def failures_emitted(settings: Settings, begun: Begun) -> Iterator[None]:
    """Fire an event when what runs within fails: enter it where Prefect is there to take it."""
    try:
        yield
    except Exception as error:
        failure = failure_of(error, str(settings.home))
        if _is_failed_run(error, failure):
            emit_failure(settings.home, failure, next(reversed(begun), None))
        raise


def _is_failed_run(error: Exception, failure: Failure) -> bool:
    """Say whether an error is a failed run: a wrong call and a busy desk are answers."""
    return failure.exit_code == ERROR and not isinstance(error, UnknownBatch)
