"""Measure how close a crawl of many hosts comes to the floor that its pace sets.

`python benchmarks/acquire.py --hosts 20 --pages 20 --gap 0.2` starts so many servers on loopback
and prints the floor, the time taken, their ratio and the smallest gap that a server saw.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path

from tasks.readers.web.memory import NoMemory
from tasks.readers.web.rules import FetchRules
from tasks.readers.web.service import Web

PAGE = b"<html><body><article>" + b"<p>A page of some length, as pages are.</p>" * 500


def serve(log: list[tuple[float, float]]) -> str:
    """Start a server that notes when each request began and ended; return its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer."""
            began = time.monotonic()
            body = b"" if self.path == "/robots.txt" else PAGE
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            log.append((began, time.monotonic()))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def serve_all(hosts: int, pipe: Connection) -> None:
    """Serve in a process of its own, so that client and servers do not share one interpreter."""
    logs: list[list[tuple[float, float]]] = [[] for _ in range(hosts)]
    pipe.send([serve(log) for log in logs])
    pipe.recv()
    pipe.send(logs)


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--gap", type=float, default=0.2)
    arguments = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=serve_all, args=(arguments.hosts, theirs), daemon=True)
    server.start()
    urls = [f"{host}/{n}" for host in ours.recv() for n in range(arguments.pages)]
    rules = FetchRules(max_bytes=10**7, allow_addresses=("127.0.0.0/8",), gap_seconds=arguments.gap)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder) / "web.spool"
        with Web(rules, NoMemory(), lambda: datetime.now(UTC), Path(folder) / "robots") as web:
            web.start(spool, urls, locator="urls")
            items = sum(item.refusal is None for item in web.read(spool))
    seconds = time.monotonic() - began
    ours.send("stop")
    logs = ours.recv()
    server.join()
    floor = arguments.pages * arguments.gap  # robots.txt and the pages, a gap between each two
    gaps = [b[0] - a[1] for log in logs for a, b in pairwise(sorted(log))]
    print(
        json.dumps(
            {
                "pages": items,
                "floor_seconds": round(floor, 2),
                "seconds": round(seconds, 2),
                "ratio": round(seconds / floor, 3),
                "smallest_gap": round(min(gaps), 4),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            }
        )
    )


if __name__ == "__main__":
    main()
