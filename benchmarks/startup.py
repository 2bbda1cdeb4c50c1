"""How long a warm run on five files takes, against the least that its stack costs.

The peer is an empty Prefect flow with as many task runs on an embedded server of its own, plus
`import great_expectations`, each in a fresh process on a warm home. The two alternate; the ratio
of the medians is printed. Bar: 1.5. And `copydesk --help` against `import rich`. Bar: 3.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TASK_RUNS = 7  # acquire, extract, clean, dedupe, load, audit, publish
EMPTY_FLOW = f"""
from prefect import flow, task

@task
def step(number):
    return number

@flow
def empty():
    for number in range({TASK_RUNS}):
        step(number)

empty()
import great_expectations
"""
TEXT = (
    "The ferry office of Saltmere closed its last counter on Friday, number {n}.\n\n"
    "Passengers now buy tickets from a machine which, the clerks say, cannot read the tide. "
    "The harbour master of pier {n} keeps a paper table in his window for those who ask."
)


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command to its end and return its wall seconds."""
    started = time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.monotonic() - started


def compare(name: str, ours: list[float], peers: list[float], bar: float) -> bool:
    """Print the medians and their ratio; return whether the bar holds."""
    a, b = statistics.median(ours), statistics.median(peers)
    print(f"{name}: {a:.3f} s against {b:.3f} s, ratio {a / b:.2f} (bar {bar}), rounds {len(ours)}")
    return a / b <= bar


def main() -> int:
    """Alternate the two and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        inbox = base / "inbox"
        inbox.mkdir()
        plain = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
        peer_environment = plain | {
            "PREFECT_HOME": str(base / "prefect"),
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "600",
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "DO_NOT_TRACK": "1",
        }
        run = [sys.executable, "-m", "flows.cli", "--home", str(base / "home"), "run", str(inbox)]
        script = base / "empty_flow.py"
        script.write_text(EMPTY_FLOW, "utf-8")
        peer = [sys.executable, str(script)]
        ours: list[float] = []
        peers: list[float] = []
        for number in range(rounds + 1):
            for n in range(5):
                (inbox / f"{n}.txt").write_text(TEXT.format(n=number * 5 + n), "utf-8")
            a, b = seconds(run, plain), seconds(peer, peer_environment)
            if number:  # the first round warms both homes
                ours.append(a)
                peers.append(b)
        helps: list[float] = []
        riches: list[float] = []
        for _ in range(rounds * 4):
            helps.append(seconds([sys.executable, "-m", "flows.cli", "--help"], plain))
            riches.append(seconds([sys.executable, "-c", "import rich"], plain))
    held = compare("a warm run on 5 files, against an empty flow", ours, peers, 1.5)
    return 0 if compare("copydesk --help, against import rich", helps, riches, 3.0) and held else 1


if __name__ == "__main__":
    sys.exit(main())
