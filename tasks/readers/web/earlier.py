"""The answers that came before the one that counts: redirects, and errors that were tried again.

They belong to the document that they led to, so that its record holds all that was answered for it,
and whoever erases the document erases them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from tasks.readers.web.client import Response

BODY_BYTES = 4_096
"""Bodies up to this size are kept: that of a redirect says in words what its head says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One such answer. `body` is still content-encoded; None where it was not kept.

    That is: too large, or a download's, which goes to a file or is not read.
    """

    url: str
    status: int
    phrase: str
    headers: tuple[tuple[str, str], ...]
    fetched_at: datetime
    body: bytes | None

    @classmethod
    def of(cls, response: Response, fetched_at: datetime, *, has_body: bool) -> Earlier:
        """Keep of a response what is kept; `has_body`: the response holds its body."""
        return cls(
            url=response.url,
            status=response.status,
            phrase=response.phrase,
            headers=response.headers,
            fetched_at=fetched_at,
            body=response.body if has_body and len(response.body) <= BODY_BYTES else None,
        )


def as_json(answers: Sequence[Earlier]) -> str | None:
    """Write answers in the order in which they came, bodies in base 64; None for none."""
    if not answers:
        return None
    facts = [
        asdict(answer)
        | {
            "fetched_at": answer.fetched_at.isoformat(),
            "body": None if answer.body is None else base64.b64encode(answer.body).decode(),
        }
        for answer in answers
    ]
    return json.dumps(facts, ensure_ascii=False)
