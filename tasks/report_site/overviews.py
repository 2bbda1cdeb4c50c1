"""Make the pages over everything: front page, sites, rules, finder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from tasks.report_site.contents import Contents
from tasks.report_site.shelf import Shelf, signature_of
from tasks.reporting import names
from tasks.reporting.limits import RULE_SAMPLES, SITE_ARTICLES, SITES, TREND_BATCHES
from tasks.reporting.pages.finder import finder_files, finder_page
from tasks.reporting.pages.front import front_page
from tasks.reporting.pages.rules import rule_page, rules_page
from tasks.reporting.pages.sites import site_page, sites_page
from warehouse.connect import Connection
from warehouse.report_rows import rows

Row = Mapping[str, Any]
Key = TypeVar("Key", bound=Hashable)


def make_overviews(connection: Connection, shelf: Shelf, contents: Contents) -> None:
    """Make the pages over everything, where what they say has changed."""
    judged = rows(connection, "site_checks")
    _make_front(connection, shelf, contents, judged)
    _make_sites(connection, shelf, contents, judged)
    _make_rules(connection, shelf, contents)
    _make_finder(shelf, contents)


def _make_front(
    connection: Connection, shelf: Shelf, contents: Contents, judged: Sequence[Row]
) -> None:
    waiting = rows(connection, "waiting")
    drifting = [row for row in judged if not row["success"]]
    baselines = len({row["site"] for row in judged})
    newest = contents.batches[-TREND_BATCHES:]
    held = [row for row in contents.batches if row["status"] in ("held", "partly_held")]
    shelf.make(
        names.FRONT,
        signature_of(
            contents.totals, newest, held, waiting, drifting, baselines, contents.decisions[-10:]
        ),
        lambda: front_page(
            totals=contents.totals,
            batches=contents.batches,
            waiting=waiting,
            decisions=contents.decisions,
            drifting=drifting,
            baselines=baselines,
            batch_pages=contents.batch_pages,
        ),
    )


def _make_sites(
    connection: Connection, shelf: Shelf, contents: Contents, judged: Sequence[Row]
) -> None:
    sites = rows(connection, "sites", sites=SITES)
    by_site: Callable[[Row], str | None] = lambda row: row["site"]  # noqa: E731 - a key, thrice
    batches = _grouped(rows(connection, "site_batches", batches=TREND_BATCHES), by_site)
    articles = _grouped(rows(connection, "site_articles", articles=SITE_ARTICLES), by_site)
    tallies = _grouped(rows(connection, "site_tallies"), by_site)
    checks = _grouped(judged, by_site)
    for site in sites:
        name = site["site"]
        signature = signature_of(
            site,
            batches[name],
            tallies[name],
            checks[name],
            [(row, row["document_id"] in contents.document_pages) for row in articles[name]],
            [row["batch_id"] in contents.batch_pages for row in batches[name]],
        )
        shelf.make(
            names.site_page(name),
            signature,
            partial(
                site_page,
                site,
                batches=batches[name],
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
        signature_of(sites, order, sorted(documents.items(), key=str)),
        lambda: sites_page(sites, documents, order=order),
    )


def _make_rules(connection: Connection, shelf: Shelf, contents: Contents) -> None:
    limits = contents.limits
    rules = rows(connection, "rules")
    taken: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows(connection, "rule_batches", batches=TREND_BATCHES):
        taken[row["rule"]][row["batch_id"]] = row["lines"]
    samples = _grouped(
        rows(
            connection,
            "rule_samples",
            documents=limits.documents,
            batches=limits.batches,
            samples=RULE_SAMPLES,
        ),
        lambda row: str(row["rule"]),
    )
    newest = contents.batches[-TREND_BATCHES:]
    for rule in rules:
        name = rule["rule"]
        lines = [
            (f"{row['started_at']:%Y-%m-%d %H:%M}", taken[name].get(row["batch_id"], 0))
            for row in newest
        ]
        signature = signature_of(
            rule,
            lines,
            [(row, row["document_id"] in contents.document_pages) for row in samples[name]],
        )
        shelf.make(
            names.rule_page(name),
            signature,
            partial(
                rule_page,
                rule,
                samples=samples[name],
                lines=lines,
                document_pages=contents.document_pages,
            ),
        )
    order = [row["batch_id"] for row in newest]
    documents = contents.totals["documents"]
    shelf.make(
        names.RULES,
        signature_of(rules, sorted(taken.items()), documents),
        lambda: rules_page(rules, taken, documents=documents, order=order),
    )


def _make_finder(shelf: Shelf, contents: Contents) -> None:
    documents = contents.documents
    reasons = sorted({row["reason"] for row in documents if row["reason"]})
    batches = [row["batch_id"] for row in reversed(contents.batches)]
    total = contents.totals["documents"]
    files = finder_files(documents)
    for number, data in enumerate(files):
        if shelf.wants(names.finder_data(number), signature_of(data)):
            shelf.put(names.finder_data(number), data)
    shelf.make(
        names.FINDER,
        signature_of(len(files), len(documents), total, reasons, batches[:100]),
        lambda: finder_page(documents=documents, total=total, reasons=reasons, batches=batches),
    )


def _grouped(found: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    grouped: dict[Key, list[Row]] = defaultdict(list)
    for row in found:
        grouped[key(row)].append(row)
    return grouped
