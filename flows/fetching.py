"""Settings -> the web as a run or a preview may use it."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from flows.settings import Settings
from tasks.readers.web.memory import Memory
from tasks.readers.web.rules import FetchRules
from tasks.readers.web.service import Web


def open_web(settings: Settings, memory: Memory, work: Path) -> Web:
    """Return the web for one batch (or preview), whose spools lie in the folder `work`.

    Nothing is connected before something is asked.
    """
    fetch = settings.fetch
    rules = FetchRules(
        max_bytes=fetch.max_bytes,
        allow_addresses=fetch.allow_addresses,
        gap_seconds=fetch.gap_seconds,
        deadline_seconds=fetch.deadline_seconds,
        freshness_seconds=fetch.freshness_seconds,
        contact=fetch.contact,
        version=version("copydesk"),
    )
    return Web(rules, memory, _now, work)


def _now() -> datetime:
    return datetime.now(UTC)
