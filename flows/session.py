"""What a run needs about it, started so that the slow beginnings overlap each other.

The lock comes first (its descriptor is close-on-exec, so that no child can keep it); Great
Expectations is imported in a thread, once nobody waits for this process: while Prefect's server
comes up and documents are extracted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from expectations import auditor
from flows.notify import check_targets
from flows.settings import Settings
from flows.signals import Begun, failures_emitted, failures_told
from tasks.desk import Desk
from tasks.sandbox import Sandbox, default_workers

_current: ContextVar[Session | None] = ContextVar("session", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A home that this process holds, and the workers that wait for documents.

    `begun` are the batches that were at work so far, with their sources once they are known. A
    rehearsal is told to nobody.
    """

    settings: Settings
    desk: Desk
    sandbox: Sandbox
    auditor_ready: threading.Thread
    begun: Begun
    rehearsal: bool

    def warm_up(self) -> None:
        """Begin to import what the end of a run needs, if nobody has; `auditor_ready` does it."""
        if self.auditor_ready.ident is None:
            self.auditor_ready.start()


@contextmanager
def open_session(settings: Settings, *, purpose: str, rehearsal: bool = False) -> Iterator[Session]:
    """Hold the desk for a run; raises DeskBusy at once when another run holds it."""
    check_targets(settings.notify)
    desk = Desk(home=settings.home)
    desk.create()
    begun: Begun = {}
    with ExitStack() as stack:
        stack.enter_context(desk.running(purpose))
        if not rehearsal:
            stack.enter_context(failures_told(settings, begun))
        sandbox = stack.enter_context(
            Sandbox(
                workers=settings.extract.workers or default_workers(),
                cpu_seconds=settings.extract.cpu_seconds,
                memory_mb=settings.extract.memory_mb,
            )
        )
        session = Session(
            settings=settings,
            desk=desk,
            sandbox=sandbox,
            auditor_ready=threading.Thread(target=_warm_up, daemon=True),
            begun=begun,
            rehearsal=rehearsal,
        )
        token = _current.set(session)
        try:
            yield session
        finally:
            _current.reset(token)


def _warm_up() -> None:
    from tasks.report_site import build

    auditor.warm_up()
    build.warm_up()


def session_is_open() -> bool:
    """Say whether the caller of a flow holds the desk already."""
    return _current.get() is not None


@contextmanager
def session_for(settings: Settings, *, purpose: str) -> Iterator[Session]:
    """Return, to a flow, the session that is open in this context, else open one."""
    with ExitStack() as stack:
        session = _current.get() or stack.enter_context(open_session(settings, purpose=purpose))
        session.sandbox.start()
        session.warm_up()
        if not session.rehearsal:
            stack.enter_context(failures_emitted(session.settings, session.begun))
        yield session
