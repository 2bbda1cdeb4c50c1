"""Notifications: who is told of what, and that nothing depends on whether anybody hears it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Desk
from tests.flows.conftest import Answer, ask, call
from tests.flows.listening import SECRET, Listener, listening
from warehouse import lock

pytestmark = pytest.mark.prefect
Inbox = Callable[..., Path]


@pytest.fixture
def menus(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two articles among five menus, and a gate that holds such a batch."""
    monkeypatch.setenv("COPYDESK_GATE__MIN_DOCUMENTS", "3")
    folder = inbox(2)
    for number in range(5):
        (folder / f"menu{number}.txt").write_text(f"Menu {number}", "utf-8")
    return folder


def test_a_held_batch_is_told_once_with_why_counts_report_and_the_commands_that_decide(
    desk: Desk, menus: Path, listener: Listener
) -> None:
    assert desk("run", menus, "--batch", "b1", "--dry-run").code == 3
    assert listener.heard == []
    said = desk("run", menus, "--batch", "b1")
    assert said.code == 3
    (heard,) = listener.heard
    assert (heard["title"], heard["type"]) == ("copydesk: batch b1 is held", "warning")
    lines = heard["message"].splitlines()
    assert lines[0] == f"why: {said.object['why']}"
    assert "documents 7, published 0" in lines[1]
    assert "held 2" in lines[1]
    page = desk.home / "reports" / "batches" / "b1.html"
    assert (page.exists(), f"report: {page.as_uri()}" in lines) == (True, True)
    assert f"to publish it: copydesk --home {desk.home} release b1 --why ..." in lines
    assert f"to refuse it: copydesk --home {desk.home} reject b1 --why ..." in lines


def test_pages_that_are_served_are_named_by_their_url(
    desk: Desk, menus: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_REPORT__URL", "https://desk.example/reports/")
    said = desk("run", menus, "--batch", "b1").object
    assert said["report_url"] == "https://desk.example/reports/batches/b1.html"
    assert said["report"] == str(desk.home / "reports" / "batches" / "b1.html")
    assert f"report: {said['report_url']}" in listener.heard[0]["message"]


def test_a_run_that_could_read_no_source_is_told(
    desk: Desk, tmp_path: Path, listener: Listener
) -> None:
    said = desk("run", tmp_path / "nowhere", "--batch", "b1")
    assert (said.code, said.object["status"]) == (1, "failed")
    (heard,) = listener.heard
    assert (heard["title"], heard["type"]) == ("copydesk: batch b1 failed", "failure")
    assert "nowhere" in heard["message"]


def test_a_run_that_a_defect_stopped_is_told_once(
    desk: Desk, inbox: Inbox, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def audit(*_: object) -> None:
        raise ZeroDivisionError("of a test")

    monkeypatch.setattr("flows.ingest.audit", audit)
    said = desk("run", inbox(1), "--batch", "b1")
    assert (said.code, said.error["code"]) == (1, "defect")
    (heard,) = listener.heard
    assert heard["title"] == "copydesk: batch b1 failed"
    assert said.error["message"] in heard["message"]
    assert said.error["remedy"] in heard["message"]


def test_a_run_without_its_engine_is_told(
    desk: Desk, inbox: Inbox, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{closed_port()}/api")
    assert desk("run", inbox(1)).error["code"] == "prefect_unavailable"
    (heard,) = listener.heard
    assert heard["title"] == "copydesk: a run failed"
    assert str(desk.home) in heard["message"]


def test_what_needs_nobody_is_not_told(
    desk: Desk, inbox: Inbox, tmp_path: Path, listener: Listener
) -> None:
    assert desk("run", inbox(1), "--batch", "b1").object["status"] == "published"
    assert desk("run", inbox(1)).object["status"] == "nothing_new"
    assert desk("run", inbox(1), "--batch", "b1").error["code"] == "usage"
    assert desk("replay", "no-such-batch").error["code"] == "unknown_batch"
    with lock.hold(desk.home / "run.lock", purpose="run of another"):
        assert desk("run", inbox(1)).code == 75
    assert listener.heard == []


def test_only_what_is_asked_for_is_told(
    desk: Desk, inbox: Inbox, menus: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_NOTIFY__ON", '["published"]')
    assert desk("run", menus).code == 3
    assert listener.heard == []
    assert desk("run", inbox(1, name="other", first=7), "--batch", "b2").code == 0
    assert [heard["title"] for heard in listener.heard] == ["copydesk: batch b2 is published"]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def warned(answer: Answer) -> str:
    """Return what warns, in one line; the secret of no target is anywhere.

    In this process Prefect may print it too: what keeps it from that is read at its import.
    """
    assert SECRET not in answer.err + answer.out
    lines = answer.err.splitlines()
    (said,) = {line[line.index("target ") :] for line in lines if "notification" in line}
    return said


@pytest.mark.parametrize("how", ["refuses", "is gone", "hangs"])
def test_a_target_that_does_not_take_it_costs_one_line_and_nothing_else(
    tmp_path: Path,
    prefect_api: str,
    menus: Path,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    listener.status = 500 if how == "refuses" else 200
    listener.hangs = how == "hangs"
    if how == "is gone":
        listener.address = f"127.0.0.1:{closed_port()}"
    monkeypatch.setenv("COPYDESK_NOTIFY__TARGETS", json.dumps([listener.target]))
    monkeypatch.setenv("COPYDESK_NOTIFY__TIMEOUT_SECONDS", "2")
    words = ("run", menus, "--batch", "b1", "--json", "--home", tmp_path / "home")
    ours = {name: value for name, value in os.environ.items() if name.startswith("COPYDESK_")}
    # A process of its own ends, although its thread still waits for an answer.
    said = call(*words, environment=ours) if how == "hangs" else ask(*words)
    assert (said.code, said.object["status"]) == (3, "held")
    line = warned(said)
    assert "target 1 (json://...)" in line
    assert "batch b1 is held" in line
    assert ("in time" in line) == (how == "hangs")


def test_a_target_that_hangs_keeps_the_others_from_nothing(
    desk: Desk, menus: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_NOTIFY__TIMEOUT_SECONDS", "1")
    with listening() as slow:
        slow.hangs = True
        monkeypatch.setenv("COPYDESK_NOTIFY__TARGETS", json.dumps([slow.target, listener.target]))
        started = time.monotonic()
        assert desk("run", menus).code == 3
        assert time.monotonic() - started < 60
    assert (len(slow.heard), len(listener.heard)) == (1, 1)


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("run", f"nonsense-{SECRET}"),
        ("run", f"jsno://{SECRET}@host"),
        ("serve", f"slack://{SECRET}"),
        ("doctor", "json://"),
    ],
)
def test_a_target_that_apprise_does_not_understand_is_told_before_anything_is_begun(
    reader: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, command: str, target: str
) -> None:
    monkeypatch.setenv("COPYDESK_NOTIFY__TARGETS", json.dumps(["json://127.0.0.1", target]))
    monkeypatch.setenv(
        "COPYDESK_SCHEDULES",
        json.dumps([{"name": "x", "sources": [str(inbox(1))], "interval_seconds": 900}]),
    )
    said = reader(command, *([inbox(1)] if command == "run" else []))
    if command == "doctor":
        checks = {check["check"]: check for check in said.object["checks"]}
        found = checks["notify"]["found"]
        assert (said.code, checks["notify"]["ok"]) == (1, False)
    else:
        found = said.error["message"]
        assert (said.code, said.error["code"]) == (2, "settings_invalid")
        assert not (reader.home / "warehouse.duckdb").exists()
    assert "does not understand target 2" in found
    assert SECRET not in json.dumps(said.object)


def test_the_doctor_names_targets_without_their_secrets(reader: Desk, listener: Listener) -> None:
    checks = {check["check"]: check for check in reader("doctor").object["checks"]}
    assert checks["notify"]["found"] == "target 1 (json://...)"
    assert listener.heard == []


def test_apprise_is_loaded_only_where_targets_are_set(
    tmp_path: Path, prefect_api: str, inbox: Inbox
) -> None:
    code = (
        "import sys; from flows.cli import main; "
        f"assert main(['run', {str(inbox(1))!r}, '--home', {str(tmp_path / 'home')!r}]) == 0; "
        "assert 'apprise' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
