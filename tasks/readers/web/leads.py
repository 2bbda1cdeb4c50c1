"""What an answer leads to: the listing that it is, or those of the site whose home page it is."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.model import Reason
from tasks.readers.http_message import content_type
from tasks.readers.web.address import parse_address
from tasks.readers.web.discovery import feeds_of, sitemaps_of
from tasks.readers.web.exchange import Answer
from tasks.readers.web.fetch import Fetch
from tasks.readers.web.listed import Listed, Listing
from tasks.readers.web.listings import (
    is_plain_sitemap,
    listing_kind,
    read_listing,
    read_plain_sitemap,
    unpacked,
)
from tasks.readers.web.rules import LISTING_BYTES, Failure, Role
from tasks.readers.web.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A listing that was read: asked as what, with which answer. A home page lists what it has."""

    target: Target
    answer: Answer
    listing: Listing


async def leads_in(
    fetch: Fetch, target: Target, answer: Answer, body: bytes, *, max_bytes: int
) -> list[Lead]:
    """Read a body as a listing; nothing where it is none, and was asked as anything else too.

    The last one is the answer itself. Before it stands what had to be asked for to know what it
    leads to: the sitemap of convention of a home page. Raises `Failure`.
    """
    body = unpacked(body, max_bytes)
    media_type, charset = content_type(answer.response.header("content-type"))
    url = answer.response.url
    if listing_kind(body, charset) is not None:
        return [Lead(target=target, answer=answer, listing=read_listing(body, url, charset))]
    if target.role is Role.SITEMAP and is_plain_sitemap(body):
        return [Lead(target=target, answer=answer, listing=read_plain_sitemap(body))]
    if target.wants_site:
        return await _leads_of_site(fetch, target, answer, feeds_of(body, url, charset))
    if target.role in {Role.FEED, Role.SITEMAP}:
        shown = media_type or "nothing that it names"
        raise Failure(Reason.NOT_FEED, f"neither a feed nor a sitemap, but {shown}")
    return []


async def _leads_of_site(
    fetch: Fetch, target: Target, answer: Answer, feeds: list[Listed]
) -> list[Lead]:
    """Add the sitemaps of its robots.txt or of convention to the feeds of a home page."""
    url = answer.response.url
    robots = await fetch.robots(parse_address(url).origin)
    sitemaps = sitemaps_of(robots.sitemaps, url)
    guessed = None
    if not feeds and not robots.sitemaps:
        guessed = await _guessed(fetch, target, sitemaps.pop().url)
        if guessed is not None:
            sitemaps.append(Listed(url=guessed.target.address.url, role=Role.SITEMAP))
    site = Listing(kind=Role.SITE, entries=[*feeds, *sitemaps])
    itself = Lead(target=target, answer=answer, listing=site)
    return [itself] if guessed is None else [guessed, itself]


async def _guessed(fetch: Fetch, home: Target, url: str) -> Lead | None:
    """Ask for the sitemap of convention at once: without one, the page stands for itself."""
    guess = parse_address(url)
    try:
        answer = await fetch.get(guess, max_bytes=LISTING_BYTES)
        whole = await answer.body(LISTING_BYTES)
    except Failure as failure:
        fetch.keep_failure(guess, failure)
        return None
    fetch.keep(answer, whole)
    try:
        body = unpacked(whole, LISTING_BYTES)
    except Failure:
        return None
    if not 200 <= answer.response.status < 300 or listing_kind(body) is not Role.SITEMAP:
        return None
    inner = Target(address=guess, role=Role.SITEMAP, depth=1, sites=(home.address.site,))
    return Lead(target=inner, answer=answer, listing=read_listing(body, answer.response.url))
