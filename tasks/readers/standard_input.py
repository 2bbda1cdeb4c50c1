"""Standard input, read so that no signal waits for it."""

from __future__ import annotations

import io
import select
import sys
from typing import BinaryIO

_WAIT_SECONDS = 1.0


def standard_input() -> BinaryIO | None:
    """Open standard input; None where this process has none."""
    if sys.stdin is None:
        return None
    if sys.stdin.buffer.seekable():
        return sys.stdin.buffer
    return io.BufferedReader(_Pipe(sys.stdin.fileno(), closefd=False))


class _Pipe(io.FileIO):
    """A pipe or a terminal that is waited for a second at a time.

    CPython runs signal handlers between byte codes of the main thread: one that comes after the
    last of them and before the system call does not end the wait, and a pipe may be silent for
    ever.
    """

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        while not select.select([self], [], [], _WAIT_SECONDS)[0]:
            pass
        return super().readinto(buffer)
