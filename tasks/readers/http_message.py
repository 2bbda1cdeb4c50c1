"""A stored HTTP response: its head, and its body as a browser would have seen it.

Archives keep what travelled, and often not quite: writers undo a transfer or content encoding and
leave its header standing. So a header is believed only as far as the bytes agree, and what the
bytes show to be cut off is a failure, not a page.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass
from email.message import Message

import brotli

from tasks.model import Reason
from tasks.readers.inflate import GZIP_MAGIC, PIECE_BYTES, ZSTD_MAGIC, Damaged
from tasks.readers.sniff import PREFIX_BYTES, binary_type
from tasks.readers.streams import ByteStream

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_CONTENT_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A response as stored: `body` is still encoded as its headers say, or as they once said."""

    status: int
    phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value under a name, in any case."""
        return next((value for held, value in self.headers if held.lower() == name), None)

    @property
    def status_in_words(self) -> str:
        """Say the status, with the phrase where there is one."""
        return f"HTTP status {self.status} {self.phrase}".strip()

    @property
    def is_whole_range(self) -> bool:
        """Say whether a partial response (206) holds all there is."""
        part = _CONTENT_RANGE.match(self.header("content-range") or "")
        return part is not None and part[1] == "0" and int(part[2]) + 1 == int(part[3])


def parse_response(block: bytes) -> HttpResponse | None:
    """Split a stored response into head and body; None where it does not begin like HTTP."""
    status_line = _STATUS_LINE.match(block)
    if status_line is None:
        return None
    end = _HEAD_END.search(block, status_line.end() - 2)
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    headers: list[tuple[str, str]] = []
    for line in head_text(head[status_line.end() :]).splitlines():
        name, colon, value = line.partition(":")
        if line[:1] in {" ", "\t"} and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
        elif colon and name.strip():
            headers.append((name.strip(), value.strip()))
    return HttpResponse(
        status=int(status_line[1]),
        phrase=head_text(status_line[2] or b"").strip(),
        headers=tuple(headers),
        body=body,
    )


def content_type(header: str | None) -> tuple[str | None, str | None]:
    """Split a Content-Type into media type and charset, each None where it does not say."""
    if not header or not header.strip():
        return None, None
    message = Message()
    message["content-type"] = header.replace("\r", " ").replace("\n", " ")
    media_type = header.partition(";")[0].partition(",")[0].strip().lower()
    try:
        charset = message.get_content_charset()
    except (ValueError, LookupError):
        charset = None
    return (media_type if "/" in media_type else None), charset


def decoded_body(response: HttpResponse, max_bytes: int) -> bytes:
    """Undo transfer and content encoding.

    Raises `Damaged`: `truncated_input` where the body is shorter than its headers or its encoding
    promise, `bad_file` where an encoding is broken, `too_large`, and `unsupported_media_type`
    where nobody here knows the encoding.
    """
    body = response.body
    is_chunked = "chunked" in (response.header("transfer-encoding") or "").lower()
    chunks = _CHUNK_HEAD.match(body) if is_chunked else None
    if chunks is not None:
        body = _without_chunks(body, max_bytes)
    codings = [
        coding.strip().lower()
        for coding in (response.header("content-encoding") or "").split(",")
        if coding.strip()
    ]
    decoded, is_encoded = body, False
    for coding in reversed(codings):
        undone = _undo(coding, decoded, max_bytes)
        is_encoded = is_encoded or undone is not None
        decoded = decoded if undone is None else undone
    if chunks is None and (is_encoded or not codings):
        _check_length(response, len(body))
    if len(decoded) > max_bytes:
        raise Damaged(Reason.TOO_LARGE, f"a body of {len(decoded)} bytes")
    return decoded


def head_text(head: bytes) -> str:
    """Decode a head: UTF-8 where it is, else Latin-1, which is what HTTP/1.0 meant."""
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _check_length(response: HttpResponse, body_bytes: int) -> None:
    """Find a body that was cut off. A longer one is whole: its header is from before decoding."""
    declared = response.header("content-length") or ""
    if declared.isascii() and declared.isdigit() and int(declared[:18]) > body_bytes:
        raise Damaged(
            Reason.TRUNCATED_INPUT, f"the body has {body_bytes} of the {declared} bytes declared"
        )


def _without_chunks(body: bytes, max_bytes: int) -> bytes:
    kept, at = bytearray(), 0
    while head := _CHUNK_HEAD.match(body, at):
        size, at = int(head[1], 16), head.end()
        if size == 0:
            return bytes(kept)
        kept += body[at : at + size]
        at += size
        if at > len(body):
            break
        if body[at : at + 2] not in {b"\r\n", b""}:
            raise Damaged(Reason.BAD_FILE, f"broken chunked encoding at byte {at} of the body")
        at += 2
        if len(kept) > max_bytes:
            raise Damaged(Reason.TOO_LARGE, f"more than {max_bytes} bytes in chunks")
    if at < len(body):
        raise Damaged(Reason.BAD_FILE, f"broken chunked encoding at byte {at} of the body")
    raise Damaged(Reason.TRUNCATED_INPUT, "the chunked body ends before its last chunk")


def _undo(coding: str, body: bytes, max_bytes: int) -> bytes | None:
    """Undo one content coding; None where the body is not, or no longer, encoded so."""
    if coding in {"identity", "none"} or not body:
        return None
    if coding in {"gzip", "x-gzip"}:
        if body.startswith(GZIP_MAGIC):
            return _inflate(body, 31, max_bytes)
        _check_plain(body)
        return None
    if coding == "deflate":  # zlib's format by the standard, bare in practice from some servers
        has_head = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        return _inflate(body, 15 if has_head else -15, max_bytes)
    if coding == "br":
        return _unbrotli(body, max_bytes)
    if coding == "zstd":
        if not body.startswith(ZSTD_MAGIC):
            _check_plain(body)
            return None
        return ByteStream(io.BytesIO(body)).read_whole(max_bytes)
    if binary_type(body[:PREFIX_BYTES]) is None:
        return None
    raise Damaged(Reason.UNSUPPORTED_MEDIA_TYPE, f"content encoding {coding[:40]}")


def _check_plain(body: bytes) -> None:
    """Accept a body that is plain text although its header promises an encoding."""
    if binary_type(body[:PREFIX_BYTES]) is not None:
        raise Damaged(Reason.BAD_FILE, "the body is not encoded as its header says")


def _inflate(body: bytes, wbits: int, max_bytes: int) -> bytes | None:
    inflated = b""
    while True:
        engine = zlib.decompressobj(wbits=wbits)
        try:
            inflated += engine.decompress(body, max_bytes + 1 - len(inflated))
        except zlib.error as error:
            if wbits == 31:
                raise Damaged(Reason.BAD_FILE, f"broken gzip body: {error}") from None
            _check_plain(body)
            return None
        if len(inflated) > max_bytes:
            raise Damaged(Reason.TOO_LARGE, f"a body of more than {max_bytes} bytes")
        if not engine.eof:
            raise Damaged(Reason.TRUNCATED_INPUT, "the compressed body is cut off")
        body = engine.unused_data
        if not body.startswith(GZIP_MAGIC):  # browsers ignore what else may follow
            return inflated


def _unbrotli(body: bytes, max_bytes: int) -> bytes | None:
    engine, parts, size = brotli.Decompressor(), [], 0
    data = body
    try:
        while not engine.is_finished():
            part = engine.process(data, output_buffer_limit=PIECE_BYTES)
            data = b""
            size += len(part)
            parts.append(part)
            if size > max_bytes:
                raise Damaged(Reason.TOO_LARGE, f"a body of more than {max_bytes} bytes")
            if not part and engine.can_accept_more_data():
                raise Damaged(Reason.TRUNCATED_INPUT, "the compressed body is cut off")
    except brotli.error:
        _check_plain(body)
        return None
    return b"".join(parts)
