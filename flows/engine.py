"""Prefect around a run: the API that the user configured, else an embedded server of our own.

Nothing here imports Prefect before the engine is up: the environment must be complete before that
happens, and the server's start overlaps the import.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.prefect_api import answers, configured_api, shown
from tasks.errors import CopydeskError

_START_SECONDS = 600.0
"""An embedded server needs 5 to 20 s, and over 200 s was seen on a loaded machine."""


_ANSWER_SECONDS = 10
_EVENTS_SECONDS = 5.0
_FREE_BYTES = 1 << 20


class PrefectUnavailable(CopydeskError):
    """Prefect's API does not answer."""

    code = "prefect_unavailable"


_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(int(_START_SECONDS)),
}


class EmbeddedServer:
    """A Prefect server for one home, started at once and waited for later."""

    def __init__(self, home: Path, *, services: bool) -> None:
        """Start the server; `services` adds what schedules need (`serve`)."""
        home.mkdir(parents=True, exist_ok=True)
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        self._log = home / "server.log"
        environment = (
            os.environ
            | _QUIET
            | {
                "PREFECT_HOME": str(home),
                "PREFECT_UI_ENABLED": "0",
                "PREFECT_SERVER_UI_ENABLED": "0",
                "PREFECT__SERVER_FINAL": "1",
                "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
            }
        )
        environment.pop("PREFECT_API_URL", None)
        if not services:
            environment["PREFECT__SERVER_EPHEMERAL"] = "1"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flows.prefect_server", str(listening.fileno())],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=[listening.fileno()],
                start_new_session=True,  # a Ctrl-C reaches us alone, and we still need it then
            )
        listening.close()

    def wait(self) -> None:
        """Wait until the API answers; raises PrefectUnavailable with what the server said."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if answers(self.url):
                return
            time.sleep(0.05)
        if shutil.disk_usage(self._log.parent).free < _FREE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._log.parent))
        raise PrefectUnavailable(
            f"the embedded Prefect server did not start ({self._last_words()})",
            f"see {self._log}, or set PREFECT_API_URL to a server of yours",
        )

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else "it said nothing"

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


@contextmanager
def prefect_engine(home: Path, *, services: bool = False) -> Iterator[EmbeddedServer | None]:
    """Make Prefect ready for use in this process; None: the user's own API is used.

    Leave before Prefect's clients are gone, and nothing of the embedded server is left.
    """
    configured = configured_api()
    if configured is not None and not answers(configured):
        raise PrefectUnavailable(
            f"the Prefect API at {shown(configured)} does not answer",
            "start that server, or unset PREFECT_API_URL for the embedded one",
        )
    os.environ.update({k: v for k, v in _QUIET.items() if k not in os.environ})
    # A command says itself what went wrong, in one line; Prefect would add a traceback.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING" if services else "CRITICAL")
    os.environ.setdefault("PREFECT_LOGGING_ROOT_LEVEL", "WARNING")
    os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "flows,tasks")
    if configured is not None:
        yield None
        return
    server = EmbeddedServer(home, services=services)
    os.environ["PREFECT_HOME"] = str(home)
    os.environ["PREFECT_API_URL"] = server.url
    try:
        yield server
    finally:
        _deliver_events()
        server.stop()
        os.environ.pop("PREFECT_API_URL", None)


@contextmanager
def without_heartbeats() -> Iterator[None]:
    """Let flow runs end at once: nobody watches those of a server that ends with them.

    The thread that sends heartbeats sleeps a second at a time, and the end of a flow waits for it.
    """
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def _deliver_events() -> None:
    """Let the server that is about to end take the events that Prefect still has in its queue."""
    worker = sys.modules.get("prefect.events.worker")
    if worker is not None:
        logging.getLogger("EventsWorker").setLevel(logging.ERROR)  # it would count them on stderr
        worker.EventsWorker.drain_all(timeout=_EVENTS_SECONDS)
