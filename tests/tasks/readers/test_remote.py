"""Object stores: an S3 of our own on loopback, and every way not to reach one."""

from __future__ import annotations

import gzip
import sys
import urllib.request
from collections.abc import Callable, Iterator

import fsspec
import pytest

from tasks.errors import SourceUnavailable
from tasks.model import RawItem, Reason

Take = Callable[..., list[RawItem]]
_LINES = b'{"text": "one long line"}\n{"text": "another"}\n'
_SIGNED = "AWS4-HMAC-SHA256 Credential=desk/20260101/us-east-1/s3/aws4_request, Signature=x"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, page: bytes) -> Iterator[str]:
    """A bucket with a page, packed records and a hidden file; its server's address."""
    moto = pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "desk",
        "AWS_SECRET_ACCESS_KEY": "desk",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    objects = {"a.html": page, "b.jsonl.gz": gzip.compress(_LINES), ".hidden": b"x"}
    for path, body in {"": b"", **{f"/in/{k}": v for k, v in objects.items()}}.items():
        headers = {"Content-Type": "text/html", "Authorization": _SIGNED}
        request = urllib.request.Request(f"{url}/desk{path}", body, headers, method="PUT")
        urllib.request.urlopen(request, timeout=30).read()
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    yield url
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    server.stop()


def test_a_bucket_is_read_like_a_folder(store: str, take: Take, page: bytes) -> None:
    items = take("s3://desk/in")
    lines = [f"s3://desk/in/b.jsonl.gz#{n}" for n in (1, 2)]
    assert [item.locator for item in items] == ["s3://desk/in/a.html", *lines]
    assert items[0].payload == page
    assert [item.locator for item in take("s3://desk/in/*.gz")] == lines
    assert [item.locator for item in take("s3://desk/in/a.html")] == ["s3://desk/in/a.html"]


@pytest.mark.parametrize("locator", ["s3://desk/nothing", "s3://no-such-bucket/in", "s3://"])
def test_what_is_not_there_is_one_line(store: str, take: Take, locator: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        take(locator)
    assert caught.value.reason is Reason.UNREACHABLE
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("AWS_ENDPOINT_URL", "http://127.0.0.1:9", "connect"), ("AWS_ACCESS_KEY_ID", "", "redential")],
)
def test_a_store_that_cannot_be_reached_is_one_line_with_what_to_do(
    store: str, take: Take, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SourceUnavailable, match=said) as caught:
        take("s3://desk/in")
    assert "check the address, and the credentials" in str(caught.value)


def test_a_missing_driver_is_one_line_with_the_remedy(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    with pytest.raises(SourceUnavailable) as caught:
        take("s3://desk/in")
    assert "pip install 'copydesk[s3]'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_scheme_that_nobody_reads_is_one_line(take: Take) -> None:
    with pytest.raises(SourceUnavailable, match="no reader for gopher:// addresses"):
        take("gopher://example.org/1")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_chain_of_drivers_reaches_the_web_past_the_guard(take: Take, scheme: str) -> None:
    """fsspec would ask it with a client of its own: no robots, no pace, no address guard."""
    with pytest.raises(SourceUnavailable, match=f"no reader for {scheme}:// addresses"):
        take(f"zip://*.html::{scheme}://127.0.0.1:9/pages.zip")
