"""How long the report site takes: a whole one, one after one more batch, and one with nothing new.

    python benchmarks/reports.py                     # 300 batches, 10,000 articles, twelve sites
    python benchmarks/reports.py --keep /tmp/desk    # leave the home there, to look at its pages
    python benchmarks/reports.py --growth            # one more batch after 1,000 against after 10
    python benchmarks/reports.py --growth --articles 200000     # the same with 200 in each batch

The desk is simulated: rows are put straight into a migrated warehouse and payloads into raw shards,
because what is measured begins at the reading copy. Texts are of 3 to 9 paragraphs of made-up words
and pages of about 30 kB around them, as news pages are; everything follows from one seed.
"""

from __future__ import annotations

import argparse
import copy
import gc
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any

import pyarrow as pa

from tasks import shards
from tasks.desk import Desk
from tasks.model import sha256_of, short_hash
from tasks.records import RAW
from tasks.report_site.build import Built, build, warm_up
from warehouse.connect import Connection

_SITES = tuple(
    f"{name}.example"
    for name in (
        "harbourgazette",
        "valleypost",
        "wattenbote",
        "lagaceta",
        "echodebrevane",
        "woldnews",
        "bayswire",
        "lanternbay",
        "pellowpoint",
        "northmoor",
        "kanalblatt",
        "eastquay",
    )
)
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "ta",
    "vor",
    "sel",
    "bri",
    "no",
    "da",
    "fu",
    "gel",
    "mar",
    "ti",
    "os",
    "wen",
    "pal",
    "cre",
    "du",
    "shan",
]
_RULES = ("also_read", "bare_date", "byline", "share_words", "photo_credit", "newsletter_prompt")
_REASONS = ("too_short", "consent_wall", "no_main_text", "paywall", "soft_404", "link_list")
_CHECKS = 58
_SITE_CHECKS = 12
_SITE_DOCUMENTS = 5
_SITE_HISTORY = 8
"""What `expectations/sites` asks, from how many documents on, and after how many batches."""
_USUAL = '{"usual_low": 0.8, "usual_high": 1.0, "batches": 20}'
_VOCABULARY = 5_000
_FEW = 10
_ROUNDS = 16
"""More than it takes until pages of old batches leave, which they do in steps."""
_BEGIN = datetime(2026, 1, 1, 6, tzinfo=UTC)
_DOCUMENT = (
    "document_id, batch_id, batch_sequence, position, source, locator, place, kind, url, site, "
    "payload_sha256, payload_bytes, media_type, fetched_at, shard_path, outcome, stage, reason, "
    "detail, article_id, rules_version"
)
_REVISION = (
    "article_id, revision, document_id, batch_id, batch_sequence, held, place, own_key, url, site, "
    "site_name, title, authors, published_on, date_source, language, tags, text, text_sha256, "
    "text_chars, text_words, extractor, rules_version, fetched_at"
)


class Simulation:
    """Batches of documents with the shares of outcomes that a quiet desk has."""

    def __init__(self, desk: Desk, *, seed: int, documents: int) -> None:
        """Begin with an empty desk; `documents` are taken in by each batch."""
        self._desk = desk
        self._dice = random.Random(seed)  # noqa: S311 - made-up words, no secrets
        self._documents = documents
        self._batches = 0
        self._vocabulary = [
            "".join(self._dice.choices(_SYLLABLES, k=self._dice.randint(1, 3)))
            for _ in range(_VOCABULARY)
        ]
        desk.create()

    @property
    def home(self) -> Path:
        """Where it lies."""
        return self._desk.home

    def add(self, batches: int) -> None:
        """Add batches to the warehouse and payloads to the raw shards, then let readers see."""
        with self._desk.writing("simulate") as connection:
            connection.begin()
            for _ in range(batches):
                self._add_one(connection)
            connection.commit()
            self._desk.refresh_reading_copy(connection)

    def at(self, desk: Desk) -> Simulation:
        """Return the same simulation for a copy of its home."""
        moved = copy.deepcopy(self)
        moved._desk = desk
        return moved

    def _add_one(self, connection: Connection) -> None:
        self._batches += 1
        number = self._batches
        batch_id = f"day-{number:04}"
        began = _BEGIN + timedelta(hours=6 * number)
        ended = began + timedelta(seconds=40)
        held = number % 61 == 60
        connection.execute(
            "INSERT INTO ops.batch VALUES (?, ?, 'run', ?, ?, ?, ?, '2026.11.1', '{}')",
            [
                batch_id,
                number,
                began,
                ended,
                "held" if held else "published",
                "refused_share_in_bounds (0.612)" if held else None,
            ],
        )
        connection.execute(
            "INSERT INTO ops.batch_source VALUES (?, 0, '/data/inbox', NULL, NULL, ?, NULL)",
            [batch_id, ended],
        )
        for n, stage in enumerate(("acquire", "extract", "clean")):
            connection.execute(
                "INSERT INTO ops.stage_shard VALUES (?, ?, 0, 0, ?, ?, ?, 0, ?, ?)",
                [
                    batch_id,
                    stage,
                    f"raw/{batch_id}/00000.parquet",
                    self._documents,
                    self._documents,
                    4.0 + 6 * n,
                    began + timedelta(seconds=8 + 9 * n),
                ],
            )
        documents, revisions, lines, payloads = [], [], [], []
        for position in range(self._documents):
            document = self._document(batch_id, number, position, began, held=held)
            documents.append(document["row"])
            payloads.append(document["payload"])
            lines += document["lines"]
            revisions += document["revision"]
        _insert(connection, "raw.document", _DOCUMENT, documents)
        _insert(connection, "published.article_revision", _REVISION, revisions)
        _insert(
            connection,
            "published.removed_line",
            "batch_id, document_id, line_no, text, rule",
            lines,
        )
        counts = Counter(payload["url"].split("/")[2] for payload in payloads)
        _insert(
            connection,
            "ops.check_result",
            "batch_id, suite, expectation, column_name, severity, success, evaluated_count, "
            "unexpected_count, observed, details",
            self._checks(batch_id, number, counts),
        )
        shards.write(self._desk.raw(batch_id) / "00000.parquet", RAW, payloads)

    def _checks(self, batch_id: str, number: int, counts: Mapping[str, int]) -> list[list[Any]]:
        """Return the checks of a batch; the sites that have enough documents are judged too."""
        rows = [
            ("articles", f"check_{n:02}", "text", n > 0 or number % 7 > 0, "0 rows fail", None)
            for n in range(_CHECKS)
        ] + [
            ("sites", f"site_check_{n:02}", site, True, "0.91, usually 0.80 to 1.00", _USUAL)
            for site, documents in sorted(counts.items())
            if documents >= _SITE_DOCUMENTS and number > _SITE_HISTORY
            for n in range(_SITE_CHECKS)
        ]
        return [
            [batch_id, suite, name, column, "warn", success, self._documents, 0, observed, details]
            for suite, name, column, success, observed, details in rows
        ]

    def _document(
        self, batch_id: str, number: int, position: int, began: datetime, *, held: bool
    ) -> dict[str, Any]:
        dice = self._dice
        site = dice.choice(_SITES)
        place = f"https://{site}/{number}/{position}-{self._words(3).replace(' ', '-')}"
        document_id = short_hash(batch_id, place)
        outcome = dice.choices(
            ("published", "unchanged", "duplicate", "quarantined", "failed"), (90, 3, 2, 4, 1)
        )[0]
        outcome = "held" if held and outcome == "published" else outcome
        reason = {"quarantined": dice.choice(_REASONS), "failed": "truncated_input"}.get(outcome)
        title = self._words(dice.randint(4, 9)).capitalize()
        paragraphs = [self._paragraph() for _ in range(dice.randint(3, 9))]
        taken = [f"{self._words(6)} {n}" for n in range(dice.randint(0, 6))]
        text = "\n".join(paragraphs)
        page = _page(title, paragraphs, taken)
        printed = outcome in ("published", "held")
        fetched = began + timedelta(seconds=position / 10)
        article_id = short_hash(place) if printed else None
        shard_path = f"raw/{batch_id}/00000.parquet"
        row = [
            document_id,
            batch_id,
            number,
            position,
            "/data/inbox",
            place,
            place,
            "html",
            place,
            site,
            sha256_of(page),
            len(page),
            "text/html",
            fetched,
            shard_path,
            outcome,
            "clean" if reason else None,
            reason,
            "made up" if reason else None,
            article_id,
            "2026.11.1",
        ]
        revision = [
            article_id,
            1,
            document_id,
            batch_id,
            number,
            outcome == "held",
            place,
            place,
            place,
            site,
            site.partition(".")[0].title(),
            title,
            ["Ada Brandreth"],
            began.date() if dice.random() < 0.9 else None,
            "json-ld",
            "en",
            ["harbour"],
            text,
            sha256_of(text.encode()),
            len(text),
            len(text.split()),
            "simulated",
            "2026.11.1",
            fetched,
        ]
        payload = {
            "document_id": document_id,
            "batch_id": batch_id,
            "position": position,
            "source": "/data/inbox",
            "locator": place,
            "place": place,
            "kind": "html",
            "payload": page,
            "payload_sha256": sha256_of(page),
            "payload_bytes": len(page),
            "media_type": "text/html",
            "url": place,
            "fetched_at": fetched,
        }
        lines = [
            [batch_id, document_id, n + 1, words, dice.choice(_RULES)]
            for n, words in enumerate(taken if printed else ())
        ]
        return {
            "row": row,
            "payload": payload,
            "lines": lines,
            "revision": [revision] if printed else [],
        }

    def _paragraph(self) -> str:
        return (
            ". ".join(self._words(self._dice.randint(8, 18)).capitalize() for _ in range(4)) + "."
        )

    def _words(self, count: int) -> str:
        return " ".join(self._dice.choices(self._vocabulary, k=count))


def _page(title: str, paragraphs: list[str], taken: list[str]) -> bytes:
    menu = "".join(
        f'<li class="menu-item"><a href="/section/{n}">Section {n}</a></li>' for n in range(250)
    )
    script = "<script>" + "var a=1;" * 1000 + "</script>"
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in [*taken, *paragraphs])
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title>{script}</head>'
        f"<body><nav><ul>{menu}</ul></nav>"
        f"<article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def _insert(connection: Connection, table: str, columns: str, rows: list[list[Any]]) -> None:
    """Insert rows by way of Arrow: row by row takes minutes here."""
    if rows:
        names = columns.split(", ")
        staged = pa.table({name: [row[n] for row in rows] for n, name in enumerate(names)})
        connection.register("staged", staged)
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM staged")
        connection.unregister("staged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One build: what it was for, what it did, and its CPU seconds."""

    name: str
    built: Built
    cpu_seconds: float


def _step(name: str, desk: Desk) -> Step:
    gc.collect()  # what the simulation left is not the build's to clear away
    before = time.process_time()
    built = build(desk)
    return Step(name=name, built=built, cpu_seconds=time.process_time() - before)


def _steps(home: Path, *, batches: int, articles: int) -> Iterator[Step]:
    desk = Desk(home=home)
    simulation = Simulation(desk, seed=20261122, documents=-(-articles // batches))
    simulation.add(batches)
    yield _step("a whole site", desk)
    yield _step("nothing new", desk)
    simulation.add(1)
    yield _step("one more batch", desk)


def _measure(home: Path, *, batches: int, articles: int) -> None:
    warm_up()  # as a run does beforehand
    for step in _steps(home, batches=batches, articles=articles):
        print(
            f"{step.name:16} {step.built.seconds:6.2f} s   {step.cpu_seconds:6.2f} s CPU   "
            f"{step.built.written:6} of {step.built.pages} files written"
        )
    files = [path for path in (home / "reports").rglob("*") if path.is_file()]
    pages = [path for path in files if path.suffix == ".html"]
    largest = max(pages, key=lambda path: path.stat().st_size)
    print(f"on disk          {sum(path.stat().st_size for path in files) / 1e6:7.1f} MB")
    print(f"largest page     {largest.stat().st_size / 1e3:7.1f} kB   {largest.name}")


def _growth(home: Path, *, batches: int, articles: int) -> None:
    """Print what one more batch costs after few batches and after many, by turns, in CPU seconds.

    A desk of few batches goes on growing, so it is begun anew for each round.
    """
    documents = -(-articles // batches)
    costs: dict[int, list[float]] = {_FEW: [], batches: []}
    many = Desk(home=home / "many")
    grown = Simulation(many, seed=20261122, documents=documents)
    grown.add(batches)
    build(many)
    for round_no in range(_ROUNDS):
        few = Desk(home=home / f"few-{round_no}")
        young = Simulation(few, seed=round_no, documents=documents)
        young.add(_FEW)
        build(few)
        for simulation, desk, cost in ((young, few, costs[_FEW]), (grown, many, costs[batches])):
            simulation.add(1)
            cost.append(_step("one more batch", desk).cpu_seconds)
    for number, found in costs.items():
        told = " ".join(f"{seconds:.3f}" for seconds in found)
        print(f"after {number:5} batches of {documents}: {median(found):.3f} s CPU   ({told})")
    for name, middle in (("medians", median), ("means", mean)):
        print(f"ratio of {name} {middle(costs[batches]) / middle(costs[_FEW]):.2f}, the bar is 1.5")


def main() -> None:
    """Simulate a desk and print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, help="300, with --growth 1,000")
    parser.add_argument("--articles", type=int, help="10,000, with --growth 33,000")
    parser.add_argument("--keep", type=Path, help="the home to make and leave")
    parser.add_argument(
        "--growth", action="store_true", help="compare a young desk with an old one"
    )
    arguments = parser.parse_args()
    if arguments.growth:
        warm_up()
        with tempfile.TemporaryDirectory() as folder:
            _growth(
                Path(folder),
                batches=arguments.batches or 1_000,
                articles=arguments.articles or 33_000,
            )
        return
    size = {"batches": arguments.batches or 300, "articles": arguments.articles or 10_000}
    if arguments.keep is not None:
        _measure(arguments.keep, **size)
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), **size)


if __name__ == "__main__":
    main()
