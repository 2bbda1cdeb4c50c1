"""A run that is stopped ends at once, not when the shards in its workers are through."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import ingest
from tasks.acquire import acquire
from tasks.errors import WorkersStopped
from tasks.model import Stage
from tasks.sandbox import Sandbox, Unit
from tasks.shards import FIRST_DOCUMENTS
from tests.conftest import Desk, story
from tests.flows.conftest import BACKSTOP_SECONDS, piped
from tests.flows.test_line import assert_books_balance
from tests.worker_probe import doubled, only_in

MORE = 2 * FIRST_DOCUMENTS
"""Behind the first shard: what a pipe and its reader hold back of what is not yet a whole chunk."""


def slow_page(number: int) -> str:
    """Return a line of JSON whose page takes a worker 50 ms: a first shard of them seconds."""
    told = "".join(f"<p>On pier {n} of {number}: {story(number + n)}</p>" for n in range(40))
    page = f"<html><head><title>Pier {number}</title></head><body><article>{told}</article></body>"
    return json.dumps({"url": f"https://example.org/{number}", "html": page}) + "\n"


@pytest.fixture
def stopped(tmp_path: Path, prefect_api: str) -> Callable[[int], tuple[int, str, list[str]]]:
    """Stop a run whose source still goes on, once its first shard is with the workers.

    Returns its exit code, what it printed, and the lines that it told.
    """

    def stop(number: int) -> tuple[int, str, list[str]]:
        told = []
        with piped("--batch", "struck", "--home", tmp_path / "home", "--workers", 1) as run:
            assert run.stdin is not None
            assert run.stdout is not None
            assert run.stderr is not None
            run.stdin.write("".join(slow_page(n) for n in range(FIRST_DOCUMENTS + MORE)))
            run.stdin.flush()
            for line in run.stderr:
                told.append(line)
                if "acquire, shard 0" in line:
                    run.send_signal(number)
            printed = run.stdout.read()
        return run.returncode, printed, told

    return stop


@pytest.mark.prefect
@pytest.mark.parametrize(
    ("number", "code", "name"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
    ids=["INT", "TERM"],
)
def test_a_signal_waits_for_no_shard_and_the_next_run_takes_it_up(
    desk: Desk,
    stopped: Callable[[int], tuple[int, str, list[str]]],
    tmp_path: Path,
    number: int,
    code: int,
    name: str,
) -> None:
    ended, printed, told = stopped(number)
    assert (ended, printed) == (code, ""), told
    assert not [line for line in told if "extract, shard" in line or "Traceback" in line]
    said = [line for line in told if "acquire, shard 0" not in line and line.strip()]
    assert said == [f"copydesk: {name}: what a run has begun, the next run finishes\n"]
    assert not list((desk.home / "work" / "struck").glob("*.parquet"))

    (tmp_path / "notes").write_text(story(0), "utf-8")
    assert desk("run", tmp_path / "notes").object["resumed"] == ["struck"]
    (books,) = desk.sql(
        "SELECT documents, published, failed FROM batches WHERE batch_id = 'struck'"
    )
    assert books == {"documents": FIRST_DOCUMENTS + 1, "published": FIRST_DOCUMENTS, "failed": 1}
    assert desk.value("SELECT count(DISTINCT url) FROM articles") == FIRST_DOCUMENTS
    assert desk.value("SELECT count(*) FROM quarantine") == 0
    assert_books_balance(desk)


@pytest.mark.prefect
def test_a_defect_ends_a_scheduled_run_whose_workers_are_busy(
    prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a run opens its workers within the flow, whose end waits for what they do."""

    work = tmp_path / "home" / "work" / "struck"

    def failing_at_the_second(*words: Any) -> Any:
        if words[2] == 1:
            deadline = time.monotonic() + BACKSTOP_SECONDS
            while not any(work.glob(".extract-*")) and time.monotonic() < deadline:
                time.sleep(0.01)
            raise ValueError("a defect of ours")
        return acquire(*words)

    monkeypatch.setattr(ingest, "acquire", failing_at_the_second)
    pages = tmp_path / "pages.jsonl"
    pages.write_text("".join(slow_page(n) for n in range(FIRST_DOCUMENTS)), "utf-8")
    with pytest.raises(ValueError, match="a defect of ours"):
        ingest.ingest([str(pages), str(pages)], home=str(tmp_path / "home"), batch="struck")
    assert any(work.glob(".extract-*"))
    assert not list(work.glob("*.parquet"))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=1, cpu_seconds=10, memory_mb=1500) as held:
        yield held


def test_workers_do_other_work_in_its_order_and_tell_what_went_wrong(sandbox: Sandbox) -> None:
    assert list(sandbox.spread(doubled, range(20))) == [2 * number for number in range(20)]
    made = sandbox.spread(doubled, [1, -1, 1])
    assert next(made) == 2
    with pytest.raises(ValueError, match="-1"):
        next(made)


def test_what_no_worker_survives_is_done_here(sandbox: Sandbox) -> None:
    here = os.getpid()
    assert list(sandbox.spread(only_in, [here, here])) == [here, here]


def test_who_waits_for_a_worker_is_told_that_it_was_stopped(sandbox: Sandbox) -> None:
    unit = Unit(path="/nowhere.parquet", group=0, rows=(0,))
    waiting = sandbox.run(Stage.EXTRACT, [unit])
    sandbox.stop()
    for late in (waiting, sandbox.run(Stage.CLEAN, [unit]), sandbox.spread(doubled, [1])):
        with pytest.raises(WorkersStopped):
            next(late)
