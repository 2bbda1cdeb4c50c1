"""Stages work side by side: what is taken in is extracted while the source is still being read."""

from __future__ import annotations

import json
from pathlib import Path

from tasks.shards import FIRST_DOCUMENTS
from tests.conftest import story
from tests.flows.conftest import piped

MORE = 2 * FIRST_DOCUMENTS
"""Behind the first shard: what a pipe and its reader hold back of what is not yet a whole chunk."""


def test_a_full_shard_is_cleaned_before_the_source_has_ended(tmp_path: Path) -> None:
    def line(number: int) -> str:
        url = f"https://example.org/{number}"
        return json.dumps({"url": url, "title": f"Story {number}", "text": story(number)}) + "\n"

    told = []
    with piped("--home", tmp_path, "--json") as run:
        assert run.stdin is not None
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdin.write("".join(line(number) for number in range(FIRST_DOCUMENTS + MORE)))
        run.stdin.flush()
        for said in run.stderr:
            told.append(said)
            if "clean, shard 0" in said:
                break
        assert "clean, shard 0" in told[-1], "".join(told)
        run.stdin.write(line(FIRST_DOCUMENTS + MORE))
        run.stdin.close()
        report = json.loads(run.stdout.read())
    assert report["counts"]["documents"] == FIRST_DOCUMENTS + MORE + 1
    assert report["counts"]["published"] == FIRST_DOCUMENTS + MORE + 1
