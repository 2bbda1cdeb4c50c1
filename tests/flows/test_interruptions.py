"""What stops a run half way: transient errors, signals, defects, busy files. Nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows import ingest
from flows.shard_line import ShardLine
from tasks import shards
from tasks.errors import DeskBusy
from tasks.taking import RawShards
from tests.conftest import Desk, story
from tests.flows.test_line import assert_books_balance
from warehouse import store
from warehouse.sql import query

pytestmark = pytest.mark.prefect
Inbox = Callable[..., Path]


class Flaky(Exception):
    """What may go by itself."""

    transient = True


def once(raised: BaseException, then: Callable[..., Any]) -> Callable[..., Any]:
    """Fail at the first call, and do the work at every later one."""
    waiting = [raised]

    def called(*words: Any, **named: Any) -> Any:
        if waiting:
            raise waiting.pop()
        return then(*words, **named)

    return called


def stop_at(monkeypatch: pytest.MonkeyPatch, stage: str, raised: BaseException) -> None:
    """Let one stage of the next run raise."""
    monkeypatch.setattr(ingest, stage, once(raised, getattr(ingest, stage)))


def test_a_retried_acquire_loses_nothing(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MOST_DOCUMENTS", 2)
    flush, failing = RawShards.flush, [Flaky("the disk is slow")]

    def flaky_at_the_second(out: RawShards) -> None:
        if out.shard_no == 1 and failing:
            raise failing.pop()
        flush(out)

    monkeypatch.setattr(RawShards, "flush", flaky_at_the_second)
    said = desk("run", inbox(5))
    assert not failing
    assert (said.counts["documents"], said.counts["published"]) == (5, 5)
    assert_books_balance(desk)


def test_a_shard_that_could_not_be_handed_on_is_handed_on_in_the_end(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MOST_DOCUMENTS", 2)
    monkeypatch.setattr(ShardLine, "send", once(Flaky("try again"), ShardLine.send))
    said = desk("run", inbox(5))
    assert (said.counts["documents"], said.counts["published"]) == (5, 5)
    assert_books_balance(desk)


@pytest.mark.parametrize(
    "raised",
    [RuntimeError("Query interrupted"), OSError(5, "Input/output error"), MemoryError()],
    ids=["signal", "disk", "memory"],
)
def test_what_the_world_did_leaves_the_batch_to_the_next_run(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, raised: BaseException
) -> None:
    stop_at(monkeypatch, "load", raised)
    assert desk("run", inbox(3), "--batch", "struck").code == 1
    said = desk("run", inbox(1, name="other", first=7))
    assert said.object["resumed"] == ["struck"]
    assert desk.value("SELECT count(*) FROM articles") == 4
    assert_books_balance(desk)


def test_a_defect_ends_its_batch_and_stops_no_later_run(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, "load", ValueError("a defect of ours"))
    assert desk("run", inbox(3), "--batch", "struck").error["code"] == "defect"
    assert desk.value("SELECT status FROM batches WHERE batch_id = 'struck'") == "failed"
    said = desk("run", inbox(3))
    assert (said.object["resumed"], said.counts["published"]) == ([], 3)


def test_what_fails_after_the_gate_leaves_its_word_as_it_is(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = store.publish

    def published_then_stopped(*words: Any, **named: Any) -> None:
        publish(*words, **named)
        monkeypatch.setattr(store, "publish", publish)
        raise ValueError("a defect of ours")

    monkeypatch.setattr(store, "publish", published_then_stopped)
    assert desk("run", inbox(3), "--batch", "struck").code == 1
    assert desk.value("SELECT status FROM batches") == "published"
    assert desk.value("SELECT count(*) FROM articles") == 3


def test_books_that_do_not_balance_publish_nothing(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_only(name: str) -> str:
        return query(name) + (" LIMIT 1" if name == "publish_documents" else "")

    with monkeypatch.context() as patch:
        patch.setattr(store, "query", one_only)
        assert desk("run", inbox(3), "--batch", "struck").error["code"] == "books_unbalanced"
    assert desk.value("SELECT status FROM batches WHERE batch_id = 'struck'") == "failed"
    assert desk.value("SELECT count(*) FROM articles") == 0
    assert desk("run", inbox(3)).counts["published"] == 3


def test_a_busy_desk_within_a_run_is_told_as_busy(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, "load", DeskBusy("somebody looks into the file", "wait"))
    assert desk("run", inbox(3), "--batch", "struck").code == 75
    assert desk("run", inbox(1, name="other", first=7)).object["resumed"] == ["struck"]
    assert desk.value("SELECT count(*) FROM articles") == 4


def test_a_dry_run_beside_an_interrupted_batch_leaves_it_alone(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, "load", OSError(5, "Input/output error"))
    assert desk("run", inbox(3), "--batch", "struck").code == 1
    said = desk("run", inbox(1, name="other", first=7), "--dry-run")
    assert (said.code, said.counts["published"]) == (0, 1)
    said = desk("run", inbox(1, name="other", first=7))
    assert (said.object["resumed"], said.counts["published"]) == (["struck"], 1)
    assert desk.value("SELECT count(*) FROM articles") == 4


def test_a_missing_raw_shard_is_named_and_taken_up_again_when_it_is_back(
    desk: Desk, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = inbox(3)
    stop_at(monkeypatch, "load", OSError(5, "Input/output error"))
    desk("run", folder, "--batch", "struck")
    (shard,) = (desk.home / "raw" / "struck").glob("*.parquet")
    kept = shard.read_bytes()
    shard.unlink()
    error = desk("run", folder, "--batch", "struck").error
    assert str(shard) in error["message"]
    shard.write_bytes(kept)
    assert desk("run", folder, "--batch", "struck").counts["published"] == 3
    assert_books_balance(desk)


def test_a_kind_that_no_reader_has_stops_no_later_run(desk: Desk, inbox: Inbox) -> None:
    said = desk("run", inbox(1), "--kind", "nonsense", "--batch", "odd")
    assert (said.code, "nonsense" in said.error["message"]) == (2, True)
    said = desk("run", inbox(1))
    assert (said.object["resumed"], said.counts["published"]) == ([], 1)
    assert desk.value("SELECT count(*) FROM batches") == 1


def test_a_copy_of_what_was_withdrawn_is_withdrawn_too(
    desk: Desk, inbox: Inbox, tmp_path: Path
) -> None:
    desk("run", inbox(2))
    copy = tmp_path / "copy.txt"
    copy.write_text(story(0) + "\n", "utf-8")
    assert desk("run", copy).counts["duplicate"] == 1
    article = desk.value("SELECT article_id FROM documents WHERE outcome = 'duplicate'")
    desk("withdraw", article, "--why", "wrong")
    said = desk("run", copy)
    assert said.counts["quarantined"] == 1
    assert desk.value("SELECT reason FROM quarantine") == "withdrawn"
    assert desk.value("SELECT count(*) FROM articles") == 1
