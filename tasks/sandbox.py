"""Run the line's pure functions in child processes that no page can hurt for long.

Long-lived workers (pebble) take units of about 30 documents. Each document has its own limit of
CPU seconds, kept by the kernel (a profiling timer whose signal kills), and each worker one of
memory. A dead worker costs its unit one more try, document by document; a document that kills a
worker when it is alone is refused with the reason. Wall clock is a far backstop only: on a loaded
machine the same page takes 25 times longer.

Workers are forked from a fork server that has everything imported and warm. They end with their
parent: the server ends when its pipe to us closes, and takes them along.
"""

from __future__ import annotations

import contextlib
import mmap
import multiprocessing
import os
import resource
import signal
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import context as mp_context
from multiprocessing import forkserver, popen_forkserver
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from tasks.errors import WorkersStopped, WorkersUnavailable
from tasks.model import Reason, Stage, Treatments

T = TypeVar("T")
P = TypeVar("P")

_WALL_FACTOR = 25
"""How much longer a page may take on a loaded machine (measured: docs/decisions/0003)."""
_WALL_SECONDS = 5.0
_START_SECONDS = 300
_PIECE_SECONDS = 300
"""What any work but a document's may take: many times what the largest piece needs."""
_UNITS_A_LIFE = 100
"""A worker is replaced after so many units, so that no engine's leak adds up for long; a new one is
forked in milliseconds."""
_MEGABYTE = 1 << 20
_PR_SET_PDEATHSIG = 1  # from linux/prctl.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Some rows of one row group of a shard: what a worker takes at a time.

    `cpu_seconds` is the limit of each document, `treatments` how those of some sources are treated;
    `as_is` says that a person vouches for all of them.
    """

    path: str
    group: int
    rows: tuple[int, ...]
    cpu_seconds: float = 0.0
    treatments: Treatments = field(default_factory=dict)
    as_is: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A document killed its worker when it was alone in it."""

    reason: Reason
    detail: str


class _HiddenMain(popen_forkserver.Popen):
    """Start a child without importing the parent's main module.

    The main module of a scheduled run is the Prefect engine: two seconds and 150 MB a worker.
    """

    def _launch(self, process_obj: BaseProcess) -> None:
        real = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            super()._launch(process_obj)  # type: ignore[misc]
        finally:
            sys.modules["__main__"] = real


class _Process(mp_context.ForkServerProcess):
    @staticmethod
    def _Popen(process_obj: BaseProcess) -> popen_forkserver.Popen:  # noqa: N802
        return _HiddenMain(process_obj)


class _Context(mp_context.ForkServerContext):
    Process = _Process


class Sandbox:
    """A pool of workers under limits, forked at the first need. Use as a context manager."""

    def __init__(self, *, workers: int, cpu_seconds: float, memory_mb: int) -> None:
        self._cpu_seconds = cpu_seconds
        # Arrow's own allocator reserves a gigabyte of addresses at its first use in a worker.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        context = _Context()
        context.set_forkserver_preload(["tasks.worker"])
        self._workers = workers
        self._memory_mb = memory_mb
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=_UNITS_A_LIFE,
            context=context,
            initializer=_enter_worker,
            initargs=[memory_mb * _MEGABYTE],
        )
        self._ready: ProcessFuture[int] | None = None
        self._stopped: Future[None] = Future()

    def start(self) -> None:
        """Begin to import the engines, in the fork server, and wait for nothing: it takes a second.

        Raises WorkersStopped after `stop`.
        """
        self._check()
        forkserver.ensure_running()

    def __enter__(self) -> Sandbox:
        """Return the pool."""
        return self

    def __exit__(self, *exc: object) -> None:
        """End every worker at once."""
        self.stop()
        self._pool.join(timeout=5)

    def stop(self) -> None:
        """Take no more work; whoever waits for some, in whatever thread, gets WorkersStopped."""
        if not self._stopped.done():
            self._stopped.set_result(None)
        self._pool.stop()  # type: ignore[no-untyped-call]

    def run(self, stage: Stage, units: Sequence[Unit]) -> Iterator[list[Any]]:
        """Yield, unit by unit in order, what the stage's function makes of each document.

        That is an `Extracted` or a `Clean`; a `Death` stands where a document killed its worker.

        Raises WorkersUnavailable when no worker can live within the limits, and WorkersStopped
        after `stop`.
        """
        self.wait_until_ready()
        limited = [replace(unit, cpu_seconds=self._cpu_seconds) for unit in units]
        futures = [(unit, self._schedule(stage, unit)) for unit in limited]
        for unit, future in futures:
            try:
                yield self._result(future)
            except (ProcessExpired, FutureTimeout, MemoryError):
                yield self._one_by_one(stage, unit)

    def spread(self, function: Callable[[P], T], pieces: Iterable[P]) -> Iterator[T]:
        """Yield what `function` makes of each piece, in order; some are in work ahead of that.

        For work of ours that needs no limits: what a worker did not survive is done here. What
        `function` raises comes through; raises WorkersStopped after `stop`.
        """
        waiting: deque[tuple[P, ProcessFuture[T]]] = deque()
        for piece in pieces:
            waiting.append((piece, self._submit(function, piece, _PIECE_SECONDS)))
            if len(waiting) > 2 * self._workers:
                yield self._made(function, *waiting.popleft())
        while waiting:
            yield self._made(function, *waiting.popleft())

    def _made(self, function: Callable[[P], T], piece: P, future: ProcessFuture[T]) -> T:
        try:
            return self._result(future)
        except (ProcessExpired, FutureTimeout, MemoryError):
            return function(piece)

    def _one_by_one(self, stage: Stage, unit: Unit) -> list[Any]:
        alone = [replace(unit, rows=(row,)) for row in unit.rows]
        results: list[Any] = []
        for future in [self._schedule(stage, single) for single in alone]:
            try:
                found = self._result(future)
                results.extend(found)
            except FutureTimeout:
                results.append(
                    Death(reason=Reason.TIMEOUT, detail="did not end within the wall clock limit")
                )
            except MemoryError:
                results.append(self._out_of_memory())
            except ProcessExpired as error:
                results.append(self._cause(error.exitcode))
        return results

    def _schedule(self, stage: Stage, unit: Unit) -> ProcessFuture[list[Any]]:
        wall = self._cpu_seconds * _WALL_FACTOR + len(unit.rows) * _WALL_SECONDS
        return self._submit(partial(_run_unit, stage), unit, wall)

    def _submit(self, function: Callable[[P], T], piece: P, wall: float) -> ProcessFuture[T]:
        try:
            return self._pool.schedule(function, args=[piece], timeout=wall)
        except RuntimeError:
            self._check()
            raise

    def _result(self, future: ProcessFuture[T]) -> T:
        """Wait for work; the pool forgets what is under way when it is stopped."""
        either: list[Future[Any]] = [future, self._stopped]
        wait(either, return_when=FIRST_COMPLETED)
        self._check()
        return future.result()

    def _check(self) -> None:
        """Raise WorkersStopped after `stop`: no worker that died since tells of its document."""
        if self._stopped.done():
            raise WorkersStopped("the workers were stopped", "the next run does the shard again")

    def _cause(self, exitcode: int) -> Death:
        if exitcode == -signal.SIGPROF:
            return Death(
                reason=Reason.TIMEOUT, detail=f"used more than {self._cpu_seconds:g} s of CPU"
            )
        if exitcode == -signal.SIGKILL:
            return self._out_of_memory()
        return Death(reason=Reason.CRASHED, detail=f"the worker ended with exit code {exitcode}")

    def _out_of_memory(self) -> Death:
        return Death(
            reason=Reason.MEMORY_LIMIT, detail=f"needed more than {self._memory_mb} MB of memory"
        )

    def wait_until_ready(self) -> None:
        """Wait for the first worker; raises WorkersUnavailable when none can live or work."""
        self._check()
        try:
            if self._ready is None:
                self._ready = self._pool.schedule(_ready, timeout=_START_SECONDS)
            self._result(self._ready)
        except ImportError as error:
            raise WorkersUnavailable(
                f"the workers cannot start ({type(error).__name__}: {error})",
                "a file of copydesk is missing or damaged, install it anew",
            ) from error
        except (ProcessExpired, FutureTimeout, MemoryError, OSError, RuntimeError) as error:
            self._check()
            raise self._unavailable(error) from error

    def _unavailable(self, error: BaseException) -> WorkersUnavailable:
        cause = error.__cause__ or error
        return WorkersUnavailable(
            f"no worker could start within {self._memory_mb} MB ({type(cause).__name__}: {cause})",
            "raise `memory_mb` under [extract] in copydesk.toml, and see `copydesk doctor`",
        )


def _run_unit(stage: Stage, unit: Unit) -> list[Any]:
    """Run a stage's function on a unit. The fork server has the module imported and warm."""
    from tasks import worker

    return worker.extract_unit(unit) if stage is Stage.EXTRACT else worker.clean_unit(unit)


def _enter_worker(memory_bytes: int) -> None:
    """Put a new worker under its limits; runs once in each child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    if sys.platform == "linux":
        _die_with_parent()
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _die_with_parent() -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == 1:
        os._exit(1)


def _ready() -> int:
    """Prove that a worker can work within its limits: map a little memory, as any page would.

    Mapped, because the fork server may leave so much free in the heap that its children inherit.
    """
    from tasks import worker

    worker.require_engines()
    with mmap.mmap(-1, 32 * _MEGABYTE) as memory:
        return len(memory)


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Let the kernel kill this process after so many seconds of its own CPU time."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def default_workers() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return multiprocessing.cpu_count()
