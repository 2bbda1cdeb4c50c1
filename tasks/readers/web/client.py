"""One request, bounded in time and bytes; nothing is followed, decoded, stored or sent unasked.

Why httpcore and not httpx on top of it: what httpx adds is what must not happen here by itself:
redirects, cookies, credentials from the address or a netrc file, proxies from the environment, and
decoding without a bound. Its timeout does not bound a slow body either: here one deadline stands
around the whole request, from the name server to the last byte.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

import certifi
import httpcore

from tasks.model import Reason
from tasks.readers.http_message import head_text
from tasks.readers.web.address import Address
from tasks.readers.web.guard import Guard, GuardedBackend
from tasks.readers.web.rules import Failure, FetchRules

_KEEP_SECONDS = 30.0
_CONNECTIONS = 64
_CUT_OFF = ("peer closed connection", "complete message body", "InvalidBodyLength")
"""What h11 and h2 say of a body that ends before its declared length or its last chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer as it came. `body` is without transfer encoding, but still content-encoded."""

    url: str
    status: int
    phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value under a name, in any case."""
        return next((value for held, value in self.headers if held.lower() == name), None)


class Client:
    """Ask addresses, keeping connections open between requests. Use as a context manager."""

    def __init__(self, rules: FetchRules) -> None:
        """Prepare the pool; nothing is connected yet."""
        self._rules = rules
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trusted(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=_KEEP_SECONDS,
            http1=True,
            http2=True,
            network_backend=GuardedBackend(Guard(rules.allow_addresses)),
        )

    async def __aenter__(self) -> Self:
        """Open the pool."""
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._pool.__aexit__(kind, error, trace)

    async def get(
        self, address: Address, headers: Mapping[str, str], *, max_bytes: int
    ) -> Response:
        """Ask an address once, whatever the status of the answer.

        Raises `Failure`: `fetch_timeout` past the deadline, `too_large` past `max_bytes` on the
        wire, `truncated_input` for a body that ends early, `blocked_url`, `unreachable`,
        `tls_error`, `protocol_error`.
        """
        seconds = self._rules.deadline_seconds
        sent = {
            "User-Agent": self._rules.user_agent,
            "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
            "Accept-Encoding": "gzip, deflate, br",
            **headers,
        }
        progress = _Progress()
        try:
            async with asyncio.timeout(seconds):
                return await self._get(address, sent, max_bytes, progress)
        except (TimeoutError, httpcore.TimeoutException):
            got = f"after {progress.bytes} bytes of the body" if progress.has_head else "in silence"
            detail = f"no end within {seconds:g} s, {got}"
            raise Failure(Reason.FETCH_TIMEOUT, detail) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise _explained(error, progress) from error

    async def download(self, address: Address, file: BinaryIO) -> Response:
        """Write the body of an answer to a file as it comes; return the answer without its body.

        There is no bound on its size, and the deadline holds for each read instead of the whole:
        an archive may take hours. Nothing is written but the body of a 2xx answer. Raises
        `Failure` as `get` does.
        """
        progress = _Progress()
        sent = {"User-Agent": self._rules.user_agent, "Accept-Encoding": "identity"}
        limit = dict.fromkeys(("connect", "read", "write", "pool"), self._rules.deadline_seconds)
        try:
            async with self._pool.stream(
                "GET", address.url, headers=list(sent.items()), extensions={"timeout": limit}
            ) as response:
                progress.has_head = True
                named = tuple(
                    (head_text(name), head_text(value)) for name, value in response.headers
                )
                async for piece in response.aiter_stream():
                    progress.bytes += len(piece)
                    if not 200 <= response.status < 300:
                        break
                    await asyncio.to_thread(file.write, piece)
        except (TimeoutError, httpcore.TimeoutException):
            detail = f"nothing more for {self._rules.deadline_seconds:g} s"
            detail += f" after {progress.bytes} bytes"
            raise Failure(Reason.FETCH_TIMEOUT, detail) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _explained(error, progress) from error
        phrase = head_text(response.extensions.get("reason_phrase", b""))
        return Response(
            url=address.url, status=response.status, phrase=phrase, headers=named, body=b""
        )

    async def _get(
        self, address: Address, headers: Mapping[str, str], max_bytes: int, progress: _Progress
    ) -> Response:
        limit = dict.fromkeys(("connect", "read", "write", "pool"), self._rules.deadline_seconds)
        async with self._pool.stream(
            "GET", address.url, headers=list(headers.items()), extensions={"timeout": limit}
        ) as response:
            progress.has_head = True
            named = tuple((head_text(name), head_text(value)) for name, value in response.headers)
            kept = bytearray()
            async for piece in response.aiter_stream():
                kept += piece
                progress.bytes = len(kept)
                if len(kept) > max_bytes:
                    raise Failure(Reason.TOO_LARGE, f"more than {max_bytes} bytes on the wire")
        phrase = response.extensions.get("reason_phrase", b"")
        return Response(
            url=address.url,
            status=response.status,
            phrase=head_text(phrase),
            headers=named,
            body=bytes(kept),
        )


@dataclass(slots=True)
class _Progress:
    """How far a request came before it failed."""

    has_head: bool = False
    bytes: int = 0


def _trusted() -> ssl.SSLContext:
    """Trust the roots that the user's environment names, else certifi's."""
    return ssl.create_default_context(
        cafile=os.environ.get("SSL_CERT_FILE") or certifi.where(),
        capath=os.environ.get("SSL_CERT_DIR"),
    )


def _explained(error: Exception, progress: _Progress) -> Failure:
    detail = " ".join(str(error).split())[:200] or type(error).__name__
    if (tls := _tls_error(error)) is not None:
        return Failure(Reason.TLS_ERROR, " ".join(str(tls).split())[:200])
    is_protocol = isinstance(error, httpcore.ProtocolError)
    if progress.has_head and (not is_protocol or any(sign in detail for sign in _CUT_OFF)):
        return Failure(Reason.TRUNCATED_INPUT, f"{progress.bytes} bytes, then: {detail}")
    if is_protocol and "disconnected" in detail:  # a kept connection that the server had closed
        return Failure(Reason.PROTOCOL_ERROR, detail, may_help=True)
    if is_protocol:
        return Failure(Reason.PROTOCOL_ERROR, detail)
    return Failure(Reason.UNREACHABLE, detail, may_help=True)


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None
