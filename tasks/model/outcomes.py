"""How a document ends: the one outcome of each, and the names of what can befall it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Stage(StrEnum):
    """A step of the line; `quarantine.stage` says where a document stopped."""

    ACQUIRE = "acquire"
    EXTRACT = "extract"
    CLEAN = "clean"
    DEDUPE = "dedupe"
    AUDIT = "audit"


class Outcome(StrEnum):
    """The one end of every document. In each batch `documents` is the sum of the six."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    HELD = "held"


class Reason(StrEnum):
    """Why a document was refused. Each has exactly one outcome: see `OUTCOME_OF`.

    `check_failed:<expectation>` is not listed: it is made from `CHECK_FAILED` and the
    expectation's name.
    """

    NO_MAIN_TEXT = "no_main_text"
    TOO_SHORT = "too_short"
    TOO_LARGE = "too_large"
    TOO_COMPLEX = "too_complex"
    PARSE_DEPTH = "parse_depth"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    CRASHED = "crashed"
    EMPTY_BODY = "empty_body"
    NOT_HTML = "not_html"
    NOT_ARTICLE = "not_article"
    LINK_LIST = "link_list"
    PLACEHOLDER_TEXT = "placeholder_text"
    REPETITION = "repetition"
    TITLE_ONLY = "title_only"
    TITLE_SUSPECT = "title_suspect"
    CONSENT_WALL = "consent_wall"
    PAYWALL = "paywall"
    LOGIN_WALL = "login_wall"
    SOFT_404 = "soft_404"
    BOT_CHALLENGE = "bot_challenge"
    JS_REQUIRED = "js_required"
    REDIRECT_PAGE = "redirect_page"
    ENCODING_SUSPECT = "encoding_suspect"
    CONTROL_CHARS = "control_chars"
    BAD_RECORD = "bad_record"
    BAD_LINE = "bad_line"
    MALFORMED_FEED = "malformed_feed"
    NOT_FEED = "not_feed"
    FORBIDDEN_XML = "forbidden_xml"
    ROBOTS_DENIED = "robots_denied"
    BLOCKED_URL = "blocked_url"
    URL_TOO_LONG = "url_too_long"
    OTHER_HOST = "other_host"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    WITHDRAWN = "withdrawn"

    UNREACHABLE = "unreachable"
    TLS_ERROR = "tls_error"
    FETCH_TIMEOUT = "fetch_timeout"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    PROTOCOL_ERROR = "protocol_error"
    HTTP_ERROR = "http_error"
    RETRY_LATER = "retry_later"
    TRUNCATED_INPUT = "truncated_input"
    BAD_FILE = "bad_file"
    UNREADABLE = "unreadable"


CHECK_FAILED = "check_failed"

_FAILED = frozenset(
    {
        Reason.UNREACHABLE,
        Reason.TLS_ERROR,
        Reason.FETCH_TIMEOUT,
        Reason.TOO_MANY_REDIRECTS,
        Reason.PROTOCOL_ERROR,
        Reason.HTTP_ERROR,
        Reason.RETRY_LATER,
        Reason.TRUNCATED_INPUT,
        Reason.BAD_FILE,
        Reason.UNREADABLE,
    }
)
OUTCOME_OF: Mapping[Reason, Outcome] = MappingProxyType(
    {r: Outcome.FAILED if r in _FAILED else Outcome.QUARANTINED for r in Reason}
)
"""Failed: we never had the whole payload. Quarantined: we have it, or were forbidden it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A document stops here, and why. `detail` is one line for a person.

    `stated_url` is the address of a page, as it states it, where it was read before the refusal.
    """

    stage: Stage
    reason: Reason
    detail: str
    stated_url: str | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome that the reason implies."""
        return OUTCOME_OF[self.reason]
