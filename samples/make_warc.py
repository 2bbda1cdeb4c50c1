"""Write `articles/crawl.warc.gz` from the sources in `warc_pages/`.

A crawl archive is binary, so it cannot be reviewed in a diff; its sources and this script can.
Nothing in it depends on chance, on the clock or on this machine: record ids are derived from
their position, dates are fixed, so the same sources give the same records.

    python samples/make_warc.py
"""

from __future__ import annotations

import gzip
import uuid
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HERE = Path(__file__).resolve().parent
SITE = "https://lanternbay.example/"
FIRST_CRAWL = "2026-11-10T04:00:{:02d}Z"
SECOND_CRAWL = "2026-11-17T04:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the invented server: what was asked for, and the file that came back."""

    path: str
    file: str
    status: str = "200 OK"
    media_type: str = "text/html; charset=utf-8"
    zipped: bool = False

    @property
    def url(self) -> str:
        """The address that was asked for."""
        return SITE + self.path

    def body(self) -> bytes:
        """Return the body as it went over the wire, compressed if the server compressed it."""
        content = (HERE / "warc_pages" / self.file).read_bytes()
        return gzip.compress(content, mtime=0) if self.zipped else content

    def headers(self) -> StatusAndHeaders:
        """Return the status line and headers that go with `body`."""
        fields = [("Content-Type", self.media_type), ("Content-Length", str(len(self.body())))]
        if self.zipped:
            fields.append(("Content-Encoding", "gzip"))
        return StatusAndHeaders(self.status, fields, protocol="HTTP/1.1")


ANSWERS = (
    Answer(path="2026-10-14-fog-horn", file="fog-horn.html"),
    Answer(path="2026-10-20-ice-house", file="ice-house.html", zipped=True),
    Answer(path="2026-11-02-map-error", file="map-error.html"),
    Answer(path="2026-11-09-net-menders", file="net-menders.html"),
    Answer(path="2026-11-01-no-such-page", file="not-found.html", status="404 Not Found"),
    Answer(path="images/lantern-head.png", file="lantern-head.png", media_type="image/png"),
)


def record_id(name: str) -> str:
    """Name a record for good: the same name gives the same id."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, SITE + 'record/' + name)}>"


def write_crawl(target: Path) -> None:
    """Write the whole crawl: its description, a request, the answers, a second visit."""
    with target.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        fields = b"software: a script of the samples\r\nformat: WARC File Format 1.1\r\n"
        writer.write_record(
            writer.create_warc_record(
                "",
                "warcinfo",
                payload=BytesIO(fields),
                length=len(fields),
                warc_content_type="application/warc-fields",
                warc_headers_dict={
                    "WARC-Record-ID": record_id("info"),
                    "WARC-Date": FIRST_CRAWL.format(0),
                },
            )
        )
        digests = []
        for second, answer in enumerate(ANSWERS, start=1):
            stamp = {"WARC-Date": FIRST_CRAWL.format(second)}
            response = _response(writer, answer, stamp)
            writer.write_record(response)
            digests.append(response.rec_headers.get_header("WARC-Payload-Digest"))
            if second == 1:
                writer.write_record(_request(writer, answer, stamp))
        writer.write_record(_revisit(writer, ANSWERS[0], digests[0]))


def _response(writer: WARCWriter, answer: Answer, stamp: dict[str, str]) -> ArcWarcRecord:
    return writer.create_warc_record(
        answer.url,
        "response",
        payload=BytesIO(answer.body()),
        http_headers=answer.headers(),
        warc_headers_dict={"WARC-Record-ID": record_id(answer.path), **stamp},
    )


def _request(writer: WARCWriter, answer: Answer, stamp: dict[str, str]) -> ArcWarcRecord:
    return writer.create_warc_record(
        answer.url,
        "request",
        payload=BytesIO(b""),
        length=0,
        http_headers=StatusAndHeaders(
            f"GET /{answer.path} HTTP/1.1", [("Host", "lanternbay.example")], is_http_request=True
        ),
        warc_headers_dict={
            "WARC-Record-ID": record_id("request/" + answer.path),
            "WARC-Concurrent-To": record_id(answer.path),
            **stamp,
        },
    )


def _revisit(writer: WARCWriter, answer: Answer, digest: str) -> ArcWarcRecord:
    return writer.create_revisit_record(
        answer.url,
        digest,
        answer.url,
        FIRST_CRAWL.format(1),
        http_headers=answer.headers(),
        warc_headers_dict={
            "WARC-Record-ID": record_id("revisit/" + answer.path),
            "WARC-Refers-To": record_id(answer.path),
            "WARC-Date": SECOND_CRAWL,
        },
    )


if __name__ == "__main__":
    write_crawl(HERE / "articles" / "crawl.warc.gz")
