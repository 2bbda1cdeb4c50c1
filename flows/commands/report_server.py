"""The report pages over HTTP, on this machine alone, and every document with its raw page.

The desk holds texts that are nobody else's business: only the loopback address is bound, a request
that names another host is refused (a foreign page may point its own name here), and nothing but
the two folders of pages is reachable.
"""

from __future__ import annotations

import re
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tasks.desk import Desk
from tasks.report_site.contents import Contents, read_contents
from tasks.report_site.documents import one_document
from tasks.reporting import names
from tasks.reporting.limits import Limits
from warehouse.errors import WarehouseError
from warehouse.reading_copy import open_copy

_LOOPBACK = "127.0.0.1"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
_DOCUMENT = re.compile(r"/reports/documents/[A-Za-z0-9._-]{1,64}/([0-9a-f]{8,64})\.html")
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class ReportServer(ThreadingHTTPServer):
    """Serves the pages of one desk until it is told to stop."""

    daemon_threads = True

    def __init__(self, desk: Desk, *, port: int, limits: Limits) -> None:
        """Bind the port (0: any that is free); raises OSError where it is taken."""
        super().__init__((_LOOPBACK, port), _Handler)
        self._desk = desk
        self._limits = limits
        self._one_at_a_time = threading.Lock()
        self._contents: tuple[int, Contents] | None = None

    @property
    def url(self) -> str:
        """Where the front page is."""
        return f"http://{_LOOPBACK}:{self.server_port}/reports/{names.FRONT}"

    @property
    def hosts(self) -> frozenset[str]:
        """What a request may call this server."""
        return frozenset(f"{name}:{self.server_port}" for name in (_LOOPBACK, "localhost"))

    def file(self, path: str) -> Path | None:
        """Return the file that a path names, if it is a page, a style or a script of ours."""
        top, _, below = path.lstrip("/").partition("/")
        root = {"reports": self._desk.reports, "data_docs": self._desk.data_docs}.get(top)
        if root is None or "\0" in below:
            return None
        found = (root / below).resolve()
        allowed = found.is_relative_to(root.resolve()) and found.suffix in _TYPES
        return found if allowed and found.is_file() else None

    def document(self, document_id: str) -> str | None:
        """Return the page of a document as the reading copy has it now."""
        with self._one_at_a_time:
            connection = open_copy(self._desk.published)
            try:
                version = self._desk.published.stat().st_mtime_ns
                if self._contents is None or self._contents[0] != version:
                    self._contents = (version, read_contents(connection, self._limits))
                return one_document(connection, self._desk.home, self._contents[1], document_id)
            finally:
                connection.close()


class _Handler(BaseHTTPRequestHandler):
    server: ReportServer
    server_version = "copydesk"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a page."""
        if self.headers.get("Host") not in self.server.hosts:
            self._fail(HTTPStatus.FORBIDDEN, "This server answers to its own address alone.")
            return
        path = unquote(urlsplit(self.path).path)
        if path == "/":
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"/reports/{names.FRONT}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        match = _DOCUMENT.fullmatch(path)
        try:
            page = self.server.document(match[1]) if match else None
        except WarehouseError as error:
            self._fail(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
            return
        file = self.server.file(path) if page is None else None
        if page is not None:
            self._send(HTTPStatus.OK, ".html", page.encode("utf-8", "replace"))
        elif file is not None:
            self._send(HTTPStatus.OK, file.suffix, file.read_bytes())
        else:
            self._fail(HTTPStatus.NOT_FOUND, "There is no such page.")

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def _fail(self, status: HTTPStatus, words: str) -> None:
        self._send(status, ".txt", f"{words}\n".encode())

    def _send(self, status: HTTPStatus, suffix: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", _TYPES.get(suffix, "text/plain; charset=utf-8"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: what a person reads is no event of the desk."""
