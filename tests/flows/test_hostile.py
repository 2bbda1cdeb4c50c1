"""Good pages among hostile ones: the good come out as ever, the hostile with a true reason."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Desk
from tests.flows.hostile import FAMILIES, Hostile, good, hostile

pytestmark = pytest.mark.prefect


def lay_out(folder: Path, goods: int, bads: list[Hostile]) -> Path:
    folder.mkdir()
    for number in range(goods):
        (folder / f"good-{number:03d}.html").write_bytes(good(number))
    for number, bad in enumerate(bads):
        ending = "html.gz" if bad.name.endswith(".gz") else "html"
        (folder / f"hostile-{number:03d}.{ending}").write_bytes(bad.payload)
    return folder


def texts_of_good(desk: Desk) -> dict[str, str]:
    rows = desk.sql(
        "SELECT d.locator, a.text FROM articles AS a JOIN documents AS d USING (document_id) "
        "WHERE d.locator LIKE '%/good-%'"
    )
    return {row["locator"].rsplit("/", 1)[1]: row["text"] for row in rows}


def outcomes(desk: Desk) -> list[dict[str, Any]]:
    return desk.sql(
        "SELECT d.locator, d.outcome, d.reason, a.text FROM documents AS d "
        "LEFT JOIN articles AS a USING (document_id) ORDER BY d.locator"
    )


def suffer(tmp_path: Path, desk: Desk, calm: Desk, *, goods: int, bads: list[Hostile]) -> None:
    assert calm("run", lay_out(tmp_path / "calm", goods, [])).counts["published"] == goods
    folder = lay_out(tmp_path / "mixed", goods, bads)
    said = desk("run", folder)
    assert said.counts["documents"] == goods + len(bads)
    desk(
        "release", said.object["batch_id"], "--why", "held for its refusals"
    ) if said.code else None
    assert texts_of_good(desk) == texts_of_good(calm)
    wrong = []
    for row in outcomes(desk):
        if "/hostile-" not in row["locator"]:
            continue
        bad = bads[int(row["locator"].split("hostile-")[1][:3])]
        if row["outcome"] == "quarantined":
            true = row["reason"] in bad.reasons or row["reason"].startswith("check_failed:")
        else:
            true = row["outcome"] == "published" and bad.keeps is not None
            true = true and bad.keeps in row["text"]
        if not true:
            wrong.append((bad.name, row["outcome"], row["reason"], (row["text"] or "")[:80]))
    assert wrong == []
    again = desk("run", folder)
    assert again.counts["published"] == 0
    assert again.counts["unchanged"] == goods + len(bads)


def test_one_of_each_family_hurts_nobody(
    tmp_path: Path, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(11)
    bads = [hostile(rng, number) for number in range(len(FAMILIES))]
    suffer(tmp_path, desk, Desk(tmp_path / "calm-home", capsys), goods=10, bads=bads)


@pytest.mark.soak
def test_a_hundred_good_pages_among_two_hundred_hostile_ones(
    tmp_path: Path, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ["COPYDESK_SOAK_SEED"])
    print(f"seed {seed}")
    rng = random.Random(seed)
    bads = [hostile(rng, number) for number in range(200)]
    suffer(tmp_path, desk, Desk(tmp_path / "calm-home", capsys), goods=100, bads=bads)
    # The kernel holds each worker under its limit; this is what the desk itself needed at most.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 < 1536


@contextmanager
def load(times: int) -> Iterator[None]:
    """Keep every core busy with so many other processes."""
    context = multiprocessing.get_context("spawn")
    cores = len(os.sched_getaffinity(0))
    burners = [context.Process(target=burn, daemon=True) for _ in range(times * cores)]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.join()


def burn() -> None:
    while True:
        pass


@pytest.mark.soak
def test_a_machine_loaded_ten_fold_gives_the_outcomes_of_an_idle_one(
    tmp_path: Path, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ["COPYDESK_SOAK_SEED"])
    print(f"seed {seed}")
    rng = random.Random(seed)
    folder = lay_out(tmp_path / "mixed", 60, [hostile(rng, number) for number in range(40)])
    idle = Desk(tmp_path / "idle-home", capsys)
    idle("run", folder)
    with load(10):
        desk("run", folder)
    assert len(outcomes(desk)) == 100
    assert outcomes(desk) == outcomes(idle)
