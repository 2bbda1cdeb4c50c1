"""Measure extraction: quality by gold kind and field with intervals, speed as ratios.

    python -m benchmarks.extraction SETDIR [--limit N]

SETDIR holds `gold.jsonl` and `html/<id>.html.gz`. Speed is CPU time of one process, each rival
against a plain trafilatura loop with metadata over the same pages, alternated; two processes
are compared by wall clock. Rivals that are not installed are named and left out.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import logging
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura
from trafilatura.settings import Document

from benchmarks.quality import Gold, interval, page_scores, summed_f1
from tasks.cleaning.text import clean
from tasks.enrichment.language import detect_language
from tasks.extraction.decode import decode
from tasks.extraction.engine_resiliparse import main_text
from tasks.extraction.html import extract_html
from tasks.extraction.metadata.names import key_of
from tasks.model import Extraction

FETCHED_AT = datetime(2026, 11, 21, tzinfo=UTC)
ROUNDS = 3
Page = tuple[Gold, str]


def read_pages(setdir: Path, limit: int | None) -> list[Page]:
    """Read the labelled pages, decoded; other tools' outputs are no truth and left out."""
    pages: list[Page] = []
    for line in (setdir / "gold.jsonl").read_text("utf-8").split("\n")[:limit]:
        gold = json.loads(line or "null")
        if gold is None:
            continue
        if gold["gold_kind"] != "regression-snapshot":
            payload = gzip.decompress((setdir / "html" / f"{gold['id']}.html.gz").read_bytes())
            pages.append((gold, decode(payload, charset=None, html=True).text))
    return pages


def ours(page: Page) -> Extraction | None:
    """Extract a page our way; None where it is refused."""
    gold, html = page
    url = gold.get("url")
    named = url if url and url.startswith("http") else None
    found = extract_html(html, url=named, fetched_at=FETCHED_AT)
    return found if isinstance(found, Extraction) else None


def plain_trafilatura(page: Page) -> object:
    """Extract a page as a plain loop would: the engine with its own metadata."""
    found = trafilatura.bare_extraction(page[1], with_metadata=True, include_comments=False)
    if not isinstance(found, Document):
        return None
    return found.text, found.title, found.author, found.date


def rivals() -> dict[str, Callable[[Page], object]]:
    """List what to compare speed with, where it is installed."""
    found: dict[str, Callable[[Page], object]] = {
        "copydesk": ours,
        "resiliparse": lambda page: main_text(page[1].encode("utf-8", "ignore")),
    }
    if importlib.util.find_spec("readability"):
        from readability import Document as Readability

        found["readability-lxml"] = lambda page: Readability(page[1]).summary()
    if importlib.util.find_spec("newspaper"):
        from newspaper import Article

        def newspaper(page: Page) -> object:
            article = Article("http://x.example/a", fetch_images=False)
            article.download(input_html=page[1])
            article.parse()
            return article.text

        found["newspaper4k"] = newspaper
    if importlib.util.find_spec("datatrove"):
        from datatrove.pipeline.extractors import Trafilatura

        extractor = Trafilatura(timeout=10)
        found["datatrove"] = lambda page: extractor.extract(page[1])
    missing = {"readability-lxml", "newspaper4k", "datatrove"} - set(found)
    print(f"not installed: {', '.join(sorted(missing)) or 'none'}")
    return found


def report_quality(pages: list[Page]) -> None:
    """Print every field by gold kind, each with its interval over sites.

    Segments: the share of labelled passages that are there or not as they should be.
    """
    rows: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for gold, html in pages:
        found = ours((gold, html))
        text = clean(found).text if found is not None else ""
        measured: dict[str, object] = {}
        shown = " ".join(text.split())
        passages = [
            (p, wanted)
            for wanted, labelled in ((True, gold.get("withs")), (False, gold.get("withouts")))
            for p in labelled or []
        ]
        if passages:
            right = [(" ".join(p.split()) in shown) == wanted for p, wanted in passages]
            measured["segments"] = statistics.fmean(right)
        if gold.get("language") and found:
            told = detect_language(found.title, text, found.language)
            measured["language"] = told == str(gold["language"])[:2]
        if gold.get("text"):
            measured["text"] = page_scores(str(gold["text"]), text)
        if gold.get("title"):
            measured["title"] = bool(
                found and key_of(found.title or "") == key_of(str(gold["title"]))
            )
        if gold.get("date"):
            measured["date"] = bool(found and str(found.published.on) == str(gold["date"])[:10])
        if authors := gold.get("authors"):
            truth = {key_of(a) for a in authors}
            measured["author"] = bool(found and {key_of(a) for a in found.authors} == truth)
        for kind in ("all", str(gold["gold_kind"])):
            for field, value in measured.items():
                by_site = rows.setdefault((kind, field), {})
                by_site.setdefault(str(gold.get("site") or gold["id"]), []).append(value)
    for (kind, field), by_site in sorted(rows.items()):
        measure: Callable[[Sequence[Any]], float] = (
            summed_f1 if field == "text" else statistics.fmean
        )
        values = [v for site in by_site.values() for v in site]
        low, high = interval(by_site, measure)
        value = measure(values)
        print(f"{kind:12s} {field:7s} n={len(values):4d} {value:.4f} [{low:.4f} {high:.4f}]")


def report_speed(pages: list[Page]) -> None:
    """Print each rival's CPU and the two-process wall clock as ratios to a plain loop."""
    names = rivals()

    def cpu_seconds(run: Callable[[Page], object]) -> float:
        started = time.process_time()
        for page in pages:
            try:
                run(page)
            except Exception:  # noqa: BLE001 S112 (a rival's fault is not ours to name)
                continue
        return time.process_time() - started

    ratios: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        base = cpu_seconds(plain_trafilatura)
        for name, run in names.items():
            ratios[name].append(cpu_seconds(run) / base)
    for name, values in ratios.items():
        print(f"cpu against trafilatura   {name:18s} {statistics.median(values):.3f}")
    walls = []
    for _ in range(ROUNDS):
        seconds = []
        for run in (plain_trafilatura, ours):
            started = time.perf_counter()
            with ProcessPoolExecutor(2) as pool:
                list(pool.map(run, pages, chunksize=30))
            seconds.append(time.perf_counter() - started)
        walls.append(seconds[0] / seconds[1])
    print(f"wall speed, two processes copydesk           {statistics.median(walls):.3f}")


def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("setdir", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    pages = read_pages(options.setdir, options.limit)
    report_quality(pages)
    report_speed(pages)


if __name__ == "__main__":
    main()
