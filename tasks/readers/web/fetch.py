"""Fetch an address as a good guest: robots first, at the origin's pace, each hop judged anew."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from tasks.model import Reason
from tasks.readers.web.address import Address, Origin, parse_address
from tasks.readers.web.answers import Answers
from tasks.readers.web.client import Client, Response
from tasks.readers.web.courtesy import Courtesy
from tasks.readers.web.earlier import Earlier, as_json
from tasks.readers.web.exchange import Answer, Validators, nothing_from
from tasks.readers.web.pace import retry_after_seconds
from tasks.readers.web.robots import Robots, read_robots
from tasks.readers.web.rules import (
    LONGEST_WAIT_SECONDS,
    MAX_REDIRECTS,
    MAX_TRIES,
    Failure,
    FetchRules,
)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same request may succeed a little later."""
_WAIT_SECONDS = (1.0, 4.0)
"""Pauses before the second and the third try, each drawn out by up to as much again."""
_TELLING = frozenset({
    Reason.BLOCKED_URL, Reason.UNREACHABLE, Reason.TLS_ERROR, Reason.FETCH_TIMEOUT,
    Reason.PROTOCOL_ERROR, Reason.TRUNCATED_INPUT,
})  # fmt: skip
"""Why a robots.txt could not be had, where that says the same of every page of its origin. Other
reasons (it is too large, its gzip is broken) mean: not now, come back."""


class Fetch:
    """Fetch addresses one by one; many may be under way at once, each origin has one request."""

    def __init__(
        self,
        client: Client,
        courtesy: Courtesy,
        rules: FetchRules,
        now: Callable[[], datetime],
        answers: Answers,
    ) -> None:
        """Use a client that is open in the running event loop."""
        self._answers = answers
        self._client = client
        self._courtesy = courtesy
        self._rules = rules
        self._now = now

    async def get(
        self,
        address: Address,
        *,
        validators: Validators | None = None,
        max_bytes: int | None = None,
    ) -> Answer:
        """Return the answer to an address behind its redirects, whatever its status.

        Raises `Failure`: `robots_denied`, `too_many_redirects`, `retry_later` and all that
        `Client.get` raises. Credentials and cookies are never sent, so none cross a redirect.
        """
        bound = max_bytes or self._rules.max_bytes
        return await self._follow(address, validators, bound, asks_robots=True)

    async def download(self, address: Address, file: BinaryIO) -> Answer:
        """Write what an address holds to a file, however large; raises `Failure` as `get` does."""
        answer = await self._follow(address, None, 0, asks_robots=True, file=file)
        if 200 <= answer.response.status < 300:
            self.keep(answer)
        return answer

    def keep(self, answer: Answer, body: bytes | None = None) -> None:
        """Keep an answer that is no document's; `body`: decoded, where there is one to keep."""
        self._answers.keep(answer.item(body))

    def keep_failure(self, address: Address, failure: Failure) -> None:
        """Keep what was answered all the same, where no document tells of the failure."""
        if failure.answers is not None:
            self._answers.keep(nothing_from(address.url, self._now(), failure.answers))

    async def _follow(
        self,
        at: Address,
        validators: Validators | None,
        max_bytes: int,
        *,
        asks_robots: bool,
        file: BinaryIO | None = None,
    ) -> Answer:
        """Go from hop to hop; a `Failure` brings with it what was answered before."""
        came: list[Earlier] = []
        seen = {at.url}
        try:
            while True:
                if asks_robots:
                    await self._check_robots(at)
                known = validators if validators and validators.url == at.url else None
                response = await self._ask(at, known, max_bytes, file, came)
                target = response.header("location")
                if response.status not in _REDIRECTS or not target:
                    return Answer(response=response, came=tuple(came))
                at = _next_hop(target, at)
                if at.url in seen:
                    raise Failure(Reason.TOO_MANY_REDIRECTS, f"a circle that returns to {at.url}")
                if len(seen) > MAX_REDIRECTS:
                    detail = f"more than {MAX_REDIRECTS}, to {at.url}"
                    raise Failure(Reason.TOO_MANY_REDIRECTS, detail)
                seen.add(at.url)
        except Failure as failure:
            failure.answers = as_json(came)
            raise

    async def _ask(
        self,
        address: Address,
        validators: Validators | None,
        max_bytes: int,
        file: BinaryIO | None,
        came: list[Earlier],
    ) -> Response:
        """Ask up to three times, at the pace of the origin and as late as it wishes.

        Each answer, the one that is returned too, is added to those that `came`.
        """
        headers = validators.headers() if validators else {}
        for number in range(1, MAX_TRIES + 1):
            is_last = number == MAX_TRIES
            try:
                async with self._courtesy.turn(address.origin) as lane:
                    if file is None:
                        response = await self._client.get(address, headers, max_bytes=max_bytes)
                    else:
                        file.seek(0)
                        file.truncate()
                        response = await self._client.download(address, file)
                    came.append(Earlier.of(response, self._now(), has_body=file is None))
                    wait = self._wished(response)
                    if wait is not None:
                        lane.postpone(wait)
            except Failure as failure:
                if is_last or not failure.may_help:
                    raise
                await asyncio.sleep(_backoff(number))
                continue
            if wait is not None and (wait > LONGEST_WAIT_SECONDS or is_last):
                detail = f"answered {response.status}, come back in {wait:.0f} s"
                raise Failure(Reason.RETRY_LATER, detail)
            if response.status not in _BUSY or is_last:
                break
            if wait is None:
                await asyncio.sleep(_backoff(number))
        if response.status == 429:
            raise Failure(Reason.RETRY_LATER, f"answered 429 {MAX_TRIES} times")
        return response

    def _wished(self, response: Response) -> float | None:
        if response.status not in _BUSY:
            return None
        return retry_after_seconds(response.header("retry-after"), self._now())

    async def _check_robots(self, address: Address) -> None:
        robots = await self.robots(address.origin)
        if robots.closed is not None:
            reason, detail = robots.closed
            raise Failure(reason, detail)
        if not robots.allows(address.url):
            raise Failure(Reason.ROBOTS_DENIED, f"robots.txt of {address.origin.url} forbids it")

    def slow_down(self, origin: Origin, gap_seconds: float) -> None:
        """Keep at least this gap between requests to an origin."""
        self._courtesy.slow_down(origin, gap_seconds)

    async def robots(self, origin: Origin) -> Robots:
        """Return the rules of an origin, asked once a day at most."""
        courtesy = self._courtesy
        async with courtesy.asking.setdefault(origin, asyncio.Lock()):
            held = courtesy.fresh_robots(origin)
            if held is None:
                held = await self._ask_robots(origin)
                courtesy.set_robots(origin, held)
            return held

    async def _ask_robots(self, origin: Origin) -> Robots:
        """Ask; an origin that cannot be asked is closed for the same reason."""
        at = parse_address(f"{origin.url}/robots.txt")
        try:
            answer = await self._follow(at, None, self._rules.max_bytes, asks_robots=False)
            body = await answer.body(self._rules.max_bytes)
        except Failure as failure:
            self.keep_failure(at, failure)
            if failure.reason is Reason.TOO_MANY_REDIRECTS:  # RFC 9309, 2.3.1.2: unavailable
                return Robots.of("")
            reason = failure.reason if failure.reason in _TELLING else Reason.RETRY_LATER
            return Robots(closed=(reason, f"robots.txt: {failure.detail}"))
        self.keep(answer, body)
        return read_robots(answer.response.status, body)


def _next_hop(target: str, at: Address) -> Address:
    try:
        return parse_address(target, base=at.url)
    except Failure as failure:
        reason = Reason.PROTOCOL_ERROR if failure.reason is Reason.BAD_LINE else failure.reason
        raise Failure(reason, f"redirected by {at.url}: {failure.detail}") from None


def _backoff(number: int) -> float:
    return _WAIT_SECONDS[number - 1] * (1 + random.random())  # noqa: S311 - jitter, no secret
