"""Single pages and lists of them: polite, bounded and safe against servers that are not."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import SourceUnavailable
from tasks.model import Kind, RawItem, Reason
from tasks.readers.web.rules import Role
from tests.tasks.readers.web.conftest import Crawler, Site

OTHER = "http://127.0.0.1:9/"
"""A second address, so that a source is a list and its failures are rows."""


def reason_of(crawl: Crawler, url: str, **rules: Any) -> Reason | None:
    """Crawl one address among others; return why it gave no document."""
    items = {item.locator: item for item in crawl(url, "no address", **rules)}
    del items["no address"]
    (item,) = items.values()
    return item.refusal.reason if item.refusal else None


def test_a_page_arrives_as_it_came(site: Site, crawl: Crawler) -> None:
    url = site.page("/a", "<html><body><p>Grüße</p></body></html>", ETag='"1"')
    (item,) = crawl(url)
    assert (item.locator, item.url, item.kind, item.http_status) == (url, url, Kind.HTML, 200)
    assert item.payload == "<html><body><p>Grüße</p></body></html>".encode()
    assert item.charset == "utf-8"
    assert '["ETag", "\\"1\\""]' in (item.http_headers or "")
    assert item.refusal is None


def test_robots_is_asked_before_the_first_page_of_an_origin(site: Site, crawl: Crawler) -> None:
    crawl(*(site.page(f"/{n}", "<p>text</p>") for n in range(3)))
    assert [line.path for line in site.log] == ["/robots.txt", "/0", "/1", "/2"]


def test_what_robots_forbids_is_not_asked(site: Site, crawl: Crawler) -> None:
    site.page("/robots.txt", "\ufeffUser-agent: *\nDisallow: /secret", Content_Type="text/plain")
    assert reason_of(crawl, site.page("/secret/a", "<p>x</p>")) is Reason.ROBOTS_DENIED
    assert site.asked() == []


def test_rules_for_our_name_count_before_those_for_all(site: Site, crawl: Crawler) -> None:
    site.page("/robots.txt", "User-agent: copydesk\nDisallow: /a\n\nUser-agent: *\nDisallow: /b")
    pages = [site.page(path, "<p>x</p>") for path in ("/a", "/b")]
    found = {item.locator: item.refusal and item.refusal.reason for item in crawl(*pages)}
    assert found[site.url + "/a"] is Reason.ROBOTS_DENIED
    assert found[site.url + "/b"] is None


def test_a_length_beside_chunks_is_void(site: Site, crawl: Crawler) -> None:
    """It counts the chunks, or a body before it was packed; the last chunk says what is whole."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.send_header("Content-Length", "4000")
        handler.end_headers()
        handler.wfile.write(b"8\r\n<p>x</p>\r\n0\r\n\r\n")

    [item] = crawl(site.raw("/a", write))
    assert item.refusal is None
    assert item.payload == b"<p>x</p>"


def test_a_version_behind_a_name_in_robots_means_the_name(site: Site, crawl: Crawler) -> None:
    rules = "User-Agent: CopyDesk/1.0 (+x)\nDisallow: /a\n\nUser-agent: *\nAllow: /"
    site.page("/robots.txt", rules)
    [item] = crawl(site.page("/a", "<p>x</p>"))
    assert item.refusal is not None
    assert item.refusal.reason is Reason.ROBOTS_DENIED
    assert site.asked() == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_in_trouble_mean_come_back(
    site: Site, crawl: Crawler, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.readers.web.fetch._WAIT_SECONDS", (0.01, 0.01))
    site.page("/robots.txt", "later", status)
    assert reason_of(crawl, site.page("/a", "<p>x</p>")) is Reason.RETRY_LATER
    assert site.asked() == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_without_robots_everything_is_allowed(site: Site, crawl: Crawler, status: int) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /", status)
    assert reason_of(crawl, site.page("/a", "<p>x</p>")) is None


def test_the_pace_holds_over_hops_retries_and_robots(
    site: Site, crawl: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.readers.web.fetch._WAIT_SECONDS", (0.01, 0.01))
    site.redirect("/from", "/to")
    site.page("/to", "<p>x</p>")
    site.page("/broken", "oh", 500)
    crawl(site.url + "/from", site.url + "/broken", site.page("/c", "<p>x</p>"), gap_seconds=0.2)
    assert len(site.log) == 7
    assert min(site.gaps()) >= 0.2


def test_crawl_delay_slows_us_down(site: Site, crawl: Crawler) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.4")
    crawl(site.page("/a", "<p>x</p>"), site.page("/b", "<p>x</p>"), gap_seconds=0.1)
    assert min(site.gaps()) >= 0.4


@pytest.mark.parametrize("delay", ["nan", "-5", "soon"])
def test_a_delay_that_is_no_number_leaves_our_own_gap(
    site: Site, crawl: Crawler, delay: str
) -> None:
    site.page("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}")
    crawl(site.page("/a", "<p>x</p>"), site.page("/b", "<p>x</p>"), gap_seconds=0.2)
    assert min(site.gaps()) >= 0.2


def test_a_delay_beyond_all_patience_means_the_next_run(site: Site, crawl: Crawler) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 86400")
    assert reason_of(crawl, site.page("/a", "<p>x</p>")) is Reason.RETRY_LATER


def test_retry_after_is_kept(site: Site, crawl: Crawler) -> None:
    answers = iter([(429, "1"), (200, None)])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        status, wait = next(answers)
        handler.send_response(status)
        if wait:
            handler.send_header("Retry-After", wait)
        handler.send_header("Content-Length", "8")
        handler.end_headers()
        handler.wfile.write(b"<p>x</p>")

    assert reason_of(crawl, site.raw("/a", answer)) is None
    first, second = site.asked("/a")
    assert second.began - first.ended >= 1.0


def test_who_wants_us_gone_for_long_is_left_alone(site: Site, crawl: Crawler) -> None:
    site.page("/a", "x", 503, Retry_After="3600")
    found = crawl(site.url + "/a", site.page("/b", "<p>x</p>"))
    assert [item.refusal and item.refusal.reason for item in found] == [Reason.RETRY_LATER] * 2
    assert len(site.asked()) == 1


def test_we_say_who_we_are(site: Site, crawl: Crawler) -> None:
    crawl(site.page("/a", "<p>x</p>"))
    agents = {line.headers["user-agent"] for line in site.log}
    assert agents == {"copydesk/1 (https://example.org/desk)"}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://10.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://224.0.0.1/",
        "http://0.0.0.0:{port}/",
        "http://100.64.0.1/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://user:secret@example.org/",
    ],
)
def test_forbidden_addresses_are_not_asked(site: Site, crawl: Crawler, url: str) -> None:
    site.page("/", "<p>inside</p>")
    found = reason_of(crawl, url.format(port=site.port), allow=())
    assert found is Reason.BLOCKED_URL
    assert site.log == []


def test_a_redirect_to_a_forbidden_address_is_not_followed(
    make_site: Callable[..., Site], crawl: Crawler
) -> None:
    outer, inner = make_site(), make_site()
    inner.page("/", "<p>inside</p>")
    url = outer.redirect("/a", inner.url + "/")
    assert reason_of(crawl, url, allow=(outer.address,)) is Reason.BLOCKED_URL
    assert inner.log == []


def test_a_name_that_resolves_elsewhere_later_gains_nothing(
    site: Site, crawl: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was judged is the one that is connected to; each connection is judged."""
    resolved: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "rebind.example":
            resolved.append(host)
            host = "127.0.0.1" if len(resolved) > 1 else "192.0.2.1"
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://rebind.example:{site.port}/"
    assert reason_of(crawl, url, allow=("192.0.2.0/24",), deadline_seconds=0.5) in {
        Reason.FETCH_TIMEOUT,
        Reason.UNREACHABLE,
        Reason.BLOCKED_URL,
    }
    assert reason_of(crawl, url, allow=("192.0.2.0/24",)) is Reason.BLOCKED_URL
    assert site.log == []


def test_robots_and_guard_are_asked_again_on_each_hop(
    make_site: Callable[..., Site], crawl: Crawler
) -> None:
    first, second = make_site(), make_site()
    second.page("/robots.txt", "User-agent: *\nDisallow: /b")
    second.page("/b", "<p>x</p>")
    assert reason_of(crawl, first.redirect("/a", second.url + "/b")) is Reason.ROBOTS_DENIED
    assert second.asked() == []


def test_redirects_lead_to_the_page_and_its_address(site: Site, crawl: Crawler) -> None:
    site.redirect("/1", "/2", 301)
    site.redirect("/2", "../3?x=1", 307)
    site.page("/3?x=1", "<p>x</p>")
    (item,) = crawl(site.url + "/1")
    assert (item.locator, item.url) == (site.url + "/1", site.url + "/3?x=1")


def test_redirects_end(site: Site, crawl: Crawler) -> None:
    for n in range(20):
        site.redirect(f"/{n}", f"/{n + 1}")
    assert reason_of(crawl, site.url + "/0") is Reason.TOO_MANY_REDIRECTS
    assert len(site.asked()) == 6
    site.redirect("/circle", "/circle")
    assert reason_of(crawl, site.url + "/circle") is Reason.TOO_MANY_REDIRECTS


def earlier(item: RawItem) -> list[tuple[str, int]]:
    return [(a["url"], a["status"]) for a in json.loads(item.http_earlier or "[]")]


def test_what_was_answered_before_the_page_is_kept_with_it(
    site: Site, crawl: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.readers.web.fetch._WAIT_SECONDS", (0.01, 0.01))
    statuses = iter([503, 200])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(next(statuses))
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b"<p>x" * 1250)

    site.redirect("/1", "/2", 301)
    site.page("/2", "moved", 307, Location="/3", X_Why="spring")
    item, _ = crawl(site.url + "/1", "no address")[::-1]
    assert earlier(item) == [(site.url + "/1", 301), (site.url + "/2", 307)]
    site.raw("/3", answer)
    (item,) = crawl(site.url + "/1")
    assert [status for _, status in earlier(item)] == [301, 307, 503]
    _, second, third = json.loads(item.http_earlier or "")
    assert base64.b64decode(second["body"]) == b"moved"
    assert ["X-Why", "spring"] in second["headers"]
    assert third["body"] is None, "large bodies are not kept"


def test_what_was_answered_is_kept_where_no_page_came_of_it(site: Site, crawl: Crawler) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /secret")
    site.page("/busy", "x", 503, Retry_After="3600")
    urls = [
        site.redirect("/circle", "/circle"),
        site.redirect("/in", "/secret"),
        site.url + "/busy",
    ]
    assert [[status for _, status in earlier(item)] for item in crawl(*urls)] == [
        [302],
        [302],
        [503],
    ]


def test_what_a_dead_source_answered_is_kept(site: Site, crawl: Crawler) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        crawl(site.redirect("/from", "/nothing"))
    assert [a["status"] for a in json.loads(caught.value.answers or "")] == [302, 404]
    with pytest.raises(SourceUnavailable) as caught:
        crawl(site.url + "/feed.xml", role=Role.FEED)
    assert [a["status"] for a in json.loads(caught.value.answers or "")] == [404]


def test_what_was_answered_for_an_archive_that_cannot_be_had_is_kept(
    site: Site, crawl: Crawler
) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /secret")
    site.page("/busy.zip", "x", 503, Retry_After="3600")
    for url, statuses in {
        site.redirect("/from.zip", "/nothing.zip"): [302, 404],
        site.redirect("/circle.zip", "/circle.zip"): [302],
        site.redirect("/in.zip", "/secret.zip"): [302],
        site.url + "/busy.zip": [503],
    }.items():
        with pytest.raises(SourceUnavailable) as caught:
            crawl.download(url)
        answers = json.loads(caught.value.answers or "")
        assert [answer["status"] for answer in answers] == statuses
        assert [answer["body"] for answer in answers] == [None] * len(statuses), "none was read"
    assert not list(crawl.folder.glob("*.part"))


_HANG_SECONDS = 60


def _slowly(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(_HANG_SECONDS * 10):
        handler.wfile.write(b"<p>")
        time.sleep(0.1)


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def _silent(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(_HANG_SECONDS)


def _head_without_end(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-Junk: " + b"j" * 1000 + b"\r\n")


def _too_short(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<p>half a")
    handler.close_connection = True


def _cut_chunks(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n<p>half")
    handler.close_connection = True


def _no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.0\r\n\r\n")
    handler.close_connection = True


def _bomb(megabytes: int) -> bytes:
    """Pack zeros a thousandfold, never all of them in memory."""
    packing, zeros = zlib.compressobj(wbits=31), bytes(1 << 20)
    return b"".join(packing.compress(zeros) for _ in range(megabytes)) + packing.flush()


def _gzipped(body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return write


_PACKED = gzip.compress(b"<html><body>" + bytes(str(list(range(5000))), "ascii"))
_BROKEN = _PACKED[:200] + b"\xff" * 50 + _PACKED[250:]


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (_endless, Reason.TOO_LARGE),
        (_head_without_end, Reason.PROTOCOL_ERROR),
        (_too_short, Reason.TRUNCATED_INPUT),
        (_cut_chunks, Reason.TRUNCATED_INPUT),
        (_no_http, Reason.PROTOCOL_ERROR),
        (_gzipped(_PACKED[: len(_PACKED) // 2]), Reason.TRUNCATED_INPUT),
        (_gzipped(_BROKEN), Reason.BAD_FILE),
        (_gzipped(_bomb(300)), Reason.TOO_LARGE),
    ],
)
def test_hostile_responses_end_with_their_reason_and_take_little_memory(
    site: Site, crawl: Crawler, write: Callable[..., None], reason: Reason
) -> None:
    tracemalloc.start()
    try:
        found = reason_of(crawl, site.raw("/a", write))
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is reason
    assert most_bytes < 20_000_000


@pytest.mark.parametrize("write", [_slowly, _silent])
def test_responses_that_do_not_end_are_left_in_time(
    site: Site, crawl: Crawler, write: Callable[..., None]
) -> None:
    began = time.monotonic()
    found = reason_of(crawl, site.raw("/a", write), deadline_seconds=1.5)
    assert found is Reason.FETCH_TIMEOUT
    assert time.monotonic() - began < _HANG_SECONDS / 2


@pytest.mark.parametrize("status", [400, 404, 410, 418])
def test_http_errors_are_failed_and_not_asked_twice(
    site: Site, crawl: Crawler, status: int
) -> None:
    assert reason_of(crawl, site.page("/a", "gone", status)) is Reason.HTTP_ERROR
    assert len(site.asked("/a")) == 1


def test_servers_in_trouble_are_asked_three_times(
    site: Site, crawl: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.readers.web.fetch._WAIT_SECONDS", (0.01, 0.01))
    assert reason_of(crawl, site.page("/a", "oh", 502)) is Reason.HTTP_ERROR
    assert len(site.asked("/a")) == 3


def test_a_dead_address_fails_the_whole_source(crawl: Crawler, site: Site) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        crawl(site.url + "/nothing")
    assert caught.value.reason is Reason.HTTP_ERROR
    with pytest.raises(SourceUnavailable) as caught:
        crawl("http://no-such-host.invalid/")
    assert caught.value.reason is Reason.UNREACHABLE


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path, crawl: Crawler) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=False, capture_output=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("no openssl to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                    context.wrap_socket(connection, server_side=True)
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        url = f"https://localhost:{listening.getsockname()[1]}/"
        assert reason_of(crawl, url) is Reason.TLS_ERROR
        listening.shutdown(socket.SHUT_RDWR)


def test_lines_that_are_no_address_are_refused_and_the_rest_goes_on(
    site: Site, crawl: Crawler
) -> None:
    good = site.page("/a", "<p>x</p>")
    found = {item.locator: item for item in crawl("nonsense", good, "http://", "http://a b/")}
    assert found[good].refusal is None
    others = [i.refusal and i.refusal.reason for url, i in found.items() if url != good]
    assert others == [Reason.BAD_LINE] * 3


def test_forms_of_one_address_are_asked_once(site: Site, crawl: Crawler) -> None:
    url = site.page("/story", "<p>x</p>")
    found = crawl(url, url + "?utm_source=feed", url + "/amp", url + "#comments")
    assert [item.locator for item in found] == [url]
    assert len(site.asked()) == 1


def test_an_address_longer_than_anyone_must_support_is_refused(site: Site, crawl: Crawler) -> None:
    assert reason_of(crawl, site.url + "/" + "a" * 20_000) is Reason.URL_TOO_LONG


def test_no_cookie_and_no_credential_is_ever_sent(
    make_site: Callable[..., Site], crawl: Crawler
) -> None:
    first, second = make_site(), make_site()
    first.page("/a", b"", 302, Location=second.url + "/b", Set_Cookie="session=1")
    second.page("/b", "<p>x</p>", Set_Cookie="a=b")
    crawl(first.url + "/a", second.page("/c", "<p>x</p>"), first.page("/d", "<p>x</p>"))
    for line in first.log + second.log:
        assert not {"cookie", "authorization"} & line.headers.keys()


def test_a_limit_is_also_a_limit_of_requests(site: Site, crawl: Crawler) -> None:
    urls = [site.page(f"/{n}", "<p>x</p>") for n in range(9)]
    assert len(crawl(*urls, limit=4)) == 4
    assert len(site.asked()) == 4


def test_other_types_than_pages_are_told_apart(site: Site, crawl: Crawler) -> None:
    urls = [
        site.page("/a", b"%PDF-1.7 ...", Content_Type="application/pdf"),
        site.page("/b", b"Plain words, a whole line of them.", Content_Type="text/plain"),
        site.page("/c", b""),
        site.page("/d", b"\x89PNG\r\n\x1a\n\0\0\0", Content_Type="text/html"),
    ]
    found: dict[str, RawItem] = {item.locator: item for item in crawl(*urls)}
    reasons = [r.refusal.reason if (r := found[url]).refusal else r.kind for url in urls]
    assert reasons == [
        Reason.UNSUPPORTED_MEDIA_TYPE, Kind.TEXT, Reason.EMPTY_BODY, Reason.NOT_HTML,
    ]  # fmt: skip
