"""Decide the site's name, address, section, tags and picture of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tasks.extraction.metadata.structured import (
    Json,
    Node,
    Structured,
    absolute,
    listed,
    one_line,
    types_of,
)

_MAX_NAME_CHARS = 80
_MAX_TAGS = 50
_LANGUAGE = re.compile(r"^([A-Za-z]{2})(?:[-_].*)?$")
_PUBLISHERS = frozenset({"NewsMediaOrganization", "WebSite", "Organization"})


def site_name_of(structured: Structured) -> str | None:
    """Name the site as it shows itself, or None."""
    claims = [text for _, text in structured.meta("og:site_name")]
    if structured.article is not None:
        claims += [_name(p) for p in listed(structured.article.get("publisher"))]
    for kind in ("WebSite", "NewsMediaOrganization"):
        claims += [_name(n) for n in structured.nodes if kind in types_of(n)]
    claims += [
        text for _, text in structured.meta("application-name", "apple-mobile-web-app-title")
    ]
    for claim in claims:
        if 1 < len(claim) <= _MAX_NAME_CHARS and not claim.startswith(("http:", "https:", "@")):
            return claim
    return None


def host_label(url: str | None) -> str | None:
    """Return the telling label of a host (`example` of www.example.co.uk), or None."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    labels = host.removeprefix("www.").removeprefix("m.").removeprefix("amp.").split(".")
    return max(labels[:-1], key=len) if len(labels) > 1 else None


def canonical_url_of(structured: Structured, *, url: str | None) -> str | None:
    """Resolve the address that the page wants to be known by; not yet judged plausible."""
    claims = [structured.canonical, *(text for _, text in structured.meta("og:url"))]
    if structured.article is not None:
        for page in listed(structured.article.get("mainEntityOfPage")):
            claim = page.get("@id") if isinstance(page, dict) else page
            claims.append(claim if isinstance(claim, str) else None)
    for claim in claims:
        if resolved := absolute(claim, structured=structured, url=url):
            return resolved
    return None


def declared_language(structured: Structured) -> str | None:
    """Return the ISO 639-1 code that the page declares, or None."""
    claims = [structured.language or ""]
    claims += [text for _, text in structured.meta("content-language", "og:locale", "language")]
    if structured.article is not None:
        claims.append(one_line(structured.article.get("inLanguage")))
    for claim in claims:
        if match := _LANGUAGE.match(claim.strip()):
            return match[1].lower()
    return None


def section_of(structured: Structured) -> str | None:
    """Return the section that structured data or meta name, or None."""
    claims: list[str] = []
    if structured.article is not None:
        claims += [one_line(s) for s in listed(structured.article.get("articleSection"))]
    claims += [text for _, text in structured.meta("article:section", "section", "parsely-section")]
    return next((c for c in claims if c and len(c) <= _MAX_NAME_CHARS), None)


def tags_of(structured: Structured) -> tuple[str, ...]:
    """List tags that structured data or meta name, in order, each once."""
    raw = [text for _, text in structured.meta("article:tag", "og:article:tag", "parsely-tags")]
    if structured.article is not None:
        raw += [one_line(k) for k in listed(structured.article.get("keywords"))]
    raw += [text for _, text in structured.meta("news_keywords", "keywords")]
    seen: dict[str, str] = {}
    for claim in raw:
        for tag in claim.split(","):
            name = tag.strip().strip("\"'")
            if name and len(name) <= _MAX_NAME_CHARS:
                seen.setdefault(name.casefold(), name)
    return tuple(seen.values())[:_MAX_TAGS]


def image_of(structured: Structured, *, url: str | None) -> str | None:
    """Return the address of the picture that stands for the page, or None."""
    claims = [
        text for _, text in structured.meta("og:image", "og:image:secure_url", "twitter:image")
    ]
    if structured.article is not None:
        for image in listed(structured.article.get("image")):
            claim = image.get("url") if isinstance(image, dict) else image
            claims += [c for c in listed(claim) if isinstance(c, str)]
    for claim in claims:
        if resolved := absolute(claim, structured=structured, url=url):
            return resolved
    return None


def _name(value: Json | Node) -> str:
    return one_line(value.get("name") if isinstance(value, Mapping) else value)
