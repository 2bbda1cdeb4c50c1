"""Events for automations, and artifacts for Prefect's pages, as a real Prefect server has them."""

from __future__ import annotations

import json
import os
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Desk, story
from tests.flows.conftest import ask, call
from tests.flows.listening import Listener

pytestmark = pytest.mark.prefect
Inbox = Callable[..., Path]
_PATIENCE_SECONDS = 120


def post(api: str, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"{api}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def until_found(api: str, filter_: dict[str, Any], count: int = 1) -> list[dict[str, Any]]:
    """Return the events that a filter finds, once there are so many; the server writes in turns."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    found: list[dict[str, Any]] = []
    while len(found) < count and time.monotonic() < deadline:
        time.sleep(0.3)
        found = post(api, "/events/filter", {"filter": filter_})["events"]
    return found


def events_of(api: str, home: Path, count: int = 1) -> dict[str, dict[str, Any]]:
    """Return the events of a desk by their names, of each the last."""
    ours = {
        "event": {"prefix": ["copydesk."]},
        "resource": {"labels": {"copydesk.home": str(home)}},
    }
    found = until_found(api, ours, count)
    assert len(found) == count, found
    return {event["event"]: event for event in reversed(found)}


def test_a_held_batch_fires_an_event_that_an_automation_takes_up(
    desk: Desk, prefect_api: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    automation = post(
        prefect_api,
        "/automations/",
        {
            "name": "a batch waits",
            "trigger": {
                "type": "event",
                "posture": "Reactive",
                "expect": ["copydesk.batch.held"],
                "match": {"prefect.resource.id": "copydesk.batch.*"},
                "for_each": ["prefect.resource.id"],
                "threshold": 1,
                "within": 0,
            },
            "actions": [{"type": "do-nothing"}],
        },
    )
    monkeypatch.setenv("COPYDESK_GATE__MIN_DOCUMENTS", "2")
    folder = inbox(1)
    for number in range(5):
        (folder / f"menu{number}.txt").write_text(f"Menu {number}", "utf-8")
    said = desk("run", folder, "--batch", "waits").object
    event = events_of(prefect_api, desk.home)["copydesk.batch.held"]
    assert event["resource"]["prefect.resource.id"] == "copydesk.batch.waits"
    told = event["payload"]
    assert (told["status"], told["why"], told["counts"]) == ("held", said["why"], said["counts"])
    assert told["report_url"] == said["report_url"]
    roles = {related["prefect.resource.role"] for related in event["related"]}
    assert {"flow-run", "flow"} <= roles
    (triggered,) = until_found(
        prefect_api,
        {
            "event": {"name": ["prefect.automation.triggered"]},
            "resource": {"id": [f"prefect.automation.{automation['id']}"]},
        },
    )
    assert triggered["payload"]["triggering_event"]["id"] == event["id"]


def test_a_site_that_drifts_is_told_by_name_beside_what_was_published(
    desk: Desk,
    prefect_api: str,
    tmp_path: Path,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COPYDESK_BASELINES__MIN_BATCHES", "3")
    for day in range(4):
        lines = [
            {
                "url": f"https://{site}/{100 * day + number + offset}",
                "title": f"The market of {day} {number} {site} moves",
                "text": story(100 * day + number + offset),
                **({} if day == 3 and offset else {"date": "2026-03-02"}),
            }
            for site, offset in (("bright.example", 0), ("old.example", 5000))
            for number in range(11)
        ]
        file = tmp_path / f"{day}.jsonl"
        file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
        said = desk("run", file, "--batch", f"day{day}")
    assert (said.code, said.object["status"]) == (0, "partly_held")
    (heard,) = listener.heard
    assert heard["title"] == "copydesk: batch day3 is partly held"
    assert "sites held: old.example" in heard["message"].splitlines()
    assert "release day3 [--site SITE] --why ..." in heard["message"]
    assert desk("status").object["drifting"] == [
        {"site": "old.example", "batch_id": "day3", "checks": ["dates_are_usual"]}
    ]
    metrics = ask("status", "--metrics", "--home", desk.home).out.splitlines()
    assert 'copydesk_site_drifting{site="old.example"} 1.0' in metrics
    found = events_of(prefect_api, desk.home, 5)
    assert found["copydesk.batch.published"]["payload"]["counts"]["published"] == 11
    site = found["copydesk.site.held"]
    assert site["resource"]["prefect.resource.id"] == "copydesk.site.old.example"
    assert "dates_are_usual" in site["payload"]["why"]
    assert "copydesk.batch.day3" in {related["prefect.resource.id"] for related in site["related"]}


def test_a_run_that_fails_fires_one_event(
    desk: Desk, prefect_api: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def audit(*_: object) -> None:
        raise ZeroDivisionError("of a test")

    monkeypatch.setattr("flows.ingest.audit", audit)
    said = desk("run", inbox(1), "--batch", "b1")
    event = events_of(prefect_api, desk.home)["copydesk.run.failed"]
    assert event["resource"]["prefect.resource.id"] == "copydesk.batch.b1"
    assert event["payload"]["why"] == said.error["message"]


def test_a_rehearsal_fires_nothing(desk: Desk, prefect_api: str, inbox: Inbox) -> None:
    desk("run", inbox(1), "--dry-run", "--batch", "rehearsed")
    desk("run", inbox(1), "--batch", "real")
    found = until_found(prefect_api, {"resource": {"id_prefix": ["copydesk.batch.re"]}})
    assert [event["resource"]["prefect.resource.id"] for event in found] == ["copydesk.batch.real"]


def test_the_artifact_of_a_run_links_to_the_page_of_its_batch(
    desk: Desk, prefect_api: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk("run", inbox(1), "--batch", "linked-1").object["report"]
    monkeypatch.setenv("COPYDESK_REPORT__URL", "https://desk.example/reports")
    desk("run", inbox(1), "--batch", "linked-2")
    artifacts = post(prefect_api, "/artifacts/filter", {"sort": "CREATED_DESC"})
    told = "\n".join(str(artifact["data"]) for artifact in artifacts)
    assert f"[report page](<{Path(page).as_uri()}>)" in told
    assert "[report page](<https://desk.example/reports/batches/linked-2.html>)" in told


def test_the_embedded_server_has_the_events_before_it_ends(
    tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PREFECT")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "no-profile"))
    home = tmp_path / "home"
    assert call("run", inbox(1), "--home", home, "--batch", "b1").code == 0
    with sqlite3.connect(home / "prefect" / "prefect.db") as database:
        found = database.execute("SELECT event FROM events WHERE event LIKE 'copydesk.%'")
        assert found.fetchall() == [("copydesk.batch.published",)]
    database.close()
