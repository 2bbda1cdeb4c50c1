"""An HTTP response, from an archive or from the web, judged: a page, a text, or why neither.

A page is judged by its status and by its content; the declared type decides only what the content
leaves open, because types are often missing or wrong.
"""

from __future__ import annotations

import json
from dataclasses import replace

from tasks.model import Kind, RawItem, Reason
from tasks.readers.document import is_blank
from tasks.readers.http_message import HttpResponse, content_type, decoded_body
from tasks.readers.inflate import Damaged
from tasks.readers.origin import refusal
from tasks.readers.sniff import BINARY, HTML, PREFIX_BYTES, TEXT, binary_type, sniff

HTML_TYPES = frozenset({HTML, "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
UNDECLARED_TYPES = frozenset({None, BINARY, "application/unknown", "unknown/unknown", "*/*"})
"""No type, or the ones that servers send when they do not know."""


def judge_response(blank: RawItem, response: HttpResponse, max_bytes: int) -> RawItem:
    """Fill in a blank item from a response: its body decoded, or the reason to refuse it."""
    declared, charset = content_type(response.header("content-type"))
    item = replace(
        blank,
        media_type=declared,
        charset=charset,
        http_status=response.status,
        http_headers=json.dumps(response.headers, ensure_ascii=False),
    )
    status = response.status_in_words
    is_redirect = response.status in {300, 301, 302, 303, 307, 308}
    if not is_redirect and not 200 <= response.status < 300:
        return refuse(item, Reason.HTTP_ERROR, status)
    if response.status == 206 and not response.is_whole_range:
        return refuse(item, Reason.TRUNCATED_INPUT, f"{status}: a part of the page")
    try:
        body = decoded_body(response, max_bytes)
    except Damaged as damaged:
        kept = response.body if damaged.reason is Reason.UNSUPPORTED_MEDIA_TYPE else None
        return replace(refuse(item, damaged.reason, damaged.detail), payload=kept)
    item = replace(item, payload=body)
    if is_redirect:
        place = response.header("location") or "nowhere"
        return refuse(item, Reason.REDIRECT_PAGE, f"{status}, to {place[:200]}")
    return judge_content(item, body, declared)


def judge_content(item: RawItem, body: bytes, declared: str | None) -> RawItem:
    """Tell page, text and anything else apart: by content, then by the declared type."""
    if is_blank(body):
        return refuse(item, Reason.EMPTY_BODY, f"{len(body)} bytes, none of them text")
    prefix = body[:PREFIX_BYTES]
    sniffed = sniff(prefix)
    is_page = sniffed.media_type == HTML and (
        sniffed.certain or declared in UNDECLARED_TYPES or declared in HTML_TYPES
    )
    if is_page or (declared in HTML_TYPES and sniffed.media_type == TEXT):
        return item
    if declared in HTML_TYPES:
        binary = binary_type(prefix)
        reason = Reason.UNSUPPORTED_MEDIA_TYPE if binary is None else Reason.NOT_HTML
        return refuse(item, reason, f"declared as a page, but its content is {sniffed.media_type}")
    if sniffed.media_type in {TEXT, HTML} and (declared == TEXT or declared in UNDECLARED_TYPES):
        return replace(item, kind=Kind.TEXT)
    shown = sniffed.media_type if declared in UNDECLARED_TYPES else declared
    return refuse(item, Reason.UNSUPPORTED_MEDIA_TYPE, f"{shown} holds no article")


def refuse(item: RawItem, reason: Reason, detail: str) -> RawItem:
    """Return the item with a refusal."""
    return replace(item, refusal=refusal(reason, detail))
