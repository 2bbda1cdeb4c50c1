"""Whatever is run and decided, in any order and killed anywhere, the books balance and readers see
what the ledger says. The model below knows outcomes and decisions, and none of our SQL.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tasks import shards
from tasks.dedupe import dedupe
from tasks.desk import Desk
from tasks.model import sha256_of, short_hash
from tasks.records import CLEAN, RAW, Record
from tasks.stage import StageResult
from warehouse import decisions, erasure, ledger, staging, store
from warehouse.connect import Connection, connect
from warehouse.decisions import Decision
from warehouse.errors import DecisionRefused, UnknownDocument

PAGES = [("a.example", 1), ("a.example", 2), ("b.example", 3), ("b.example", 4)]
WHEN = datetime(2026, 3, 2, tzinfo=UTC)
OUTCOMES = ("published", "unchanged", "duplicate", "quarantined", "failed", "held")
taken = st.lists(
    st.tuples(st.sampled_from(PAGES), st.integers(0, 2)), min_size=1, max_size=5, unique=True
)


@dataclass
class Model:
    """What was taken in (as the ledger wrote it once) and decided, in order."""

    revisions: list[dict[str, Any]] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)

    def state(self, revision: dict[str, Any]) -> str:
        """Tell what decisions make of a revision, taking those on its batch or site in turn."""
        if revision["document_id"] in self.forgotten:
            return "withdrawn"
        by_name = [
            d.verb
            for d in self.decided
            if d.article_id is not None and d.article_id == revision["article_id"]
        ]
        if by_name and (by_name[-1] == "withdraw" or "forget" in by_name):
            return "withdrawn"
        state = "held" if revision["held"] else "visible"
        for d in self.decided:
            if d.batch_id != revision["batch_id"] or d.site not in (None, revision["site"]):
                continue
            if d.verb == "reject" and state != "held":
                continue
            state = {"release": "visible", "reject": "rejected", "withdraw": "withdrawn"}[d.verb]
        return state

    def articles(self) -> dict[str, tuple[int, str]]:
        """Tell which revision of each article readers see."""
        seen: dict[str, tuple[int, str]] = {}
        for revision in sorted(self.revisions, key=lambda r: int(r["revision"])):
            if self.state(revision) == "visible":
                seen[revision["article_id"]] = (revision["revision"], revision["text"])
        return seen


class Sequences(RuleBasedStateMachine):
    """Random sequences of run, replay, decisions and kills on tiny batches."""

    @initialize()
    def begin(self) -> None:
        """Start with an empty desk."""
        self.home = Path(tempfile.mkdtemp(prefix="copydesk-sequence-"))
        self.desk = Desk(home=self.home)
        self.model = Model()
        self.number = 0
        self.killed = False

    def teardown(self) -> None:
        if hasattr(self, "home"):
            shutil.rmtree(self.home)

    @rule(pages=taken, gate=st.sampled_from(["pass", "pass", "held", "a.example", "b.example"]))
    def run(self, pages: list[tuple[tuple[str, int], int]], gate: str) -> None:
        """Take pages in, each in some version, and let the gate say what it likes."""
        self._batch("run", [_record(site, page, version) for (site, page), version in pages], gate)

    @precondition(lambda self: self.number)
    @rule(gate=st.sampled_from(["pass", "held"]))
    def replay(self, gate: str) -> None:
        """Take again what stands for something now, as replays do."""
        with self._writing() as connection:
            chosen = list(ledger.replayable(connection))
            rows = connection.execute(
                "SELECT url, charset FROM raw.document WHERE document_id IN "
                "(SELECT unnest($ids)) ORDER BY batch_sequence, position",
                {"ids": chosen},
            ).fetchall()
        records = []
        for url, version in dict(rows).items():
            site, page = url.removeprefix("https://").split("/")
            records.append(_record(site, int(page), int(version)))
        if records:
            self._batch("replay", records, gate)

    @precondition(lambda self: self.number)
    @rule(
        verb=st.sampled_from(["release", "reject", "withdraw"]),
        back=st.integers(0, 3),
        site=st.sampled_from([None, None, "a.example", "b.example"]),
        killed=st.booleans(),
    )
    def decide_on_a_batch(self, verb: str, back: int, site: str | None, killed: bool) -> None:
        """Decide on a batch or a site of it, and die before the readers see it, or not."""
        batch = f"batch-{max(1, self.number - back)}"
        self._decide(
            Decision(verb=verb, why="w", user_name="u", batch_id=batch, site=site), killed=killed
        )

    @precondition(lambda self: self.model.revisions)
    @rule(verb=st.sampled_from(["release", "withdraw"]), pick=st.integers(0, 99))
    def decide_on_an_article(self, verb: str, pick: int) -> None:
        """Decide on an article by name."""
        revision = self.model.revisions[pick % len(self.model.revisions)]
        article = revision["article_id"]
        self._decide(Decision(verb=verb, why="w", user_name="u", article_id=article), killed=False)

    @precondition(lambda self: self.model.revisions)
    @rule(pick=st.integers(0, 99), wanted=st.integers(0, 3))
    def forget(self, pick: int, wanted: int) -> None:
        """Erase an article now and then."""
        revision = self.model.revisions[pick % len(self.model.revisions)]
        if wanted or revision["document_id"] in self.model.forgotten:
            return
        decision = Decision(
            verb="forget", why="w", user_name="u", article_id=revision["article_id"]
        )
        with self._writing() as connection:
            self.desk.announce_change()
            erasure.forget(
                connection,
                decision,
                document_id=revision["document_id"],
                at=datetime.now(UTC),
            )
            gone = {row.document_id for row in erasure.pending(connection)}
            self.desk.refresh_reading_copy(connection)
        self.model.decided.append(decision)
        self.model.forgotten |= gone
        self.model.revisions = [r for r in self.model.revisions if r["document_id"] not in gone]

    @invariant()
    def books_balance_and_readers_see_what_the_ledger_says(self) -> None:
        """Compare the reading copy with the model; after a kill, once somebody wrote again."""
        if not hasattr(self, "desk") or not self.number:
            return
        if self.killed:
            with self._writing():
                pass
        connection = connect(self.desk.published, read_only=True)
        try:
            shown = {
                article: (revision, text)
                for article, revision, text in connection.execute(
                    "SELECT article_id, revision, text FROM articles"
                ).fetchall()
            }
            assert shown == self.model.articles()
            for row in connection.execute("SELECT * FROM batches").fetchall():
                book = dict(zip([c[0] for c in connection.description or ()], row, strict=True))
                assert book["documents"] == sum(book[name] for name in OUTCOMES), book
            outcomes = Counter(
                row[0] for row in connection.execute("SELECT outcome FROM documents").fetchall()
            )
            total = connection.execute("SELECT sum(documents) FROM batches").fetchone()
            assert total is not None
            assert total[0] == outcomes.total()
            decided = connection.execute("SELECT count(*) FROM decisions").fetchone()
            assert decided == (len(self.model.decided),)
        finally:
            connection.close()

    def _writing(self) -> Any:
        self.killed = False
        return self.desk.writing("test")

    def _decide(self, decision: Decision, *, killed: bool) -> None:
        with self._writing() as connection:
            try:
                decisions.check(connection, decision)
            except (DecisionRefused, UnknownDocument):
                return
            self.desk.announce_change()
            decisions.record(connection, decision)
            if not killed:
                self.desk.refresh_reading_copy(connection)
        self.killed = killed
        self.model.decided.append(decision)

    def _batch(self, kind: str, records: list[Record], gate: str) -> None:
        self.number += 1
        batch_id = f"batch-{self.number}"
        path = self.desk.work(batch_id) / "clean-00000.parquet"
        for position, record in enumerate(records):
            record["position"] = position
            record["document_id"] = short_hash(batch_id, str(position))
            record["shard_path"] = f"raw/{batch_id}/00000.parquet"
        shards.write(path, CLEAN, records)
        arrived = [{n: r[n] for n in RAW.names if n in r} | {"payload": b"x"} for r in records]
        shards.write(self.home / records[0]["shard_path"], RAW, arrived)
        with self._writing() as connection:
            batch = ledger.open_batch(
                connection, batch_id, kind=kind, rules_version="r", options="{}", sources=[]
            )
            shard = StageResult(
                stage="clean",
                shard_no=0,
                path=str(path),
                taken=len(records),
                given=len(records),
                refused=0,
                seconds=0.0,
            )
            verdicts = dedupe.fn(connection, self.desk, batch_id, [shard], "r")
            staging.load(
                connection,
                batch_id=batch_id,
                batch_sequence=batch.sequence,
                paths=[str(path)],
                verdicts=str(verdicts),
                rules_version="r",
            )
            staging.profile_sites(connection, batch_id, refused={})
            self.desk.announce_change()
            store.publish(
                connection,
                batch_id=batch_id,
                batch_sequence=batch.sequence,
                rules_version="r",
                gate={"pass": "published", "held": "held"}.get(gate, "partly_held"),
                why=None,
                held_sites=[gate] if "." in gate else [],
                checks=[],
                balanced=lambda books: None,
            )
            self.desk.refresh_reading_copy(connection)
            self.model.revisions += _revisions(connection, batch_id)


def _record(site: str, page: int, version: int) -> Record:
    """Make a cleaned page; its version is kept as its charset, which nothing reads here.

    Version 2 of every page of a site is one text: copies are part of the game.
    """
    url = f"https://{site}/{page}"
    text = f"Text {version} of {site if version == 2 else url}, long enough to stand."
    key = f"{site}/{page}"
    return {
        "source": "test",
        "locator": url,
        "place": url,
        "kind": "html",
        "url": url,
        "payload_sha256": sha256_of(f"{url} {version}".encode()),
        "payload_bytes": 1,
        "charset": str(version),
        "fetched_at": WHEN,
        "site": site,
        "own_key": key,
        "canonical_key": key,
        "title": "Title",
        "authors": [],
        "tags": [],
        "language": "en",
        "text": text,
        "text_sha256": sha256_of(text.encode()),
        "text_chars": len(text),
        "text_words": len(text.split()),
        "lines_removed": 0,
        "extractor": "test",
        "removed": [{"line_no": 1, "text": "Share this", "rule": "share"}],
    }


def _revisions(connection: Connection, batch_id: str) -> list[dict[str, Any]]:
    cursor = connection.execute(
        "SELECT article_id, revision, document_id, batch_id, held, site, text "
        "FROM published.article_revision WHERE batch_id = $b",
        {"b": batch_id},
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
TestAnySequence = Sequences.TestCase
TestAnySequence.settings = settings(
    max_examples=5, stateful_step_count=8, suppress_health_check=_CALM
)


@pytest.mark.soak
def test_hundreds_of_sequences() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Sequences,
        settings=settings(
            max_examples=150,
            stateful_step_count=20,
            suppress_health_check=_CALM,
        ),
    )
