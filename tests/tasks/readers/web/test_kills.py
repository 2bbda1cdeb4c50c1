"""A crawl that is killed goes on where it stood: nothing is forgotten, hardly anything repeated."""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks.readers.web.memory import NoMemory
from tasks.readers.web.rules import FetchRules
from tasks.readers.web.service import Web
from tests.tasks.readers.web.conftest import Site

Kill = Callable[[list[str], list[Site], float], bool]
PAGES, SITES = 300, 4
QUICK_KILLS, SOAK_KILLS = 5, 30
_CHILD = """
import sys
from pathlib import Path
from tests.tasks.readers.web.test_kills import crawl_all
for item in crawl_all(Path(sys.argv[1]), sys.argv[2:]):
    pass
"""


def crawl_all(folder: Path, urls: list[str]) -> list[Any]:
    """Crawl addresses with the spools of a folder, as a run and as a resumed run do."""
    rules = FetchRules(
        max_bytes=10**6, allow_addresses=("127.0.0.0/8",), gap_seconds=0.02, deadline_seconds=30
    )
    with Web(rules, NoMemory(), lambda: datetime.now(UTC), folder) as web:
        web.start(folder / "web.spool", urls, locator="urls")
        return list(web.read(folder / "web.spool"))


def kill_and_resume(
    make_site: Callable[[], Site], kill_at_work: Kill, folder: Path, kills: int, seed: int
) -> None:
    chance = random.Random(seed)
    sites = [make_site() for _ in range(SITES)]
    feeds = []
    for number, site in enumerate(sites):
        links = ""
        for page in range(PAGES // SITES):
            url = site.page(f"/{page}", f"<html><body><p>Page {page} of {number}</p></body></html>")
            links += f"<item><link>{url}</link></item>"
        feeds.append(site.page("/feed", f"<rss><channel>{links}</channel></rss>"))
    command = [sys.executable, "-c", _CHILD, str(folder), *feeds]
    done = 0
    for _ in range(kills):
        done += kill_at_work(command, sites, chance.uniform(0, 0.3))
    items = crawl_all(folder, feeds)
    assert sorted(item.locator for item in items) == sorted(
        f"{site.url}/{page}" for site in sites for page in range(PAGES // SITES)
    )
    for site in sites:
        asked = Counter(line.path for line in site.log)
        assert set(asked) == {"/robots.txt", "/feed", *(f"/{n}" for n in range(PAGES // SITES))}
        assert asked.total() - len(asked) <= done, f"seed {seed}: {asked.most_common(5)}"


def test_a_killed_crawl_repeats_one_request_per_origin_at_most(
    make_site: Callable[[], Site], kill_at_work: Kill, tmp_path: Path
) -> None:
    kill_and_resume(make_site, kill_at_work, tmp_path, QUICK_KILLS, seed=1)


@pytest.mark.soak
def test_thirty_kills_lose_nothing(
    make_site: Callable[[], Site], kill_at_work: Kill, tmp_path: Path
) -> None:
    seed = int(os.environ.get("COPYDESK_SOAK_SEED") or time.time())
    print(f"COPYDESK_SOAK_SEED={seed}")
    kill_and_resume(make_site, kill_at_work, tmp_path, SOAK_KILLS, seed)


def test_a_frame_that_a_kill_cut_off_is_asked_for_again(site: Site, tmp_path: Path) -> None:
    urls = [site.page(f"/{n}", f"<p>{n}</p>") for n in range(3)]
    crawl_all(tmp_path, urls)
    spool = tmp_path / "web.spool"
    whole = spool.read_bytes()
    for cut in (len(whole) - 3, len(whole) // 2, 5, 0):
        spool.write_bytes(whole[:cut])
        assert [item.locator for item in crawl_all(tmp_path, urls)] == urls
