"""How far a run is: bars on a terminal, plain lines elsewhere; always on stderr.

The verbs log one line a stage and shard and hang its result on the record; this listens.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from flows.commands import output
from tasks.model import Stage
from tasks.stage import StageResult

_STAGES = (Stage.ACQUIRE, Stage.EXTRACT, Stage.CLEAN)


class _Lines(logging.Handler):
    """Print a line for each complete stage of a shard."""

    def emit(self, record: logging.LogRecord) -> None:
        is_stage = isinstance(getattr(record, "stage_result", None), StageResult)
        if is_stage or hasattr(record, "fetching"):
            output.say(record.getMessage())


class _Bars(logging.Handler):
    """Move one bar a stage, counted in documents."""

    def __init__(self, bars: Progress) -> None:
        super().__init__()
        self._bars = bars
        self._tasks: dict[str, TaskID] = {
            stage: bars.add_task(stage, total=None) for stage in _STAGES
        }
        self._taken = 0
        self._sources: dict[str, TaskID] = {}

    def emit(self, record: logging.LogRecord) -> None:
        source: str | None = getattr(record, "fetching", None)
        if source is not None:
            self._fetched(source, getattr(record, "done", 0), getattr(record, "left", 0))
        result = getattr(record, "stage_result", None)
        if not isinstance(result, StageResult):
            return
        self._bars.advance(self._tasks[result.stage], result.taken)
        if result.stage == Stage.ACQUIRE:
            self._taken += result.taken
            for stage in (Stage.EXTRACT, Stage.CLEAN):
                self._bars.update(self._tasks[stage], total=self._taken)

    def _fetched(self, source: str, done: int, left: int) -> None:
        """Show a source on the web in a bar of its own: what is done of what is known of it."""
        if source not in self._sources:
            name = output.printable(source.partition("://")[2] or source)[:40]
            self._sources[source] = self._bars.add_task(f"  {name}")
        self._bars.update(self._sources[source], completed=done, total=done + left)


@contextmanager
def progress() -> Iterator[None]:
    """Show the progress of the line while it runs in this process."""
    log = logging.getLogger("tasks")
    before = log.level
    log.setLevel(min(before or logging.INFO, logging.INFO))
    bars = None
    handler: logging.Handler = _Lines()
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        bars = Progress(*columns, console=output.errors(), transient=True)
        handler = _Bars(bars)
        bars.start()
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
        if bars is not None:
            bars.stop()
