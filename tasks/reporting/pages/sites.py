"""The list of sites, and the page of one: trends, completeness, latest articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tasks.reporting import charts, names, trends
from tasks.reporting.limits import SITES
from tasks.reporting.page import render
from tasks.reporting.trends import Row

_COMPLETENESS = (
    ("title", "share_title"),
    ("date", "share_date"),
    ("author", "share_author"),
    ("language", "share_language"),
    ("section", "share_section"),
    ("image", "share_image"),
)
_TALLIES = (
    ("Languages", "language"),
    ("Refused or failed for", "reason"),
    ("Rules that took lines", "rule"),
)
_TALLY_ROWS = 15


def sites_page(
    sites: Sequence[Row], documents: Mapping[str | None, Mapping[str, int]], *, order: Sequence[str]
) -> str:
    """Return the list of sites. `documents`: site -> batch -> count; `order`: oldest first."""
    rows = [
        {
            **site,
            "share_refused": site["refused"] / site["documents"],
            "spark": charts.spark(
                [documents.get(site["site"], {}).get(batch, 0) for batch in order[-30:]],
                name="documents in the last batches",
            ),
        }
        for site in sites
    ]
    return render("sites.html.j2", page=names.SITES, rows=rows, capped=len(rows) >= SITES)


def site_page(
    site: Row,
    *,
    batches: Sequence[Row],
    articles: Sequence[Row],
    tallies: Sequence[Row],
    checks: Sequence[Row],
    batch_pages: Collection[str],
    document_pages: Collection[str],
) -> str:
    """Return the page of a site. `checks`: how it compared with its past the last time."""
    return render(
        "site.html.j2",
        page=names.site_page(site["site"]),
        site=site,
        batches=batches,
        volume=trends.volume(batches),
        shares=trends.shares(batches),
        completeness=[(label, site[column]) for label, column in _COMPLETENESS],
        tallies=[
            (heading, what, [row for row in tallies if row["what"] == what][:_TALLY_ROWS])
            for heading, what in _TALLIES
        ],
        checks=checks,
        articles=[{**row, "locator": row["url"] or row["document_id"]} for row in articles],
        batch_pages=batch_pages,
        document_pages=document_pages,
    )
