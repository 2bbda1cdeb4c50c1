"""Sources as configuration: which of them a word means, and which are due."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.sections import SourceSettings
from flows.settings import Settings
from tasks.desk import Desk
from tasks.model import AS_ALL, Source, Treatment
from tasks.readers.kinds import QUERY
from warehouse import fetches
from warehouse.fetches import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A source of the settings, and how it went when it was read last."""

    settings: SourceSettings
    state: SourceState | None
    is_due: bool


def configured(settings: Settings, now: datetime | None = None) -> list[Configured]:
    """Return the sources of the settings in their order, with what the ledger says of them."""
    desk = Desk(home=settings.home)
    states: Mapping[str, SourceState] = {}
    if settings.sources and desk.warehouse.exists():
        with desk.reading("sources") as connection:
            states = fetches.source_states(connection)
    at = now or datetime.now(UTC)
    return [
        Configured(settings=s, state=states.get(s.name), is_due=_is_due(s, states.get(s.name), at))
        for s in settings.sources
    ]


def _is_due(source: SourceSettings, state: SourceState | None, now: datetime) -> bool:
    if state is None or source.interval_seconds is None:
        return True
    return (now - state.read_at).total_seconds() >= source.interval_seconds


def due(settings: Settings) -> list[str]:
    """Return the names of the sources that are due."""
    return [source.settings.name for source in configured(settings) if source.is_due]


def named(settings: Settings, word: str, kind: str | None) -> Source:
    """Return what a word of the command line means: a configured source, else a locator.

    A file or folder of that name comes first; `kind` stands over the configured one.
    """
    if not os.path.lexists(word):
        for source in settings.sources:
            if source.name == word:
                read_as = kind or source.kind
                locator = located(source.locator, read_as)
                return Source(locator=locator, kind=read_as, name=source.name)
    return Source(locator=located(word, kind), kind=kind)


def located(locator: str, kind: str | None) -> str:
    """Return a source as it can be found again from another folder; a query stays as it is."""
    if locator == "-" or "://" in locator or kind == QUERY:
        return locator
    return os.path.abspath(os.path.expanduser(locator))  # noqa: PTH100, PTH111 - keeps symlinks, globs


def gaps(settings: Settings) -> dict[str, float]:
    """Return the pace of the sources (by name) that have one of their own, in seconds."""
    stated = {source.name: source.gap_seconds for source in settings.sources}
    return {name: seconds for name, seconds in stated.items() if seconds is not None}


def treatments(settings: Settings) -> dict[str, Treatment]:
    """Return how the documents of sources (by name) are treated that are not treated as all."""
    stated = {
        source.name: Treatment(
            language=source.language, extraction=source.extraction, skip_rules=source.skip_rules
        )
        for source in settings.sources
    }
    return {name: treatment for name, treatment in stated.items() if treatment != AS_ALL}


def columns(settings: Settings) -> dict[str, dict[str, str]]:
    """Return the columns that sources (by name) state for their tables: field -> column."""
    return {source.name: dict(source.columns) for source in settings.sources if source.columns}
