"""Events of decisions: one each, where somebody can hear it, and at nobody's expense."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.events import emit_decision
from flows.prefect_api import authorization, shown
from tests.conftest import Desk
from tests.flows.conftest import BACKSTOP_SECONDS, ask, call_without
from tests.flows.listening import listening
from tests.flows.test_events import until_found

Inbox = Callable[..., Path]


def decided(api: str, home: Path, count: int) -> list[dict[str, Any]]:
    """Return the events of a desk's decisions, the oldest first."""
    ours = {
        "event": {"prefix": ["copydesk.decision."]},
        "resource": {"labels": {"copydesk.home": str(home)}},
    }
    found = until_found(api, ours, count)
    assert len(found) == count, found
    return found[::-1]


@pytest.mark.prefect
def test_each_decision_fires_one_event_about_what_it_decides(
    desk: Desk, prefect_api: str, inbox: Inbox
) -> None:
    folder = inbox(2)
    (folder / "menu.txt").write_text("Menu", "utf-8")
    (folder / "flash.txt").write_text("Port A closes at noon.", "utf-8")
    desk("run", folder, "--batch", "b1")
    article = desk.value("SELECT min(article_id) FROM articles")
    menu = desk.value("SELECT document_id FROM quarantine WHERE locator LIKE '%menu.txt'")
    desk("withdraw", "b1", "--why", "a test site")
    desk("release", "b1", "--why", "no test site")
    desk("withdraw", article, "--why", "retracted")
    assert desk("withdraw", article, "--why", "again").code == 1
    desk("quarantine", "discard", menu, "--why", "soup")
    desk("quarantine", "retry", "--as-is", folder / "flash.txt", "--why", "seen")
    desk("forget", article, "--why", "a court order")
    found = decided(prefect_api, desk.home, 6)
    said = [
        (event["event"].removeprefix("copydesk.decision."), event["resource"], event["payload"])
        for event in found
    ]
    assert [(verb, payload["why"]) for verb, _, payload in said] == [
        ("withdraw", "a test site"),
        ("release", "no test site"),
        ("withdraw", "retracted"),
        ("discard", "soup"),
        ("publish", "seen"),
        ("forget", "a court order"),
    ]
    published = said[4][2]["batch_id"]
    assert [resource["prefect.resource.id"] for _, resource, _ in said] == [
        "copydesk.batch.b1",
        "copydesk.batch.b1",
        f"copydesk.article.{article}",
        f"copydesk.document.{menu}",
        f"copydesk.batch.{published}",
        f"copydesk.article.{article}",
    ]
    assert [said[n][2]["status"] for n in (0, 1)] == ["withdrawn", "published"]
    assert all(payload["user_name"] for _, _, payload in said)


def told(**about: object) -> dict[str, object]:
    return {"verb": "release", "why": "x", "user_name": "ada", **about}


def test_a_site_is_told_with_its_batch_and_who_asks_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with listening() as api:
        monkeypatch.setenv("PREFECT_API_URL", f"http://{api.address}/api")
        emit_decision(tmp_path, told(batch_id="b1", site="a.example"))
    ((event,),) = api.heard
    assert event["resource"]["prefect.resource.id"] == "copydesk.site.a.example"
    assert [other["prefect.resource.id"] for other in event["related"]] == ["copydesk.batch.b1"]


def test_a_decision_asks_the_api_as_prefect_would(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PREFECT_API_KEY", "PREFECT_API_AUTH_STRING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_PROFILES_PATH", os.devnull)
    url = "http://127.0.0.1:4200/api"
    assert authorization(url) == {}
    basic = base64.b64encode(b"ada:qu@ll").decode()
    assert authorization("http://ada:qu%40ll@127.0.0.1:4200/api") == {
        "Authorization": f"Basic {basic}"
    }
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "ada:quill")
    basic = base64.b64encode(b"ada:quill").decode()
    assert authorization(url) == {"Authorization": f"Basic {basic}"}
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_1")
    assert authorization(url) == {"Authorization": "Bearer pnu_1"}


def test_no_key_and_no_password_is_told(
    tmp_path: Path,
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_SECRET\nof two lines")
    monkeypatch.setenv("PREFECT_API_URL", f"http://ada:quill@127.0.0.1:{closed_port}/api")
    emit_decision(tmp_path, told(article_id="a1"))
    (line,) = caplog.messages
    assert "SECRET" not in line
    assert "quill" not in line
    assert shown("http://ada:quill@prefect.example/api") == "http://prefect.example/api"


@pytest.mark.parametrize("how", ["refuses", "is gone", "hangs", "is nonsense"])
def test_an_api_that_does_not_take_it_costs_one_line_and_a_moment(
    tmp_path: Path,
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    how: str,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with listening() as api:
        api.status, api.hangs = (500 if how == "refuses" else 200), how == "hangs"
        address = {"is gone": f"127.0.0.1:{closed_port}", "is nonsense": "[nowhere"}
        monkeypatch.setenv("PREFECT_API_URL", f"http://{address.get(how, api.address)}/api")
        began = time.monotonic()
        emit_decision(tmp_path, told(article_id="a1"))
        assert time.monotonic() - began < BACKSTOP_SECONDS / 2
    (line,) = caplog.messages
    assert "did not take copydesk.decision.release" in line


@pytest.mark.prefect
def test_a_decision_stands_and_answers_where_no_api_does(
    desk: Desk, inbox: Inbox, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk("run", inbox(1), "--batch", "b1")
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{closed_port}/api")
    words = ("--why", "x", "--json", "--home", desk.home)
    said = ask("withdraw", "b1", *words)
    assert (said.code, said.object["status"]) == (0, "withdrawn")
    alone = call_without("prefect", "release", "b1", *words)
    assert alone.code == 0, alone.err
    assert alone.object["status"] == "published"
    (line,) = alone.err.splitlines()
    assert "did not take copydesk.decision.release" in line
