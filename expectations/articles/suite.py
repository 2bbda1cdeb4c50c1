"""The row suite as a whole: its frame, its keys, its checks.

Quarantine is for what no reader may see, hold for what can only be a defect of the line itself,
warn for what is worth counting. The rows arrive as `ROW_COLUMNS`; further columns do no harm.
"""

from __future__ import annotations

from expectations.articles.dates import DATES
from expectations.articles.fields import FIELDS
from expectations.articles.keys import KEYS
from expectations.articles.text import TEXT
from expectations.articles.title import TITLE
from expectations.check import Check

SUITE = "articles"

ROW_COLUMNS = (
    "document_id",
    "article_id",
    "locator",
    "url",
    "canonical_url",
    "site",
    "title",
    "authors",
    "published_at",
    "published_on",
    "date_source",
    "date_flag",
    "modified_at",
    "language",
    "image_url",
    "text",
    "text_sha256",
    "text_chars",
    "extractor",
    "fetched_at",
)
"""What the frame must offer, by name: one row per staged article, types as in the contract.

`authors` is VARCHAR[]; `published_at`, `modified_at` and `fetched_at` are TIMESTAMPTZ,
`published_on` DATE, `text_chars` an integer that was stored with the row.
"""

KEY_COLUMNS = ("document_id", "article_id", "locator", "text_sha256", "fetched_at")
"""Null in any row means that the audit cannot be trusted: a fault, beside the failing check."""

ROW_CHECKS: tuple[Check, ...] = KEYS + TEXT + TITLE + DATES + FIELDS
