"""What a test asks a worker process; it must be importable there."""

from __future__ import annotations

import os
import signal
import sys


def modules() -> list[str]:
    """Name the top-level modules that the process has imported."""
    return sorted({name.partition(".")[0] for name in sys.modules})


def only_in(process_id: int) -> int:
    """Return the process that this runs in, which dies if it is another one."""
    if os.getpid() != process_id:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def doubled(number: int) -> int:
    """Return a number twice as large; raises ValueError for one below zero."""
    if number < 0:
        raise ValueError(number)
    return 2 * number
