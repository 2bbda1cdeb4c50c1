"""A failed batch that is taken up again: what servers answered to it before stays kept, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flows import ingest
from tasks import shards
from tasks.answers import answer_shards, keep_answers
from tasks.desk import Desk as Home
from tasks.taking import RawShards
from tests.conftest import Desk
from tests.flows.test_interruptions import once
from tests.flows.test_line import assert_books_balance
from tests.tasks.readers.web import conftest as local_web
from tests.tasks.readers.web.test_answers import exported

pytestmark = pytest.mark.prefect
Site = local_web.Site
make_site = local_web.make_site
site = local_web.site_for_runs


def feed(site: Site, name: str) -> str:
    """Serve a feed of two pages."""
    items = ""
    for number in range(2):
        url = site.page(f"/{name}{number}", local_web.article(f"the {name} of pier {number}"))
        items += f"<item><link>{url}</link></item>"
    return site.page(f"/{name}.xml", f"<rss><channel>{items}</channel></rss>")


def fail_at_second_source(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Let a step fail once by a defect, when it comes to the second source."""
    done, waiting = getattr(owner, name), [ValueError("a defect of ours")]

    def step(*words: Any) -> Any:
        number = words[0].source_no if owner is RawShards else words[2]
        if number == 1 and waiting:
            raise waiting.pop()
        return done(*words)

    monkeypatch.setattr(owner, name, step)


def assert_all_is_kept(desk: Desk, site: Site) -> None:
    """Compare the WARC of the desk with the log of the server, as multisets."""
    kept = exported(Home(home=desk.home), desk.home.parent)
    answered = Counter((site.url + line.path, str(line.status)) for line in site.log)
    assert Counter((url, status) for _, url, status, _ in kept) == answered
    for url in {url for _, url, status, _ in kept if status == "200"}:
        bodies = [body for kind, at, _, body in kept if (kind, at) == ("response", url)]
        assert bodies == [site.pages[url.removeprefix(site.url)][2]], url
    answers = [
        record["document_id"]
        for folder in (desk.home / "raw").iterdir()
        for path in answer_shards(folder)
        for record in shards.read(str(path), columns=["document_id"])
    ]
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("between", [(), ("run", "notes"), ("maintain",)], ids=str)
def test_what_was_answered_before_a_batch_failed_is_kept_beside_what_came_later(
    desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, between: Sequence[str]
) -> None:
    sources = [feed(site, "ferry"), feed(site, "market")]
    command = ["run", *sources, "--batch", "struck", "--limit", "9"]  # so that they go in turn
    fail_at_second_source(monkeypatch, ingest, "acquire")
    assert desk(*command).error["code"] == "defect"
    assert not site.asked("/market.xml")
    (tmp_path / "notes").write_text(local_web.article("a quiet day"), "utf-8")
    if between:
        assert desk(*(tmp_path / w if w == "notes" else w for w in between)).code == 0
    assert desk(*command).counts["published"] == 4
    assert_all_is_kept(desk, site)

    desk("run", *sources)
    assert [len(site.asked(f"/{name}.xml")) for name in ("ferry", "market")] == [2, 2]
    assert_all_is_kept(desk, site)
    assert_books_balance(desk)
    assert not list(desk.home.glob("work/*"))


def test_what_was_answered_and_is_in_no_shard_yet_is_not_asked_again(
    desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sources = [feed(site, "ferry"), feed(site, "market")]
    fail_at_second_source(monkeypatch, RawShards, "flush")
    assert desk("run", *sources, "--batch", "struck").error["code"] == "defect"
    (tmp_path / "notes").write_text(local_web.article("a quiet day"), "utf-8")
    (desk.home / "work" / ".DS_Store").write_text("somebody's")
    (desk.home / "work" / "struck" / "looked_into").mkdir()
    assert desk("run", tmp_path / "notes").object["resumed"] == []
    assert (desk.home / "work" / ".DS_Store").exists(), "it is not ours"
    (desk.home / "work" / ".DS_Store").unlink()
    left = {path.suffix for path in (desk.home / "work" / "struck").iterdir() if path.is_file()}
    assert left == {".spool"}, "stages can be done again, answers cannot"
    assert desk("run", *sources, "--batch", "struck").counts["published"] == 4
    assert set(Counter(line.path for line in site.log).values()) == {1}
    assert_all_is_kept(desk, site)
    assert_books_balance(desk)


def test_a_missing_raw_shard_costs_no_answer(
    desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["run", feed(site, "ferry"), "--batch", "struck"]
    failing = once(OSError(5, "Input/output error"), keep_answers)
    monkeypatch.setattr("tasks.web_memory.keep_answers", failing)
    assert desk(*command).error["code"] == "os_error"
    (shard,) = (desk.home / "raw" / "struck").glob("*.parquet")
    payloads = shard.read_bytes()
    shard.unlink()
    assert desk(*command).error["code"] == "books_unbalanced"
    assert answer_shards(desk.home / "raw" / "struck")
    shard.write_bytes(payloads)
    assert desk(*command).counts["published"] == 2
    assert_all_is_kept(desk, site)
    assert_books_balance(desk)
