"""A whole `copydesk run` (acquire to publish) against a plain two-process trafilatura pool.

Both take the same pages, alternated, in fresh processes; the desk's home and its Prefect are
warmed before, and payload and text of each page are altered in every round, so that nothing is
known already. With `--server` a Prefect server of the user's own is up before, as where runs are
scheduled, and its cost is in nobody's account; without it each run starts and ends one. Printed
are the ratios of the medians: CPU with all children (bar 1.25) and wall speed (bar 0.8); then what
the same run costs again, unchanged, beyond start-up (bar a fiftieth), and what ten times the pages
cost (bar 10.5 times the CPU). Pages: the shared development set where it is present, else the
samples.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gzip
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.prefect_api import answers

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("COPYDESK_SHARED") or ROOT.parent / "shared")
AGAIN = 5
"""Runs of the unchanged pages, each beside one with nothing to do: their difference is small."""
PEER = """
import sys
from multiprocessing import Pool
from pathlib import Path
import trafilatura

def extract(path):
    found = trafilatura.bare_extraction(
        Path(path).read_bytes(), with_metadata=True, include_comments=False
    )
    return len(found.text or "") if found else 0

if __name__ == "__main__":
    paths = [str(p) for p in sorted(Path(sys.argv[1]).iterdir())]
    with Pool(2) as pool:
        print(sum(pool.imap_unordered(extract, paths, chunksize=30)))
"""


@dataclass(frozen=True)
class Cost:
    """What a process and its children cost, in seconds."""

    wall: float
    cpu: float


def pages(limit: int) -> list[bytes]:
    """Return the pages to extract, decompressed."""
    folder = SHARED / "corpus" / "dev" / "html"
    if folder.is_dir():
        return [gzip.decompress(p.read_bytes()) for p in sorted(folder.iterdir())[:limit]]
    samples = sorted((ROOT / "samples" / "articles" / "pages").glob("*.html"))
    print("the shared pages are not here: the samples are used, which says little")
    return [p.read_bytes() for p in samples]


def write(folder: Path, payloads: list[bytes], round_number: int, copies: int) -> None:
    """Write each page `copies` times, each with a paragraph of its own in its body."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, payload in enumerate(payloads):
        for copy in range(copies):
            note = f"<p>Filed under {round_number}-{copy}-{number}, at the desk's own time.</p>"
            head, mark, tail = payload.partition(b"<p")
            altered = head + note.encode() + mark + tail if mark else payload + note.encode()
            (folder / f"{number:05d}-{copy}.html").write_bytes(altered)


def adopt_orphans() -> None:
    """Become the parent of what a run leaves behind (prctl(2), PR_SET_CHILD_SUBREAPER).

    The fork server of the workers outlives the run for a moment: without this, what it and the
    workers used would be in nobody's account.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def cost_of(command: list[str], environment: dict[str, str]) -> Cost:
    """Run a command and return what it cost with all its children, orphaned ones included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - started
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall=wall, cpu=cpu)


@contextlib.contextmanager
def prefect_server(folder: Path) -> Iterator[str]:
    """Keep a Prefect server up; yield the address of its API. Start it before orphans are adopted.

    It is nobody's child here, so that no cost of a run has it in.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = f"server start --host 127.0.0.1 --port {port} --no-ui"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    found = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f'"$0" -m prefect {words} >"$1" 2>&1 & echo $!',
            sys.executable,
            "server.log",
        ],
        env=environment | {"PREFECT_HOME": str(folder), "DO_NOT_TRACK": "1"},
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    url = f"http://127.0.0.1:{port}/api"
    try:
        for _ in range(600):
            if answers(url):
                break
            time.sleep(0.2)
        yield url
    finally:
        os.kill(int(found.stdout), signal.SIGTERM)


def main() -> int:
    """Alternate the two and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=10_000, help="pages")
    parser.add_argument("--copies", type=int, default=2, help="of each page")
    parser.add_argument("--server", action="store_true", help="keep a Prefect server up meanwhile")
    options = parser.parse_args()
    payloads = pages(options.limit)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    with contextlib.ExitStack() as held:
        base = Path(held.enter_context(tempfile.TemporaryDirectory()))
        if options.server:
            environment["PREFECT_API_URL"] = held.enter_context(prefect_server(base))
        adopt_orphans()
        script = base / "peer.py"
        script.write_text(PEER, "utf-8")

        def run(pages: str) -> Cost:
            words = ["--home", str(base / "home"), "--json", "run", str(base / pages)]
            return cost_of([sys.executable, "-m", "flows.cli", *words], environment)

        write(base / "warm", payloads[:5], 0, 1)
        run("warm")
        ours: list[Cost] = []
        peers: list[Cost] = []
        for number in range(1, options.rounds + 1):
            write(base / "pages", payloads, number, options.copies)
            ours.append(run("pages"))
            peers.append(cost_of([sys.executable, str(script), str(base / "pages")], environment))
            print(f"round {number}: copydesk {ours[-1]}, pool {peers[-1]}", flush=True)
        pairs = [(run("warm").cpu, run("pages").cpu) for _ in range(AGAIN)]
        tenth = payloads[: max(1, len(payloads) // 10)]
        write(base / "tenth", tenth, -1, 1)
        write(base / "tenfold", tenth, -2, 10)
        tenfold = run("tenfold").cpu / run("tenth").cpu
    start_up = statistics.median(start for start, _ in pairs)
    beyond = statistics.median(again - start for start, again in pairs)
    unchanged = beyond / (statistics.median(c.cpu for c in ours) - start_up)
    cpu = statistics.median(c.cpu for c in ours) / statistics.median(c.cpu for c in peers)
    speed = statistics.median(c.wall for c in peers) / statistics.median(c.wall for c in ours)
    documents = len(payloads) * options.copies
    print(
        f"{documents} documents: CPU ratio {cpu:.2f} (bar 1.25), wall speed {speed:.2f} (bar 0.8)"
    )
    print(f"again, unchanged: {unchanged:.3f} of the CPU beyond start-up (bar 0.02)")
    print(f"ten times {len(tenth)} pages: {tenfold:.1f} times the CPU (bar 10.5)")
    met = cpu <= 1.25 and speed >= 0.8 and unchanged <= 0.02 and tenfold <= 10.5
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
