"""The desk: where everything of one home lies, and the only way tasks come to its warehouse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import DeskBusy
from warehouse import erasure, lock, reading_copy
from warehouse.connect import Connection, connect, translated
from warehouse.errors import WarehouseBusy, WarehouseError
from warehouse.migrate import is_current, migrate

_WAIT_SECONDS = 60.0
"""How long a short step waits for another one: many times what the longest takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The folders and files of one home (design: `Home and settings`)."""

    home: Path

    @property
    def warehouse(self) -> Path:
        """The warehouse: one writing process at a time, held briefly."""
        return self.home / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The reading copy."""
        return self.home / "published.duckdb"

    @property
    def data_docs(self) -> Path:
        """The site that Great Expectations renders."""
        return self.home / "data_docs"

    @property
    def reports(self) -> Path:
        """Our own pages."""
        return self.home / "reports"

    @property
    def prefect(self) -> Path:
        """The embedded Prefect's state."""
        return self.home / "prefect"

    @property
    def run_lock(self) -> Path:
        """Held by a run from its beginning to its end."""
        return self.home / "run.lock"

    @property
    def write_lock(self) -> Path:
        """Held while the warehouse file is open for writing."""
        return self.home / "warehouse.lock"

    def raw(self, batch_id: str) -> Path:
        """The payloads of a batch as they arrived; kept."""
        return self.home / "raw" / batch_id

    def work(self, batch_id: str) -> Path:
        """What the stages of a batch hand each other; gone when the batch has ended."""
        return self.home / "work" / batch_id

    def create(self) -> None:
        """Make the home where it is missing."""
        self.home.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def running(self, purpose: str) -> Iterator[None]:
        """Hold the desk for one run; raises DeskBusy at once when another run holds it."""
        with _busy_as_desk_busy(), lock.hold(self.run_lock, purpose=purpose):
            yield

    @contextmanager
    def writing(self, purpose: str) -> Iterator[Connection]:
        """Open the migrated warehouse under the writer's lock, for one short step."""
        with (
            _busy_as_desk_busy(),
            lock.hold(self.write_lock, purpose=purpose, wait_seconds=_WAIT_SECONDS),
            translated(str(self.warehouse)),
        ):
            is_new = not self.warehouse.exists()  # it knows nothing: readers keep what they have
            connection = _connect_patiently(self.warehouse)
            try:
                if migrate(connection) and not is_new and self.published.exists():
                    self.announce_change()
                if self._stale.exists():
                    self.refresh_reading_copy(connection)
                yield connection
            finally:
                connection.close()

    @contextmanager
    def glimpsing(self) -> Iterator[Connection]:
        """Open the warehouse as it lies there, to read: nothing is migrated, nobody waited for.

        Raises WarehouseError where it is missing, busy, or cannot be read.
        """
        with translated(str(self.warehouse)):
            connection = connect(self.warehouse, read_only=True)
            try:
                yield connection
            finally:
                connection.close()

    @contextmanager
    def reading(self, purpose: str) -> Iterator[Connection]:
        """Open the migrated warehouse to read: at once, unless it is busy or of another version.

        Then it is opened as `writing` does, which waits for its turn and migrates.
        """
        with ExitStack() as held:
            try:
                connection = held.enter_context(self.glimpsing())
                is_ready = is_current(connection)
            except WarehouseError:
                is_ready = False
            if not is_ready:
                held.close()
                connection = held.enter_context(self.writing(purpose))
            yield connection

    def rewrite_warehouse(self) -> None:
        """Copy the warehouse file over itself, so that deleted rows are in no block of it."""
        with (
            _busy_as_desk_busy(),
            lock.hold(self.write_lock, purpose="rewrite", wait_seconds=_WAIT_SECONDS),
        ):
            erasure.rewrite_file(self.warehouse, open_file=_connect_patiently)

    @property
    def _stale(self) -> Path:
        return self.home / "published.stale"

    def announce_change(self) -> None:
        """Mark the reading copy as out of date, before the warehouse says something else.

        Whoever is killed before the copy is renewed leaves the mark, and the next writer renews it.
        """
        self._stale.touch()

    def refresh_reading_copy(self, connection: Connection) -> None:
        """Let readers see what the warehouse says now."""
        reading_copy.rebuild(connection, self.published)
        self._stale.unlink(missing_ok=True)


def _connect_patiently(warehouse: Path) -> Connection:
    """Open the warehouse for writing, waiting a while for somebody who looks into the file."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return connect(warehouse)
        except WarehouseBusy:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.2)


@contextmanager
def _busy_as_desk_busy() -> Iterator[None]:
    try:
        yield
    except WarehouseBusy as error:
        raise DeskBusy(error.message, error.remedy) from error
