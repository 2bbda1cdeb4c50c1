"""The command `report`: it builds what is missing and says where."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from benchmarks.reports import Simulation
from tasks.desk import Desk
from tests.conftest import Desk as Driven


@pytest.fixture
def home(tmp_path: Path) -> Path:
    desk = Desk(home=tmp_path / "home")
    Simulation(desk, seed=5, documents=8).add(3)
    return desk.home


def test_report_builds_the_pages_and_says_where(reader: Driven, home: Path) -> None:
    said = reader("report", "--no-open")
    assert said.code == 0
    assert said.object["reports"] == str(home / "reports" / "index.html")
    assert said.object["written"] == said.object["pages"] > 30
    assert Path(said.object["reports"]).exists()
    assert said.object["data_docs"] is None
    assert reader("report").object["written"] == 0


def test_report_keeps_as_many_batches_as_the_settings_say(reader: Driven, home: Path) -> None:
    (home / "copydesk.toml").write_text("[keep]\nreport_batches = 1\n", "utf-8")
    assert reader("report").code == 0
    assert [page.name for page in (home / "reports" / "batches").iterdir()] == ["day-0003.html"]


@pytest.mark.usefixtures("home")
def test_an_impossible_port_is_a_usage_error(reader: Driven) -> None:
    said = reader("report", "--serve", "70000")
    assert (said.code, said.error["code"]) == (2, "usage")


def test_a_port_that_is_taken_is_a_usage_error(reader: Driven, home: Path) -> None:
    del home
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = reader("report", "--serve", taken.getsockname()[1])
    assert (said.code, said.error["code"]) == (2, "usage")
    assert "cannot be served" in said.error["message"]


def test_serving_says_where_and_ends_with_an_interrupt(home: Path) -> None:
    words = ["report", "--serve", "0", "--json", "--home", str(home)]
    with subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *words], stdout=subprocess.PIPE, text=True
    ) as served:
        assert served.stdout is not None
        try:
            url = json.loads(served.stdout.readline())["url"]
            with urllib.request.urlopen(url, timeout=30) as answer:
                assert b"What waits" in answer.read()
            served.send_signal(signal.SIGINT)
            assert served.wait(timeout=30) == 0
            assert served.stdout.read() == ""
        finally:
            served.kill()


def test_report_without_a_desk_says_what_to_do(reader: Driven) -> None:
    said = reader("report")
    assert said.code == 1
    assert "copydesk run SOURCE" in said.error["remedy"]
