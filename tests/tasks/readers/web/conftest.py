"""A small web on loopback, friendly and hostile, that writes down who asked what and when."""

from __future__ import annotations

import argparse
import io
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from warcio.recordloader import ArcWarcRecord

from tasks.model import RawItem
from tasks.readers.web.memory import Memory, NoMemory
from tasks.readers.web.rules import FetchRules, Role
from tasks.readers.web.service import Web

Headers = dict[str, str]


@dataclass(slots=True)
class Asked:
    """A line of the server's log, in seconds of one clock for all servers.

    It is entered before the answer begins, and `ended` is when the last write began: who has an
    answer finds it in the log, and no pause is measured shorter than it was.
    """

    port: int
    path: str
    began: float
    ended: float
    headers: Headers
    status: int = 0


@dataclass(slots=True)
class Site:
    """One server: give it pages, or functions that write what they like to the connection."""

    host: str
    port: int
    pages: dict[str, Any]
    log: list[Asked]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def page(self, path: str, body: bytes | str, status: int = 200, /, **headers: str) -> str:
        """Serve a page; header names are written with underscores."""
        raw = body.encode() if isinstance(body, str) else body
        named = {"Content-Type": "text/html; charset=utf-8"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, named, raw)
        return self.url + path

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        return self.page(path, b"", status, Location=target)

    def raw(self, path: str, write: Callable[[BaseHTTPRequestHandler], None]) -> str:
        """Let a function answer, byte by byte."""
        self.pages[path] = write
        return self.url + path

    def asked(self, path: str | None = None) -> list[Asked]:
        """Return the log: of one path, or all but robots.txt."""
        if path is not None:
            return [line for line in self.log if line.path == path]
        return [line for line in self.log if line.path != "/robots.txt"]

    def gaps(self) -> list[float]:
        """Return the pauses from the end of each request to the start of the next."""
        lines = sorted(self.log, key=lambda line: line.began)
        return [b.began - a.ended for a, b in pairwise(lines)]


class _Timed(io.BufferedIOBase):
    """Writes an answer, and first when."""

    def __init__(self, out: io.BufferedIOBase, line: Asked) -> None:
        self.out, self.line = out, line

    def write(self, data: Any, /) -> int:
        self.line.ended = time.monotonic()
        return self.out.write(data)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def setup(self) -> None:
        super().setup()
        self.out = self.wfile
        self.line = Asked(self.site.port, "", 0.0, 0.0, {})  # of what is no request: in no log

    def do_GET(self) -> None:
        began = time.monotonic()
        named = {name.lower(): value for name, value in self.headers.items()}
        self.line = Asked(self.site.port, self.path, began, began, named)
        self.site.log.append(self.line)
        self.wfile = _Timed(self.out, self.line)
        try:
            self._answer()
        except OSError:
            self.close_connection = True

    def _answer(self) -> None:
        held = self.site.pages.get(self.path, (404, {"Content-Type": "text/html"}, b"not here"))
        if callable(held):
            held(self)
            return
        status, headers, body = held
        known = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        stated = headers.get("ETag"), headers.get("Last-Modified")
        if any(a is not None and a == b for a, b in zip(known, stated, strict=True)):
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_response(self, code: int, message: str | None = None) -> None:
        self.line.status = code
        super().send_response(code, message)

    def log_message(self, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up on a hostile page are what is tested


@pytest.fixture
def make_site() -> Iterator[Callable[..., Site]]:
    """Start sites, each on a port (and if wanted an address) of its own."""
    with ExitStack() as stack:

        def make(host: str = "127.0.0.1") -> Site:
            class Handler(_Handler):
                """Answers for this site alone."""

            server = _Server((host, 0), Handler)
            site = Site(host, server.server_address[1], {}, [])
            Handler.site = site
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return site

        yield make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """One site."""
    return make_site()


@pytest.fixture
def site_for_runs(make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> Site:
    """One site, with settings by which a whole run may ask it, and need not wait."""
    monkeypatch.setenv("COPYDESK_FETCH__ALLOW_ADDRESSES", '["127.0.0.0/8"]')
    monkeypatch.setenv("COPYDESK_FETCH__GAP_SECONDS", "0")
    return make_site()


def warc_records(path: Path) -> Iterator[ArcWarcRecord]:
    """Read what a WARC that passes warcio's own check holds beside what it says of itself."""
    checker = Checker(argparse.Namespace(inputs=[str(path)], verbose=True))
    checker.process_all()
    assert checker.exit_value == 0
    with path.open("rb") as file:
        yield from (record for record in ArchiveIterator(file) if record.rec_type != "warcinfo")


@dataclass(slots=True)
class Crawler:
    """Crawl as a run would, without a warehouse."""

    folder: Path
    memory: Memory = field(default_factory=NoMemory)
    rules: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def __call__(
        self,
        *urls: str,
        allow: tuple[str, ...] = ("127.0.0.0/8",),
        role: Role = Role.AUTO,
        limit: int | None = None,
        **rules: Any,
    ) -> list[RawItem]:
        with self._web(allow, rules) as web:
            spool = self.folder / f"{self.number}.spool"
            web.start(spool, urls, locator=urls[0], role=role, limit=limit)
            return list(web.read(spool))

    def download(self, url: str) -> Path:
        """Get an archive as a run would."""
        with self._web(("127.0.0.0/8",), {}) as web:
            return web.download(url, self.folder / f"{self.number}.data")

    def _web(self, allow: tuple[str, ...], rules: dict[str, Any]) -> Web:
        self.number += 1
        usual = FetchRules(
            max_bytes=1_000_000,
            allow_addresses=allow,
            gap_seconds=0.0,
            deadline_seconds=30.0,
            contact="https://example.org/desk",
            version="1",
        )
        fetch_rules = replace(usual, **(self.rules | rules))
        work = self.folder / f"{self.number}"
        return Web(fetch_rules, self.memory, now, work)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def crawl(tmp_path: Path) -> Crawler:
    """A crawler with no memory, no gap and a deadline of half a minute."""
    return Crawler(folder=tmp_path)


def article(title: str, words: int = 120) -> str:
    """A page that reads like an article, each with words of its own."""
    sentence = f"The report on {title} says that the harbour works go on until spring. "
    body = "".join(
        f"<p>{sentence * 3}Paragraph {n} of {title}.</p>" for n in range(max(1, words // 40))
    )
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


@pytest.fixture
def make_article() -> Callable[..., str]:
    return article


@pytest.fixture
def kill_at_work() -> Callable[[list[str], list[Site], float], bool]:
    """Start a command, wait until it asks the sites for something, and kill it after a while.

    Returns whether the kill met it: it may have come to its end before.
    """

    def kill(command: list[str], sites: list[Site], after: float) -> bool:
        asked = sum(len(site.log) for site in sites)
        child = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, stdout=subprocess.DEVNULL
        )
        began = time.monotonic()
        while sum(len(site.log) for site in sites) == asked and child.poll() is None:
            assert time.monotonic() - began < 120, "it asks for nothing"
            time.sleep(0.01)
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL

    return kill
