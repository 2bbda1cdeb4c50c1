"""Where each page lies in the site. Links and files are made from the same functions."""

from __future__ import annotations

import re

from tasks.model import short_hash

FRONT = "index.html"
BATCHES = "batches.html"
SITES = "sites.html"
RULES = "rules.html"
FINDER = "find.html"
STYLE = "assets/report.css"
SCRIPT = "assets/report.js"
ASSETS = ((STYLE, "report.css"), (SCRIPT, "report.js"))
"""The files that all pages share: where each lies in a site, and its name in the package."""
REPLAY = "replay/index.html"

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}")
_NO_SITE = "_none"


def batch_page(batch_id: str) -> str:
    """Return the page of a batch; batch ids are made of letters, digits, dot, dash, underscore."""
    return f"batches/{batch_id}.html"


def document_page(batch_id: str, document_id: str) -> str:
    """Return the page of a document: one folder a batch, so that old ones go as a whole."""
    return f"{documents_folder(batch_id)}/{document_id}.html"


def documents_folder(batch_id: str) -> str:
    """Return the folder of the pages of a batch's documents."""
    return f"documents/{batch_id}"


def site_page(site: str | None) -> str:
    """Return the page of a site; a configured name may hold anything, so it may become a hash."""
    return f"sites/{_NO_SITE if site is None else _slug(site)}.html"


def rule_page(rule: str) -> str:
    """Return the page of a rule."""
    return f"rules/{_slug(rule.replace(':', '-'))}.html"


def finder_data(number: int) -> str:
    """Return a data file of the finder."""
    return f"data/find-{number:03}.js"


def up(page: str) -> str:
    """Return what leads from a page back to the root of the site."""
    return "../" * page.count("/")


def _slug(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"x-{short_hash(name)[:16]}"
