"""The served pages: on this machine alone, nothing but pages, every document with its raw side."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.reports import Simulation
from flows.commands.report_server import ReportServer
from tasks.desk import Desk
from tasks.report_site.build import build
from tasks.reporting.limits import Limits
from warehouse.decisions import Decision, check, record
from warehouse.reading_copy import open_copy

_NO_RAW = Limits(raw_pages=0)
_ARTICLE = "SELECT batch_id, document_id, article_id FROM articles ORDER BY document_id LIMIT 1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportServer]:
    desk = Desk(home=tmp_path_factory.mktemp("served") / "home")
    Simulation(desk, seed=3, documents=12).add(2)
    build(desk, limits=_NO_RAW)
    with ReportServer(desk, port=0, limits=_NO_RAW) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _get(server: ReportServer, path: str, *, host: str | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said


def _desk(server: ReportServer) -> Desk:
    return server._desk


def _one(server: ReportServer) -> tuple[str, str, str]:
    connection = open_copy(_desk(server).published)
    row = connection.execute(_ARTICLE).fetchone()
    connection.close()
    assert row is not None
    return row[0], row[1], row[2]


def test_the_front_page_and_its_style_are_served(server: ReportServer) -> None:
    assert _get(server, "/")[0] == 302
    status, page = _get(server, "/reports/index.html")
    assert (status, "What waits" in page) == (200, True)
    assert _get(server, "/reports/assets/report.css")[0] == 200
    assert _get(server, "/reports/find.html?q=a%20b")[0] == 200


def test_only_the_loopback_is_bound(server: ReportServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "path",
    [
        "/published.duckdb",
        "/reports/../published.duckdb",
        "/reports/%2e%2e/published.duckdb",
        "/reports/..%2fpublished.duckdb",
        "/reports//etc/passwd",
        "/reports/.made-from.json",
        "/reports/nothing.html",
        "/reports/a%00.html",
        "/raw/day-0001/00000.parquet",
        "/reports/documents/day-0001/00000000.html",
        "/reports/",
    ],
)
def test_nothing_else_of_the_home_is_reachable(server: ReportServer, path: str) -> None:
    assert _get(server, path)[0] == 404


def test_a_link_out_of_the_folder_is_not_followed(server: ReportServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("secret")
    link = _desk(server).reports / "link.html"
    link.symlink_to(secret)
    try:
        assert _get(server, "/reports/link.html")[0] == 404
    finally:
        link.unlink()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "evil.example:80", "127.0.0.1:1"])
def test_a_request_by_another_name_is_refused(server: ReportServer, host: str) -> None:
    assert _get(server, "/reports/index.html", host=host)[0] == 403


def test_every_document_shows_the_page_as_it_arrived(server: ReportServer) -> None:
    batch_id, document_id, _ = _one(server)
    path = f"/reports/documents/{batch_id}/{document_id}.html"
    on_disk = (_desk(server).home / path.lstrip("/")).read_text("utf-8")
    assert "report --serve" in on_disk
    status, page = _get(server, path)
    assert (status, "The page as it arrived</h3>" in page) == (200, True)
    assert "Section 7" in page


def test_a_withdrawn_document_is_not_shown_raw(server: ReportServer) -> None:
    batch_id, document_id, article_id = _one(server)
    path = f"/reports/documents/{batch_id}/{document_id}.html"
    assert "Section 7" in _get(server, path)[1]
    with _desk(server).writing("test") as connection:
        withdraw = Decision(verb="withdraw", why="wrong", user_name="ada", article_id=article_id)
        check(connection, withdraw)
        record(connection, withdraw)
        _desk(server).refresh_reading_copy(connection)
    status, page = _get(server, path)
    assert (status, "Section 7" in page, "withdrawn" in page) == (200, False, True)
