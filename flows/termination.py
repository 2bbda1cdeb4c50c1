"""A SIGTERM, as service managers send it, ends a command in order, as a Ctrl-C does."""

from __future__ import annotations

import signal


class Terminated(KeyboardInterrupt):
    """This process was told to end by SIGTERM."""


def raise_at_sigterm() -> None:
    """Have SIGTERM raise Terminated in the main thread; a second one ends the process at once."""
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated
