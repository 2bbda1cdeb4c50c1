from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
import yaml

from tests.conftest import ROOT, Desk
from warehouse import lock
from warehouse.errors import WarehouseBusy

pytestmark = pytest.mark.prefect
PATIENCE_SECONDS = 300


class Service(NamedTuple):
    """A desk that serves an inbox every few seconds."""

    home: Path
    api: str
    process: subprocess.Popen[str]


@pytest.fixture
def served(tmp_path: Path, inbox: Callable[..., Path]) -> Iterator[Service]:
    home = tmp_path / "home"
    home.mkdir()
    (home / "copydesk.toml").write_text(
        f'[[schedules]]\nname = "inbox"\nsources = ["{inbox(2)}"]\ninterval_seconds = 6\n'
    )
    own_server = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "serve", "--home", str(home)],
        env=own_server,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert "http://127.0.0.1" in line, line + process.stderr.read()
        yield Service(home, line.split()[-1], process)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def until(said: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = said()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError("it did not happen in time")


def finished_batches(home: Path) -> int:
    if not (home / "published.duckdb").exists():
        return 0
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as copy:
        row = copy.execute(
            "SELECT count(*) FROM batches WHERE status IN ('published', 'nothing_new')"
        ).fetchone()
    return int(row[0]) if row else 0


def states(api: str) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{api}/flow_runs/filter", b"{}", {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        runs: list[dict[str, Any]] = json.load(answer)
    return [run["state"] for run in runs if run["state"]]


def test_a_schedule_fires_twice_and_ends_at_once_when_another_run_is_at_work(
    served: Service,
) -> None:
    home, api, _ = served
    until(lambda: finished_batches(home) >= 2)

    def hold() -> Any:
        try:
            context = lock.hold(home / "run.lock", purpose="another run")
            context.__enter__()
        except WarehouseBusy:
            return None
        return context

    context = until(hold)
    try:
        (busy,) = until(lambda: [s for s in states(api) if s["name"] == "Busy"][:1])
    finally:
        context.__exit__(None, None, None)
    assert "the desk is held by" in busy["message"]
    assert busy["type"] == "COMPLETED"
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT count(*) FROM articles").fetchall() == [(2,)]


def test_a_service_that_is_stopped_amid_a_run_ends_in_order(served: Service, desk: Desk) -> None:
    home, _, process = served
    until(lambda: any(home.glob("work/*")))
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE_SECONDS)
    assert process.stderr is not None
    said = process.stderr.read()  # communicate() would miss what the first line's read buffered
    assert process.returncode == 0, said
    assert [line.split()[0] for line in said.splitlines()] == ["serving", "stopped"], said

    assert desk("run", home.parent / "inbox").code == 0
    assert desk.value("SELECT count(*) FROM articles") == 2


def test_serving_without_a_schedule_says_what_to_do(reader: Desk) -> None:
    said = reader("serve")
    assert said.code == 2
    assert "schedules" in said.error["message"]


def test_prefect_yaml_names_the_flow_that_exists() -> None:
    from flows.ingest import ingest

    (deployment,) = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    file, name = deployment["entrypoint"].split(":")
    assert (ROOT / file).is_file()
    assert name == ingest.fn.__name__
    assert set(deployment["parameters"]) <= set(ingest.parameters.properties)


def test_prefect_deploy_makes_the_deployment(prefect_api: str, tmp_path: Path) -> None:
    prefect = [sys.executable, "-m", "prefect"]
    environment = os.environ | {"PREFECT_API_URL": prefect_api}
    pool = subprocess.run(
        [*prefect, "work-pool", "create", "copydesk", "--type", "process"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert pool.returncode == 0, pool.stdout + pool.stderr
    done = subprocess.run(
        [*prefect, "--no-prompt", "deploy", "--all"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with urllib.request.urlopen(f"{prefect_api}/deployments/name/ingest/inbox", timeout=30) as a:
        assert json.load(a)["entrypoint"] == "flows/ingest.py:ingest"
