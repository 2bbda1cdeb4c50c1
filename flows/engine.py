"""Prefect around a run: the API that the user configured, else an embedded server of our own.

Nothing here imports Prefect before the engine is up: the environment must be complete before that
happens, and the server's start overlaps the import.
"""

from __future__ import annotations

import errno
import logging
import os
import re
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

logger = logging.getLogger(__name__)

_START_SECONDS = 600.0
"""An embedded server needs 5 to 20 s, and over 200 s was seen on a loaded machine."""


_DELIVERY_SECONDS = 5.0
_QUEUES = {"prefect.events.worker": "EventsWorker", "prefect.logging.handlers": "APILogWorker"}
"""By module; looked for where it was imported."""
_FREE_BYTES = 1 << 20
_ERROR = re.compile(r"[a-zA-Z_][\w.]*(?:Error|Exception)\b.*:")
_OF_DATABASE = re.compile(r"sqlalchemy\.|sqlite3\.|alembic\.")
"""What a traceback ends with, and how that begins where the database was at fault."""


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
        self._home = home
        self._log = home / "server.log"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/api"
        self._environment = (
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
        self._environment.pop("PREFECT_API_URL", None)
        if not services:
            self._environment["PREFECT__SERVER_EPHEMERAL"] = "1"
        self._process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        descriptor = self._listening.fileno()
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "flows.prefect_server", str(descriptor)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._environment,
                pass_fds=[descriptor],
                start_new_session=True,  # a Ctrl-C reaches us alone, and we still need it then
            )

    def wait(self) -> None:
        """Wait until the API answers; raises PrefectUnavailable with what the server said.

        Where its own database stops it, it is begun once more on a new one: Prefect's migrations
        of SQLite cannot be gone on with where a full disk ended them half way.
        """
        with self._listening:
            if self._comes_up():
                return
            self._check_disk()
            if self._sets_database_aside():
                self._end()
                self._process = self._begin()
                if self._comes_up():
                    return
                self._check_disk()
        raise PrefectUnavailable(
            f"the embedded Prefect server did not start ({self._last_words()})",
            f"see {self._log}, or set PREFECT_API_URL to a server of yours",
        )

    def _comes_up(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if answers(self.url):
                return True
            time.sleep(0.05)
        return False

    def _check_disk(self) -> None:
        if shutil.disk_usage(self._home).free < _FREE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._home))

    def _sets_database_aside(self) -> bool:
        """Rename the database where the server ended and its last words are about it.

        It holds the runs that were, for whoever looks at them with Prefect; nothing of the desk.
        """
        database, aside = self._home / "prefect.db", self._home / "prefect-damaged.db"
        said = self._last_words()
        if self._process.poll() is None or not _OF_DATABASE.match(said) or not database.exists():
            return False
        for suffix in ("", "-wal", "-shm"):
            file = Path(f"{database}{suffix}")
            if file.exists():
                file.replace(f"{aside}{suffix}")
        logger.warning("the embedded Prefect server begins anew, %s is kept: %s", aside, said)
        return True

    def _last_words(self) -> str:
        """Return the last error that the server told, else its last line."""
        lines = self._log.read_text("utf-8", "replace").strip().splitlines()
        errors = [line for line in lines if _ERROR.match(line)]
        return (errors or lines or ["it said nothing"])[-1][:200]

    def stop(self) -> None:
        """End the server."""
        self._listening.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end()

    def _end(self) -> None:
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
        _deliver()
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


def _deliver() -> None:
    """Let the server that is about to end take the events and logs that Prefect has in its queues.

    What a queue cannot deliver later, it would tell on stderr.
    """
    logging.getLogger("EventsWorker").setLevel(logging.ERROR)  # it would count its events there
    for module, queue in _QUEUES.items():
        if module in sys.modules:
            getattr(sys.modules[module], queue).drain_all(timeout=_DELIVERY_SECONDS)
