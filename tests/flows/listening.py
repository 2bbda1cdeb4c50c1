"""A real HTTP server on loopback that a notification can be sent to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Listener:
    """What a server was told (JSON), and how it answers: with `status`, late where it `hangs`."""

    address: str = ""
    status: int = 200
    hangs: bool = False
    heard: list[Any] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def target(self) -> str:
        """Its address for apprise, with a password that must never be shown."""
        return f"json://someone:{SECRET}@{self.address}/{SECRET}"


SECRET = "s3cr3t-w0rd"


@contextmanager
def listening() -> Iterator[Listener]:
    """Serve until left."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append(json.loads(body))
            if listener.hangs:
                listener.let_go.wait(600)
            self.send_response(listener.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield listener
        finally:
            listener.let_go.set()
            server.shutdown()
            thread.join()
