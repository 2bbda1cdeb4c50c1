"""Locks that a dead process frees: an advisory `flock` on a file of ours.

Own code because the holder's words must stand in the lock file itself, for the message that
another run prints; the descriptor is close-on-exec, so that no child keeps a killed run's lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import WarehouseBusy, WarehouseError

_LOOK_SECONDS = 0.2
"""Who asks for the holder has the lock for an instant: that must not end another's run."""


@contextmanager
def hold(path: Path, *, purpose: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock file at `path`; `purpose` is what others are told meanwhile.

    Raises WarehouseBusy, naming the holder, when it is not free within `wait_seconds` (and the
    moment that a look at it takes, see `holder`), and WarehouseError when the lock file cannot be
    opened at all.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WarehouseError(
            f"the lock file {path} cannot be opened ({error.strerror})",
            "check that it is a plain file that you may write",
        ) from error
    try:
        _acquire(descriptor, path, deadline=time.monotonic() + max(wait_seconds, _LOOK_SECONDS))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{purpose} (process {os.getpid()})\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(path: Path) -> str | None:
    """Say who holds the lock at `path`, or None when it is free or was never taken."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return _read(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> str:
    return os.pread(descriptor, 500, 0).decode("utf-8", "replace").strip() or "another process"


def _acquire(descriptor: int, path: Path, *, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise WarehouseError(
                    f"the lock file {path} cannot be locked ({error.strerror})",
                    "put the home on a file system that knows locks",
                ) from error
            if time.monotonic() >= deadline:
                raise WarehouseBusy(
                    f"the desk is held by {_read(descriptor)}", "wait until it is done"
                ) from None
            time.sleep(0.05)
        else:
            return
