"""The embedded Prefect server: a child of one run (or of `serve`) that ends with its parent.

Prefect starts such a server itself, but one that outlives a killed parent, on a guessed port, and
only after the client was imported. This one takes a bound socket and begins to start at once.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

from tasks.garbage import look_seldom


def main(descriptor: int) -> None:
    """Serve Prefect's API on an inherited socket until the parent's end of stdin closes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    look_seldom()

    import uvicorn
    from prefect.server.api.server import create_app

    listening = socket.socket(fileno=descriptor)
    config = uvicorn.Config(create_app(), log_level="error", lifespan="on")
    uvicorn.Server(config).run(sockets=[listening])


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not its buffer: a thread that holds that one's lock crashes us
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
