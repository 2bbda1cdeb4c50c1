"""Make the pages over everything: front page, sites, rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from tasks.report_site.contents import Contents
from tasks.report_site.shelf import Shelf, signature_of
from tasks.reporting import names
from tasks.reporting.limits import (
    RULE_SAMPLES,
    SAMPLE_DOCUMENTS,
    SITE_ARTICLES,
    SITES,
    TREND_BATCHES,
)
from tasks.reporting.pages.front import front_page
from tasks.reporting.pages.rules import rule_page, rules_page
from tasks.reporting.pages.sites import site_page, sites_page
from warehouse.connect import Connection
from warehouse.report_rows import rows

Row = Mapping[str, Any]
Key = TypeVar("Key", bound=Hashable)

_NO_SHARES = dict.fromkeys(("share_title", "share_date", "share_author"))
_NO_ARTICLES = {
    "articles": 0,
    "quarantined": 0,
    **_NO_SHARES,
    **dict.fromkeys(
        (
            "site_name",
            "first_seen_at",
            "last_seen_at",
            "share_language",
            "share_section",
            "share_image",
            "median_chars",
        )
    ),
}
"""What the page of a site says of its articles where none is published."""


def make_overviews(connection: Connection, shelf: Shelf, contents: Contents) -> None:
    """Make the pages over everything, where what they say has changed."""
    judged = rows(connection, "site_checks")
    taken = rows(connection, "rule_sites")
    _make_front(connection, shelf, contents, judged)
    _make_sites(connection, shelf, contents, judged, taken)
    _make_rules(connection, shelf, contents, taken)


def _make_front(
    connection: Connection, shelf: Shelf, contents: Contents, judged: Sequence[Row]
) -> None:
    waiting = rows(connection, "waiting")
    failing = rows(connection, "failing")
    drifting = [row for row in judged if not row["success"]]
    baselines = len({row["site"] for row in judged})
    trend = [row for row in contents.batches if row["documents"]][-TREND_BATCHES:]
    shares = {
        row["batch_id"]: row
        for row in rows(connection, "batch_shares", batch_ids=[row["batch_id"] for row in trend])
    }
    held = [row for row in contents.batches if row["status"] in ("held", "partly_held")]
    last = contents.batches[-TREND_BATCHES:]
    shelf.make(
        names.FRONT,
        signature_of(
            contents.totals,
            [row["signature"] for row in trend],
            sorted(shares.items()),
            [row["signature"] for row in last],
            [row["signature"] for row in held],
            waiting,
            failing,
            drifting,
            baselines,
            contents.decisions[-10:],
        ),
        lambda: front_page(
            totals=contents.totals,
            batches=last,
            held=held,
            trend=[{**row, **shares.get(row["batch_id"], _NO_SHARES)} for row in trend],
            waiting=waiting,
            decisions=contents.decisions,
            failing=failing,
            drifting=drifting,
            baselines=baselines,
            batch_pages=contents.batch_pages,
        ),
    )


def _make_sites(
    connection: Connection,
    shelf: Shelf,
    contents: Contents,
    judged: Sequence[Row],
    taken: Sequence[Row],
) -> None:
    batches = _grouped(
        rows(connection, "site_batches", sites=SITES, batches=TREND_BATCHES), _by_site
    )
    facts = {row["site"]: row for row in rows(connection, "sites")}
    articles = _grouped(rows(connection, "site_articles", articles=SITE_ARTICLES), _by_site)
    tallies = _grouped(rows(connection, "site_tallies"), _by_site)
    for row in taken:
        tallies[row["site"]].append({"what": "rule", "name": row["rule"], "times": row["lines"]})
    checks = _grouped(judged, _by_site)
    sites = []
    for name, listed in batches.items():
        site = {**_NO_ARTICLES, **facts.get(name, {}), "site": name}
        site |= {
            key: listed[0][f"site_{key}"] for key in ("documents", "refused", "failed", "held")
        }
        sites.append(site)
        shelf.make(
            names.site_page(name),
            signature_of(
                site,
                [(row["batch_id"], row["signature"]) for row in listed],
                tallies[name],
                checks[name],
                [(row, row["document_id"] in contents.document_pages) for row in articles[name]],
                [row["batch_id"] in contents.batch_pages for row in listed],
            ),
            partial(
                site_page,
                site,
                batches=listed,
                articles=articles[name],
                tallies=tallies[name],
                checks=checks[name],
                batch_pages=contents.batch_pages,
                document_pages=contents.document_pages,
            ),
        )
    order = [row["batch_id"] for row in contents.batches[-TREND_BATCHES:]]
    documents = {
        name: {row["batch_id"]: row["documents"] for row in found}
        for name, found in batches.items()
    }
    shelf.make(
        names.SITES,
        signature_of(sites, order, documents),
        lambda: sites_page(sites, documents, order=order),
    )


def _make_rules(
    connection: Connection, shelf: Shelf, contents: Contents, at_sites: Sequence[Row]
) -> None:
    newest = contents.batches[-TREND_BATCHES:]
    order = [row["batch_id"] for row in newest]
    sites = Counter(row["rule"] for row in at_sites)
    rules = [{**rule, "sites": sites[rule["rule"]]} for rule in rows(connection, "rules")]
    taken: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows(connection, "rule_batches", batch_ids=order):
        taken[row["rule"]][row["batch_id"]] = row["lines"]
    since = contents.documents - SAMPLE_DOCUMENTS
    samples = _grouped(
        rows(connection, "rule_samples", since=since, samples=RULE_SAMPLES),
        lambda row: str(row["rule"]),
    )
    total = contents.documents
    for rule in rules:
        name = rule["rule"]
        lines = [
            (f"{row['started_at']:%Y-%m-%d %H:%M}", taken[name].get(row["batch_id"], 0))
            for row in newest
        ]
        shelf.make(
            names.rule_page(name),
            signature_of(
                rule,
                total,
                lines,
                [(row, row["document_id"] in contents.document_pages) for row in samples[name]],
            ),
            partial(
                rule_page,
                rule,
                total=total,
                samples=samples[name],
                lines=lines,
                document_pages=contents.document_pages,
            ),
        )
    shelf.make(
        names.RULES,
        signature_of(rules, sorted(taken.items()), total, order),
        lambda: rules_page(rules, taken, total=total, order=order),
    )


def _by_site(row: Row) -> str | None:
    site: str | None = row["site"]
    return site


def _grouped(found: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    grouped: dict[Key, list[Row]] = defaultdict(list)
    for row in found:
        grouped[key(row)].append(row)
    return grouped
