"""Notifications: who is told of what, and that nothing depends on whether anybody hears it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Desk
from tests.flows.conftest import BACKSTOP_SECONDS, Answer, ask, call, call_without
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
    desk: Desk,
    inbox: Inbox,
    listener: Listener,
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{closed_port}/api")
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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let time stand still but for what a test says."""
    found = Clock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    monkeypatch.setattr("flows.signals._now", lambda: found.now)
    return found


@dataclass(slots=True)
class Clock:
    now: datetime

    def goes_on(self, **much: float) -> None:
        self.now += timedelta(**much)


def test_a_source_that_fails_on_and_on_is_told_when_it_begins_once_a_day_and_when_it_is_over(
    desk: Desk, inbox: Inbox, tmp_path: Path, listener: Listener, clock: Clock
) -> None:
    feed = tmp_path / "feed"
    for _ in range(3):
        assert desk("run", feed).object["status"] == "failed"
        clock.goes_on(minutes=5)
    assert [heard["title"].split()[-1] for heard in listener.heard] == ["failed"]
    assert desk("run", inbox(1, name="other")).code == 0
    assert len(listener.heard) == 1, "another source has nothing to do with it"
    clock.goes_on(days=1)
    desk("run", feed, "--batch", "b4")
    again = listener.heard[1]
    assert again["title"] == "copydesk: batch b4 failed"
    lines = again["message"].splitlines()
    assert "since: 2026-03-02 08:00 UTC" in lines
    assert "messages held back: 2" in lines
    clock.goes_on(minutes=5)
    desk("run", feed)
    inbox(2, name="feed", first=5)
    assert desk("run", feed, "--batch", "b6").code == 0
    over = listener.heard[2]
    assert (over["title"], over["type"]) == (
        "copydesk: batch b6 shows that trouble is over",
        "success",
    )
    assert f"can be read again: {feed}" in over["message"].splitlines()
    assert "messages held back: 1" in over["message"].splitlines()
    desk("run", feed)
    assert len(listener.heard) == 3


def test_a_defect_that_stops_each_run_is_told_once_and_another_one_at_once(
    desk: Desk, inbox: Inbox, listener: Listener, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(error: type[Exception]) -> None:
        def audit(*_: object) -> None:
            raise error("of a test")

        monkeypatch.setattr("flows.ingest.audit", audit)

    for error in (ZeroDivisionError, ZeroDivisionError, KeyError, ZeroDivisionError):
        stop(error)
        assert desk("run", inbox(1)).error["code"] == "defect"
        clock.goes_on(minutes=5)
    told = [heard["message"].splitlines()[0] for heard in listener.heard]
    assert ["ZeroDivisionError" in line for line in told] == [True, False]


def test_what_nobody_took_is_told_again(
    desk: Desk, tmp_path: Path, listener: Listener, clock: Clock
) -> None:
    listener.status = 500
    desk("run", tmp_path / "nowhere")
    listener.status = 200
    desk("run", tmp_path / "nowhere")
    desk("run", tmp_path / "nowhere")
    assert len(listener.heard) == 2


def test_each_batch_that_waits_is_told(
    desk: Desk, menus: Path, listener: Listener, clock: Clock
) -> None:
    desk("run", menus, "--batch", "b1")
    for number in range(5, 25):
        (menus / f"menu{number}.txt").write_text(f"Menu {number}", "utf-8")
    assert desk("run", menus, "--batch", "b2").code == 3
    assert [heard["title"] for heard in listener.heard] == [
        "copydesk: batch b1 is held",
        "copydesk: batch b2 is held",
    ]


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
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    listener.status = 500 if how == "refuses" else 200
    listener.hangs = how == "hangs"
    if how == "is gone":
        listener.address = f"127.0.0.1:{closed_port}"
    monkeypatch.setenv("COPYDESK_NOTIFY__TARGETS", json.dumps([listener.target]))
    monkeypatch.setenv("COPYDESK_NOTIFY__TIMEOUT_SECONDS", "2" if how == "hangs" else "300")
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
        assert time.monotonic() - started < BACKSTOP_SECONDS / 2
        while not (slow.heard and listener.heard):  # how soon is for the machine to say
            assert time.monotonic() - started < BACKSTOP_SECONDS / 2
            time.sleep(0.01)
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
    done = call_without("apprise", "run", inbox(1), "--home", tmp_path / "home")
    assert done.code == 0, done.err
