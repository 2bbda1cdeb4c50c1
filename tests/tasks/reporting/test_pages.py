"""Pages stay small and say what they left out, whatever they are made of."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tasks.model import Outcome, RemovedLine
from tasks.reporting import names
from tasks.reporting.limits import BATCH_DOCUMENTS, BATCH_SITES, FINDER_ROWS, SITES
from tasks.reporting.pages.batches import BatchFacts, batch_page, batches_page
from tasks.reporting.pages.documents import DocumentFacts, RawPage, document_page
from tasks.reporting.pages.finder import finder_data
from tasks.reporting.pages.sites import sites_page

_LARGEST = 1_000_000
_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
_ID = "0123456789abcdef" * 2


def _document(**facts: Any) -> dict[str, Any]:
    document: dict[str, Any] = dict.fromkeys(
        (
            "reason", "detail", "given_url", "http_status", "charset", "stage", "title", "url",
            "canonical_url", "site_name", "authors", "published_at", "published_on", "date_source",
            "date_flag", "modified_at", "language", "section", "tags", "image_url", "text",
            "text_chars", "text_words", "extractor", "first_seen_at", "last_seen_at", "revision",
            "article_id", "media_type", "site", "state",
        )
    )  # fmt: skip
    document |= {
        "document_id": _ID, "batch_id": "b", "locator": "/data/a.html", "payload_sha256": "f" * 64,
        "payload_bytes": 10, "fetched_at": _AT, "outcome": "published", "kind": "html",
        "rules_version": "1", "shard_path": "raw/b/0.parquet",
    }  # fmt: skip
    return document | facts


def _batch(**facts: Any) -> dict[str, Any]:
    batch: dict[str, Any] = dict.fromkeys(Outcome, 3)
    batch |= {
        "batch_id": "b", "status": "published", "started_at": _AT, "finished_at": _AT, "why": None,
        "documents": 18, "new_documents": 15, "checks": 0, "checks_failed": 0,
    }  # fmt: skip
    return batch | facts


def _page(facts: DocumentFacts) -> str:
    return document_page(facts, batch_pages=(), document_pages=())


@pytest.mark.parametrize("filling", ["&", "<", "ж", "text "])
def test_a_document_page_stays_small_whatever_it_holds(filling: str) -> None:
    paragraphs = "\n".join([filling * 1000] * 2000)
    document = _document(
        text=paragraphs, title=filling * 10_000, locator="/" + filling * 9_000,
        detail=filling * 9_000, authors=[filling * 100] * 1000, tags=[filling * 100] * 1000,
        url="https://example.org/" + filling * 9_000,
    )  # fmt: skip
    page = _page(
        DocumentFacts(
            document=document,
            removed=[
                RemovedLine(line_no=n, text=filling * 900, rule="byline") for n in range(9_000)
            ],
            raw=RawPage(lines=paragraphs.splitlines(), cut_bytes=400_000),
        )
    )
    assert len(page.encode()) < _LARGEST
    assert "more lines do not fit on this page" in page
    assert "more do not fit on this page" in page
    assert "Only the first 400.0 kB" in page


def test_a_batch_page_stays_small_whatever_it_holds() -> None:
    words = "проверка & <b>" * 30
    row = {"batch_id": "b", "site": words, "locator": words, "detail": words, "title": words}
    documents = [
        row
        | {"document_id": f"{n}", "outcome": "quarantined", "reason": "too_short"}
        | {"of_reason": n, "of_batch": n}
        for n in range(1, BATCH_DOCUMENTS + 1)
    ]
    check = {
        "suite": "sites", "expectation": "dates_are_usual", "column_name": words,
        "severity": "hold",
        "observed": words, "unexpected_count": 1, "evaluated_count": 1,
    }  # fmt: skip
    facts = BatchFacts(
        batch=_batch(why=words * 9),
        reasons=[{"outcome": "quarantined", "reason": "too_short", "documents": 9}],
        documents=documents,
        checks=[check | {"success": n % 2 == 0} for n in range(5_000)],
        sites=[_batch(site=f"{n}{words}") for n in range(BATCH_SITES)],
    )
    page = batch_page(facts, document_pages={str(n) for n in range(999)})
    assert len(page.encode()) < _LARGEST
    assert "The first 200 of 2,500 checks that failed" in page


def test_the_lists_stay_small() -> None:
    site = _batch(
        site="a-rather-long-name-of-a-site.example.org", site_name="A rather long name", articles=9,
        share_title=0.5, share_date=0.5, share_author=0.5, refused=1, quarantined=1,
        last_seen_at=_AT,
    )  # fmt: skip
    sites = [site | {"site": f"{n}.{site['site']}"} for n in range(SITES)]
    order = [f"batch-{n}" for n in range(60)]
    counts = {row["site"]: dict.fromkeys(order, 7) for row in sites}
    assert len(sites_page(sites, counts, order=order).encode()) < _LARGEST
    batches = [_batch(batch_id=f"{n:064}") for n in range(500)]
    assert len(batches_page(batches, total=900).encode()) < _LARGEST


def test_finder_data_stays_small_and_breaks_out_of_no_script() -> None:
    row = {
        "document_id": _ID, "batch_id": "b", "outcome": "published", "reason": None,
        "title": "</script><script>" + "x" * 100, "locator": "\u2028" + "l" * 200, "site": "s" * 30,
    }  # fmt: skip
    data = finder_data([row] * FINDER_ROWS)
    assert len(data.encode()) < _LARGEST
    assert "<" not in data
    assert "\u2028" not in data
    packed = json.loads(data.split("push(")[1].removesuffix(");\n"))
    assert packed["rows"][0][2].startswith("</script>")


def test_a_document_says_where_it_came_from_and_what_became_of_it() -> None:
    page = _page(
        DocumentFacts(
            document=_document(
                text="One.\nTwo.",
                title="A day",
                published_on=date(2026, 11, 3),
                revision=2,
                article_id="a1",
                url="https://example.org/a",
            ),
            removed=[RemovedLine(line_no=2, text="Share", rule="share_words")],
            checks=[{"severity": "warn", "expectation": "title_is_one_line", "said": "two lines"}],
            all_checks=58,
            failed_checks=1,
        )
    )
    for words in (
        "A day", "2026-11-03", 'href="https://example.org/a"', "<del>Share</del>", "share_words",
        "title_is_one_line", "1 of 58 checks", f"copydesk explain {_ID}", 'lang="en"',
    ):  # fmt: skip
        assert words in page


def test_a_site_of_any_name_is_linked_where_its_page_lies() -> None:
    page = _page(DocumentFacts(document=_document(site="../<b>")))
    assert f'href="../../{names.site_page("../<b>")}"' in page
    assert "<b>" not in page
