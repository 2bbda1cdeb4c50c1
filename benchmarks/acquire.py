"""Measure acquiring: the time that a crawl of many hosts takes, the memory that a WARC takes.

`python benchmarks/acquire.py --hosts 20 --pages 20 --gap 0.2` starts so many servers on loopback
and prints the floor that the pace sets, the time taken, their ratio and the smallest gap that a
server saw.

`python benchmarks/acquire.py --warc-mb 50 2000 --warc-records 100 10000` writes WARC files of
these sizes into a temporary folder, one after the other, takes each in with a process of its own,
and prints the peak memory of the reader alone and of the whole step, shards and ledger included.

`python benchmarks/acquire.py --gigabytes 5` writes crawls of 0.05 and of 5 GB as crawls are, most
of their bytes pictures and films, takes each through a whole `copydesk run` in a home of its own,
and prints the most memory that the run, its largest worker and the embedded Prefect server held
(Linux only: /proc tells). Twice the size must be free in the temporary folder.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import gzip
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path

from tasks.model import Source
from tasks.readers.by_kind import read
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


MAX_BYTES = 20_000_000
SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "articles" / "pages"


def write_warc(path: Path, *, megabytes: int, records: int) -> int:
    """Write a WARC, a gzip member for each record, up to a size or a number; return the number.

    Pages are 60 kB that compress to three quarters: no two are equal, and most of it is text.
    """
    written = 0
    with path.open("wb") as file:
        while written < records and file.tell() < megabytes * 1_000_000:
            words = base64.b64encode(os.urandom(45_000))
            page = b"<html><body><article><p>" + words + b"</p></article></body></html>"
            file.write(member(written, "text/html", page))
            written += 1
    return written


def reading(path: Path) -> tuple[int, int]:
    """Read a WARC alone; return its documents and the peak of this process in MB."""
    items = read(Source(locator=str(path)), max_bytes=MAX_BYTES, now=lambda: datetime.now(UTC))
    return sum(item.refusal is None for item in items), peak_mb()


def acquiring(path: Path) -> tuple[int, int]:
    """Take a WARC into the raw shards of a desk; return its documents and the peak in MB."""
    from tasks.acquire import acquire
    from tasks.desk import Desk
    from tasks.taking import Taking
    from warehouse import ledger

    desk = Desk(home=path.parent / "home")
    desk.create()
    source = (str(path), None, None)
    with desk.writing("begin") as connection:
        ledger.open_batch(
            connection, "b", kind="run", rules_version="1", options="{}", sources=[source]
        )
    taking = Taking(max_bytes=MAX_BYTES, rules="1")
    shards = acquire.fn(desk, "b", 0, Source(locator=str(path)), taking)
    return sum(shard.given for shard in shards), peak_mb()


def peak_mb() -> int:
    """Return the most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> 20 if sys.platform == "darwin" else peak >> 10


SMALL_GIGABYTES = 0.05
IMAGE, VIDEO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"


def write_crawl(path: Path, gigabytes: float) -> int:
    """Write a crawl, a gzip member for each record, up to a size; return the number of pages.

    Of 100 records 40 are pages, the samples with a paragraph of their own, 55 are pictures of 20 kB
    to 1.5 MB and 5 are films of 2 to 25 MB, some of them larger than a document may be.
    """
    chance = random.Random(1)  # noqa: S311 - the same crawl each time
    noise = chance.randbytes(32_000_000)
    samples = [p.read_bytes() for p in sorted(SAMPLES.glob("*.html"))]
    number = pages = 0
    with path.open("wb") as file:
        while file.tell() < gigabytes * 1e9:
            drawn = chance.random()
            if drawn < 0.4:
                note = base64.b32encode(chance.randbytes(60)).decode().lower()
                head, mark, tail = chance.choice(samples).partition(b"<p>")
                body = head + f"<p>The desk's own note of {note}.</p>".encode() + mark + tail
                media_type, pages = "text/html; charset=utf-8", pages + 1
            else:
                is_image = drawn < 0.95
                size = chance.randint(20_000, 1_500_000 if is_image else 25_000_000)
                size = size if is_image else max(2_000_000, size)
                at = chance.randrange(len(noise) - size)
                body = (IMAGE if is_image else VIDEO) + noise[at : at + size]
                media_type = "image/jpeg" if is_image else "video/mp4"
            file.write(member(number, media_type, body))
            number += 1
    return pages


def member(number: int, media_type: str, body: bytes) -> bytes:
    """Return a response as a record of a WARC, compressed."""
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Target-URI: https://gazette.example/{number}\r\n"
        "WARC-Date: 2026-11-20T12:00:00Z\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + b"\r\n\r\n", 1)


def measure_run(gigabytes: float) -> dict[str, int]:
    """Run a crawl of a size; print one JSON object, return the peaks by role in MB."""
    with tempfile.TemporaryDirectory(prefix="copydesk-benchmark-") as folder:
        path = Path(folder) / "crawl.warc.gz"
        pages = write_crawl(path, gigabytes)
        words = ["--home", str(Path(folder) / "home"), "--json", "run", str(path)]
        began = time.monotonic()
        run = subprocess.Popen([sys.executable, "-m", "flows.cli", *words], stdout=subprocess.PIPE)
        peaks: dict[str, int] = {}
        while run.poll() is None:
            for role, peak in peaks_below(run.pid):
                peaks[role] = max(peak, peaks.get(role, 0))
            time.sleep(0.1)
        assert run.stdout is not None
        said = json.loads(run.stdout.read())
        found = {
            "warc_mb": path.stat().st_size // 1_000_000,
            "documents": said["counts"]["documents"],
            "pages": pages,
            "published": said["counts"]["published"],
            "seconds": round(time.monotonic() - began),
            **{f"{role}_peak_mb": peak for role, peak in sorted(peaks.items())},
        }
    print(json.dumps(found), flush=True)
    return peaks


def peaks_below(parent: int) -> Iterator[tuple[str, int]]:
    """Yield, for a run and each of its processes, what it is and the most MB it held so far."""
    waiting = [parent]
    while waiting:
        proc = Path("/proc") / str(waiting.pop())
        with contextlib.suppress(OSError, IndexError):  # it ends while we look
            status = (proc / "status").read_text()
            words = (proc / "cmdline").read_text()
            waiting += map(int, (proc / "task" / proc.name / "children").read_text().split())
            role = "server" if "flows.prefect_server" in words else "worker"
            peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
            yield "parent" if proc.name == str(parent) else role, peak


def measure_memory(*, megabytes: int = sys.maxsize, records: int = sys.maxsize) -> None:
    """Print one JSON object for a WARC of a size or a number of records."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="copydesk-benchmark-") as folder:
        path = Path(folder) / "crawl.warc.gz"
        written = write_warc(path, megabytes=megabytes, records=records)
        found = {"warc_mb": path.stat().st_size // 1_000_000, "records": written}
        for name, step in {"reader_peak_mb": reading, "acquire_peak_mb": acquiring}.items():
            began = time.monotonic()
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                documents, found[name] = pool.submit(step, path).result()
            assert documents == written, (documents, written)
            found[f"{step.__name__}_seconds"] = round(time.monotonic() - began)
    print(json.dumps(found), flush=True)


def main() -> None:
    """Run and print JSON objects, one a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--gap", type=float, default=0.2)
    parser.add_argument("--warc-mb", type=int, nargs="+", default=[], metavar="MB")
    parser.add_argument("--warc-records", type=int, nargs="+", default=[], metavar="N")
    parser.add_argument("--gigabytes", type=float, metavar="GB")
    arguments = parser.parse_args()
    if arguments.gigabytes:
        small, large = (measure_run(size) for size in (SMALL_GIGABYTES, arguments.gigabytes))
        ratios = {role: round(large[role] / small[role], 2) for role in small}
        print(json.dumps({"times_the_memory": ratios}), flush=True)
        return
    for megabytes in arguments.warc_mb:
        measure_memory(megabytes=megabytes)
    for records in arguments.warc_records:
        measure_memory(records=records)
    if not arguments.warc_mb and not arguments.warc_records:
        measure_pace(arguments)


def measure_pace(arguments: argparse.Namespace) -> None:
    """Crawl many hosts and print one JSON object."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=serve_all, args=(arguments.hosts, theirs), daemon=True)
    server.start()
    urls = [f"{host}/{n}" for host in ours.recv() for n in range(arguments.pages)]
    rules = FetchRules(max_bytes=10**7, allow_addresses=("127.0.0.0/8",), gap_seconds=arguments.gap)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder) / "web.spool"
        with Web(rules, NoMemory(), lambda: datetime.now(UTC), Path(folder)) as web:
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
