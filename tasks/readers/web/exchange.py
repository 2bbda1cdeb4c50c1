"""What goes to and fro: what a request says of the copy that is known, and what was answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.model import Kind, RawItem, Reason
from tasks.readers.http_message import HttpResponse, content_type, decoded_body
from tasks.readers.inflate import Damaged
from tasks.readers.web.client import Response
from tasks.readers.web.earlier import Earlier, as_json
from tasks.readers.web.rules import Failure

_LARGE_BODY = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What lets a server say that nothing changed, for the URL that gave it."""

    url: str
    etag: str | None
    last_modified: str | None

    def headers(self) -> Mapping[str, str]:
        """Return the headers of a conditional request."""
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The last response of a chain, and what is kept of all that came, the last one too."""

    response: Response
    came: tuple[Earlier, ...]

    @property
    def fetched_at(self) -> datetime:
        """When the last response came."""
        return self.came[-1].fetched_at

    @property
    def earlier(self) -> tuple[Earlier, ...]:
        """Return what came before the last response."""
        return self.came[:-1]

    @property
    def message(self) -> HttpResponse:
        """Return the response as archives keep it; its transfer encoding is undone already.

        A length that is stated beside such an encoding is void (RFC 9112, 6.3).
        """
        of_travel = {"transfer-encoding"}
        if self.response.header("transfer-encoding") is not None:
            of_travel.add("content-length")
        return HttpResponse(
            status=self.response.status,
            phrase=self.response.phrase,
            headers=tuple((n, v) for n, v in self.response.headers if n.lower() not in of_travel),
            body=self.response.body,
        )

    async def body(self, max_bytes: int) -> bytes:
        """Return the body decoded; raises `Failure` for a broken or boundless encoding."""
        try:
            if len(self.response.body) > _LARGE_BODY:
                return await asyncio.to_thread(decoded_body, self.message, max_bytes)
            return decoded_body(self.message, max_bytes)
        except Damaged as damaged:
            raise self.failure(damaged.reason, damaged.detail) from None

    def item(self, body: bytes | None) -> RawItem:
        """Return what is kept of an answer that is no document's; `body`: decoded, if it has one.

        Of one that gave nothing (a 404) that is what came, as with a document that failed.
        """
        is_whole = self.response.status == 304 or 200 <= self.response.status < 300
        if not is_whole:
            return nothing_from(self.response.url, self.fetched_at, as_json(self.came))
        media_type, charset = content_type(self.response.header("content-type"))
        return replace(
            nothing_from(self.response.url, self.fetched_at, as_json(self.earlier)),
            payload=None if self.response.status == 304 else body,
            media_type=media_type,
            charset=charset,
            url=self.response.url,
            http_status=self.response.status,
            http_headers=json.dumps(self.message.headers, ensure_ascii=False),
        )

    def failure(self, reason: Reason, detail: str) -> Failure:
        """Return why this answer gives nothing; it brings with it all that was answered."""
        failure = Failure(reason, detail)
        failure.answers = as_json(self.came)
        return failure


def nothing_from(url: str, at: datetime, came: str | None) -> RawItem:
    """Begin what is kept of an address with what came from it, as JSON."""
    return RawItem(
        locator=url, place=url, kind=Kind.TEXT, payload=None, fetched_at=at, http_earlier=came
    )
