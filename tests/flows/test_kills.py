"""Kills at random moments: the next run finishes what was begun, nothing of the dead is left."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import story

pytestmark = pytest.mark.prefect

QUICK_KILLS = 2
SOAK_KILLS = 50
_MARK = "COPYDESK_SOAK_SEED"
# Where to strike: once this appears in the home (a stage has just begun or ended), and a moment
# later. None: at any moment since the start.
MOMENTS = (
    None,
    "warehouse.duckdb",
    "raw/*/00000.parquet",
    "raw/*/00002.parquet",
    "work/*/extract-*.parquet",
    "work/*/clean-00000.parquet",
    "work/*/clean-00002.parquet",
    "work/*/verdicts.parquet",
    "data_docs/runs/*",
    ".published.duckdb*",
)
TABLES = {
    "articles": "SELECT text, title, revision FROM articles ORDER BY ALL",
    "revisions": "SELECT text, revision FROM article_revisions ORDER BY ALL",
    "removed": "SELECT text, rule FROM removed_lines ORDER BY ALL",
    "quarantine": "SELECT locator, reason FROM quarantine ORDER BY ALL",
}


def command(home: Path, *words: object) -> list[str]:
    return [sys.executable, "-m", "flows.cli", "--home", str(home), "--json", *map(str, words)]


def embedded(mark: str) -> dict[str, str]:
    """The environment of a run that starts a Prefect server of its own."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")} | {_MARK: mark}


def run(home: Path, *words: object) -> dict[str, Any]:
    """Run a command to its end on the session's Prefect server."""
    done = subprocess.run(command(home, *words), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def processes_of(mark: str) -> list[str]:
    """Return the command lines of the living processes that a run with this mark started."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int(folder.name) == os.getpid():
                continue
            wanted = f"{_MARK}={mark}".encode()
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
                if state != "Z":
                    found.append((folder / "cmdline").read_bytes().decode("utf-8", "replace"))
    return found


def sources(folder: Path) -> list[Path]:
    """Three folders, so that a batch has three shards; with repeats and refusals among them."""
    made = []
    for number in range(3):
        inner = folder / f"in{number}"
        inner.mkdir(parents=True)
        for n in range(12):
            (inner / f"{n}.txt").write_text(story(number * 10 + n, note="Exit mobile version"))
        (inner / "menu.txt").write_text(f"Menu {number}")
        made.append(inner)
    return made


def kill_at(process: subprocess.Popen[str], home: Path, moment: str | None, delay: float) -> bool:
    """Strike once the moment has come; return whether the process was still alive."""
    deadline = time.monotonic() + 120
    while moment is not None and process.poll() is None and time.monotonic() < deadline:
        if any(home.glob(moment)):
            break
        time.sleep(0.002)
    time.sleep(delay)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL) if alive else None
    process.wait()
    return alive


def contents(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as copy:
        return {name: copy.execute(query).fetchall() for name, query in TABLES.items()}


def assert_ledger_balances(home: Path) -> None:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as copy:
        for row in copy.execute(
            "SELECT b.batch_id, b.status, b.documents, b.published + b.unchanged + b.duplicate + "
            "b.quarantined + b.failed + b.held, count(d.document_id), "
            "count(DISTINCT d.document_id) FROM batches AS b "
            "LEFT JOIN documents AS d USING (batch_id) GROUP BY ALL"
        ).fetchall():
            _, status, documents, outcomes, rows, distinct = row
            assert status in ("published", "nothing_new"), row
            assert documents == outcomes == rows == distinct, row


@dataclass(frozen=True)
class Undisturbed:
    """The sources, and what a desk holds that no kill ever met."""

    folders: list[Path]
    other: Path
    contents: dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Undisturbed:
    base = tmp_path_factory.mktemp("undisturbed")
    folders, other = sources(base / "sources"), base / "other.txt"
    other.write_text(story(99))
    run(base / "home", "run", *folders)
    run(base / "home", "run", other)
    return Undisturbed(folders, other, contents(base / "home"))


def strike(tmp_path: Path, rng: random.Random, number: int, calm: Undisturbed) -> None:
    mark = f"{os.getpid()}-{number}-{rng.randrange(1 << 30)}"
    home = tmp_path / "killed"
    moment = rng.choice(MOMENTS)
    delay = rng.uniform(0, 8) if moment is None else rng.choice((0.0, rng.uniform(0, 0.3)))
    process = subprocess.Popen(
        command(home, "run", *calm.folders, "--batch", "struck"),
        env=embedded(mark),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    alive = kill_at(process, home, moment, delay)
    print(f"kill {number}: at {moment} + {delay:.3f} s, alive: {alive}")
    gone_by = time.monotonic() + 60
    while (left := processes_of(mark)) and time.monotonic() < gone_by:
        time.sleep(0.1)
    assert left == [], f"still alive 60 s after the kill: {left}"
    run(home, "run", calm.other)
    assert_ledger_balances(home)
    # A kill before the batch was in the ledger leaves nothing to finish: the same command again.
    run(home, "run", *calm.folders)
    assert_ledger_balances(home)
    assert contents(home) == calm.contents
    assert not list(home.glob("work/*")), "work of a finished batch is left"


@pytest.mark.parametrize("number", range(QUICK_KILLS))
def test_after_a_kill_the_next_run_finishes_the_batch(
    tmp_path: Path, number: int, undisturbed: Undisturbed
) -> None:
    seed = int(os.environ.get("COPYDESK_SOAK_SEED", "7"))
    strike(tmp_path, random.Random(f"{seed}-{number}"), number, undisturbed)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(SOAK_KILLS))
def test_fifty_kills_over_all_stages(tmp_path: Path, number: int, undisturbed: Undisturbed) -> None:
    seed = int(os.environ["COPYDESK_SOAK_SEED"])
    print(f"seed {seed}")
    strike(tmp_path, random.Random(f"{seed}-soak-{number}"), number, undisturbed)


@pytest.mark.parametrize("runs", [3, pytest.param(10, marks=pytest.mark.soak)])
def test_four_readers_never_fail_and_never_see_less(
    tmp_path: Path, desk: Callable[..., Any], inbox: Callable[..., Path], runs: int
) -> None:
    """Readers open the copy anew all the while runs swap it."""
    import threading

    desk("run", inbox(1))
    home, stop, failures = tmp_path / "home", threading.Event(), []

    def read() -> None:
        seen = 0
        while not stop.is_set():
            try:
                with duckdb.connect(str(home / "published.duckdb"), read_only=True) as copy:
                    row = copy.execute("SELECT count(*), count(text) FROM articles").fetchone()
            except Exception as error:  # noqa: BLE001 - whatever a reader meets is a failure
                failures.append(repr(error))
                return
            assert row is not None
            if row[0] < seen or row[0] != row[1]:
                failures.append(f"{row} after {seen}")
            seen = row[0]

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(2, 2 + runs):
        assert desk("run", inbox(number)).code == 0
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
