"""Write what was fetched as a WARC 1.1, for other archives and for those who check our work.

Bodies are kept decoded, so headers that tell of their travel are renamed (`X-Archive-Orig-...`) and
the length is that of what is written; everything else stands as it came. The answers before the
last one are kept as they travelled, but for chunks.
https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

from tasks import shards
from tasks.answers import answer_shards
from tasks.model import Reason
from tasks.records import Record

_TRAVEL = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_CHUNKS = frozenset({"transfer-encoding"})
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/"
_COLUMNS = ("document_id", "url", "payload", "payload_sha256", "fetched_at", "http_status",
            "http_headers", "http_earlier", "reason")  # fmt: skip


def responses_in(folders: Iterable[Path]) -> Iterator[Record]:
    """Yield what was answered and is kept in some folders of raw/, oldest folder first.

    In each come the answers that are no document's (robots.txt, feeds, sitemaps) before documents.
    """
    for folder in folders:
        for path in [*answer_shards(folder), *sorted(folder.glob("*.parquet"))]:
            for record in shards.read(str(path), columns=list(_COLUMNS)):
                if _is_answered(record) or record.get("http_earlier"):
                    yield record


def _is_answered(record: Record) -> bool:
    return record["http_status"] is not None and record["url"] is not None


def write_warc(file: BinaryIO, responses: Iterable[Record], *, software: str) -> int:
    """Write responses, each record a gzip member of its own; return how many there were.

    Before that of a document stand the redirects and the errors that led to it, in their order.
    A response whose body was not sent again (304), or is kept elsewhere, is a `revisit`; one whose
    body was not kept (an error page), or was erased for good, is marked as truncated.
    """
    about = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    info = {"WARC-Type": "warcinfo", "Content-Type": "application/warc-fields"}
    file.write(_record(info, uuid.uuid4(), datetime.now(UTC), about))
    count = 0
    for document in responses:
        records = [*_earlier(document), *([_response(document)] if _is_answered(document) else [])]
        file.write(b"".join(records))
        count += len(records)
    return count


def _earlier(document: Record) -> Iterator[bytes]:
    whole = uuid.UUID(document["document_id"])
    for number, answer in enumerate(json.loads(document.get("http_earlier") or "[]")):
        kept = answer["body"]
        body = base64.b64decode(kept or "")
        lines = [f"HTTP/1.1 {answer['status']} {_one_line(answer['phrase'])}".rstrip()]
        lines += [_header(name, value, _CHUNKS) for name, value in answer["headers"]]
        head = "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")
        named = {
            "WARC-Type": "response",
            "WARC-Target-URI": answer["url"],
            "Content-Type": "application/http;msgtype=response",
            **({"WARC-Truncated": "length"} if kept is None else {}),
        }
        at = datetime.fromisoformat(answer["fetched_at"])
        yield _record(named, uuid.uuid5(whole, str(number)), at, head + body)


def _response(response: Record) -> bytes:
    payload: bytes | None = response["payload"]
    head = _http_head(response["http_status"], response["http_headers"], payload)
    named = {
        "WARC-Type": "response",
        "WARC-Target-URI": response["url"],
        "Content-Type": "application/http;msgtype=response",
    }
    if payload is not None:
        named["WARC-Payload-Digest"] = _digest(payload)
    elif response["payload_sha256"] is not None and response["reason"] != Reason.WITHDRAWN:
        unsent = response["http_status"] == HTTPStatus.NOT_MODIFIED
        profile = "server-not-modified" if unsent else "identical-payload-digest"
        named |= {"WARC-Type": "revisit", "WARC-Profile": _REVISIT + profile}
        raw = bytes.fromhex(response["payload_sha256"])
        named["WARC-Payload-Digest"] = f"sha256:{base64.b32encode(raw).decode()}"
    elif response["http_status"] != HTTPStatus.NOT_MODIFIED:
        named["WARC-Truncated"] = "unspecified"
    ident = uuid.UUID(response["document_id"])
    return _record(named, ident, response["fetched_at"], head + (payload or b""))


def _http_head(status: int, headers: str | None, payload: bytes | None) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {status} {phrase}".rstrip()]
    lines += [_header(name, value, _TRAVEL) for name, value in json.loads(headers or "[]")]
    if payload is not None:
        lines.append(f"Content-Length: {len(payload)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")


def _header(name: str, value: str, renamed: frozenset[str]) -> str:
    shown = f"X-Archive-Orig-{name}" if name.lower() in renamed else name
    return f"{shown}: {_one_line(value)}"


def _record(named: dict[str, Any], ident: uuid.UUID, at: datetime, block: bytes) -> bytes:
    lines = ["WARC/1.1", f"WARC-Type: {named.pop('WARC-Type')}"]
    lines += [f"WARC-Record-ID: <urn:uuid:{ident}>"]
    lines += [f"WARC-Date: {at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}"]
    lines += [f"{name}: {_one_line(value)}" for name, value in named.items()]
    lines += [f"WARC-Block-Digest: {_digest(block)}", f"Content-Length: {len(block)}", "", ""]
    whole = "\r\n".join(lines).encode("utf-8", "replace") + block + b"\r\n\r\n"
    return gzip.compress(whole, 6, mtime=0)


def _digest(data: bytes) -> str:
    """Name bytes as WARC tools do: SHA-1 in base 32."""
    return f"sha1:{base64.b32encode(hashlib.sha1(data).digest()).decode()}"  # noqa: S324


def _one_line(value: str) -> str:
    return " ".join(str(value).split())
