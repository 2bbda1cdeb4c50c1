from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from warehouse import lock
from warehouse.errors import WarehouseBusy, WarehouseError

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from warehouse import lock
with lock.hold(Path(sys.argv[1]), purpose="a long run"):
    # A child that gets every descriptor that may be inherited.
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    print(child.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.lock"


def test_a_lock_is_held_once_and_names_its_holder(path: Path) -> None:
    with lock.hold(path, purpose="run monday"):
        assert lock.holder(path) == f"run monday (process {os.getpid()})"
        begun = time.monotonic()
        with pytest.raises(WarehouseBusy, match="run monday"), lock.hold(path, purpose="other"):
            pass
        assert time.monotonic() - begun < 30
    assert lock.holder(path) is None
    with lock.hold(path, purpose="again"):
        pass


def test_a_lock_never_taken_is_free(path: Path) -> None:
    assert lock.holder(path) is None
    assert not path.exists()


def test_a_waiting_holder_gets_the_lock_when_it_is_free(path: Path) -> None:
    order: list[str] = []

    def first() -> None:
        with lock.hold(path, purpose="first"):
            held.set()
            time.sleep(0.5)
            order.append("first")

    held = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    assert held.wait(10)
    with lock.hold(path, purpose="second", wait_seconds=30):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_who_looks_at_a_lock_never_ends_a_run_that_takes_it(path: Path) -> None:
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            lock.holder(path)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(100):
            with lock.hold(path, purpose="run"):
                pass
    finally:
        stop.set()
        for looker in lookers:
            looker.join()


def test_a_dead_process_frees_its_lock_and_no_child_keeps_it(path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        assert lock.holder(path) == f"a long run (process {process.pid})"
        process.kill()
        process.wait()
        os.kill(child, 0)  # the child lives on
        with lock.hold(path, purpose="the next run"):
            assert lock.holder(path) == f"the next run (process {os.getpid()})"
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_the_words_of_a_longer_holder_do_not_stay(path: Path) -> None:
    path.write_text("a dead run with a very long purpose (process 1)\n")
    assert lock.holder(path) is None
    with lock.hold(path, purpose="x"):
        assert lock.holder(path) == f"x (process {os.getpid()})"


def test_a_folder_in_the_place_of_a_lock_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(WarehouseError, match=r"run\.lock") as raised, lock.hold(path, purpose="x"):
        pass
    assert raised.value.exit_code == 1
    assert raised.value.remedy
