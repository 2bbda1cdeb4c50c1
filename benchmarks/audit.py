"""What the audit of a large batch costs: Great Expectations' part of a run, against extraction.

    python benchmarks/audit.py                       # 100,000 staged rows of 300 sites
    python benchmarks/audit.py --rows 10000 --sites 30

The rows are staged by SQL, of twelve paragraphs of made-up words each (3 kB, a long news article);
every site has twenty batches behind it, so that each is also judged by its past. The audit runs in
a process of its own: the whole task, from the staged rows to the page of Data Docs. Its CPU seconds
are counted from after the imports, its memory is the peak of the process, imports included. Peer:
what it costs to extract as many pages, as measured over some of them in a third process. Pages: the
shared development set where it is present, else the samples. Bars: a hundredth of the CPU, 600 MB.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from benchmarks.throughput import pages
from expectations.auditor import warm_up
from tasks.audit import GateRules, audit
from tasks.desk import Desk
from tasks.extraction.document import extract_document
from tasks.model import RULES_VERSION, DocumentId, Kind, Taken
from warehouse import ledger, staging

P = ParamSpec("P")
R = TypeVar("R")

_BATCH = "large"
_HISTORY = 20
"""Batches behind every site: more than the baselines ask for."""
_PARAGRAPHS, _WORDS = 12, 40
_STAGE = """
INSERT INTO staging.document BY NAME
SELECT
    'd' || n AS document_id, $batch AS batch_id, 1000 AS batch_sequence, n AS position,
    '/data/inbox' AS source, 'https://site' || n % $sites || '.example/' || n AS locator,
    locator AS place, 'html' AS kind, locator AS url, 'site' || n % $sites || '.example' AS site,
    sha256(locator) AS payload_sha256, 30000 AS payload_bytes, now() AS fetched_at,
    'raw/00000.parquet' AS shard_path, 'staged' AS outcome, 'a' || n AS article_id,
    $rules AS rules_version
FROM range($rows) AS t(n);

INSERT INTO staging.article BY NAME
SELECT
    d.batch_id, d.document_id, d.position, d.article_id, d.locator, d.fetched_at, d.url,
    d.url AS canonical_url, d.url AS canonical_key, d.url AS own_key, d.site,
    'Site ' || d.position % $sites AS site_name, 'Heading ' || d.position AS title,
    'json-ld' AS title_source, ['Ada Brandreth'] AS authors, 'json-ld' AS author_source,
    now() - INTERVAL 1 DAY AS published_at, (now() - INTERVAL 1 DAY)::DATE AS published_on,
    'json-ld' AS date_source, 'en' AS language, ['harbour'] AS tags,
    array_to_string(
        list_transform(
            range($paragraphs),
            lambda p: array_to_string(
                list_transform(
                    range($words_each),
                    lambda w: $words[1 + (hash(d.position, p, w) % len($words))::INTEGER]
                ),
                ' '
            ) || '.'
        ),
        chr(10)
    ) AS text,
    sha256(text) AS text_sha256, length(text) AS text_chars,
    $paragraphs * $words_each AS text_words, 4 AS lines_removed, 'trafilatura' AS extractor
FROM staging.document AS d;
"""
_PAST = """
INSERT INTO ops.site_profile BY NAME
SELECT * REPLACE ($batch AS batch_id, $sequence AS batch_sequence), false AS held
FROM staged_site
"""


def _words() -> list[str]:
    dice = random.Random(20261123)  # noqa: S311 - made-up words, no secrets
    return ["".join(dice.choices("aeioulnrstdm", k=dice.randint(3, 9))) for _ in range(5_000)]


def _stage(desk: Desk, rows: int, sites: int) -> None:
    """Stage a batch, and enter its sites' past: batches that looked like it."""
    desk.create()
    with desk.writing("stage") as connection:
        past = [f"past-{n:02}" for n in range(_HISTORY)]
        for batch_id in (*past, _BATCH):
            ledger.open_batch(
                connection,
                batch_id,
                kind="run",
                rules_version=RULES_VERSION,
                options="{}",
                sources=[("/data/inbox", "directory", None)],
            )
        for statement in _STAGE.strip().split("\n\n"):
            given = {
                "batch": _BATCH,
                "rows": rows,
                "sites": sites,
                "rules": RULES_VERSION,
                "words": _words(),
                "paragraphs": _PARAGRAPHS,
                "words_each": _WORDS,
            }
            connection.execute(
                statement, {name: value for name, value in given.items() if f"${name}" in statement}
            )
        staging.profile_sites(connection, _BATCH, refused={})
        for sequence, batch_id in enumerate(past, start=1):
            connection.execute(_PAST, {"batch": batch_id, "sequence": sequence})


def _audit(home: Path, rows: int) -> tuple[float, float, int, str | None]:
    """Audit the staged batch; return CPU seconds, peak MB, the checks made and why it waits."""
    warm_up()
    desk = Desk(home=home)
    rules = GateRules(min_documents=20, max_refused_share=0.5, keep_runs=500)
    with desk.writing("audit") as connection:
        batch = ledger.find_batch(connection, _BATCH)
        before = time.process_time()
        gated = audit.fn(connection, desk, batch, rows, rules)
        cpu = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return cpu, peak, len(gated.checks), gated.why


def _extract(limit: int) -> float:
    """Return the CPU seconds that extracting a page takes on average, after some to warm up."""
    payloads = pages(limit)
    for n, payload in enumerate([*payloads[:20], *payloads]):
        if n == min(20, len(payloads)):
            before = time.process_time()
        extract_document(_taken(n), payload)
    return (time.process_time() - before) / len(payloads)


def _taken(number: int) -> Taken:
    return Taken(
        document_id=DocumentId(f"d{number}"),
        position=number,
        source="/data/inbox",
        source_name=None,
        locator=f"{number}.html",
        place=f"{number}.html",
        kind=Kind.HTML,
        url=None,
        payload_sha256=None,
        payload_bytes=0,
        media_type="text/html",
        charset=None,
        http_status=None,
        fetched_at=datetime.now(UTC),
        shard_path="raw/00000.parquet",
    )


def _apart(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def main() -> int:
    """Stage, audit, extract, and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sites", type=int, default=300)
    parser.add_argument("--pages", type=int, default=400, help="pages to extract")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _apart(_stage, Desk(home=Path(folder)), arguments.rows, arguments.sites)
        cpu, peak, checks, why = _apart(_audit, Path(folder), arguments.rows)
    each = _apart(_extract, arguments.pages)
    extracting = each * arguments.rows
    print(f"audit of {arguments.rows:,} rows of {arguments.sites} sites: {checks:,} checks, {why}")
    print(f"CPU {cpu:.2f} s, extracting them {extracting:,.0f} s ({each * 1000:.1f} ms a page)")
    print(f"share of the CPU {cpu / extracting:.4f}, the bar is 0.01")
    print(f"peak memory {peak:.0f} MB, the bar is 600 MB")
    return 0 if cpu <= 0.01 * extracting and peak < 600 else 1


if __name__ == "__main__":
    sys.exit(main())
