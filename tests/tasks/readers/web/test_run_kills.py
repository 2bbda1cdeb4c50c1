"""A whole run over the web that is killed again and again ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import story
from tests.tasks.readers.web.conftest import Site

pytestmark = [pytest.mark.prefect, pytest.mark.soak]

PAGES, SITES, KILLS = 300, 4, 30
GAP_SECONDS = 0.25
# What a kill can cost: the request of each origin that was under way, or its answer not yet kept.
_MOST_REPEATED = SITES


def serve(site: Site, number: int) -> str:
    """Fill a site with its articles and a feed of them; return the feed's address."""
    links = ""
    for page in range(number, PAGES, SITES):
        told = "".join(f"<p>{line}</p>" for line in story(page).split("\n") if line)
        head = f"<title>Report {page}</title>"
        site.page(f"/{page}", f"<html><head>{head}</head><body><article>{told}</article></body>")
        links += f"<item><link>{site.url}/{page}</link></item>"
    feed: str = site.page("/feed", f"<rss><channel>{links}</channel></rss>")
    return feed


def test_thirty_kills_of_a_run_lose_nothing(
    make_site: Callable[[], Site],
    kill_at_work: Callable[[list[str], list[Site], float], bool],
    tmp_path: Path,
    prefect_api: str,
) -> None:
    seed = int(os.environ["COPYDESK_SOAK_SEED"])
    print(f"seed {seed}")
    chance = random.Random(seed)
    sites = [make_site() for _ in range(SITES)]
    feeds = [serve(site, number) for number, site in enumerate(sites)]
    home = tmp_path / "home"
    home.mkdir()
    (home / "copydesk.toml").write_text(
        f'[fetch]\nallow_addresses = ["127.0.0.0/8"]\ngap_seconds = {GAP_SECONDS}\n', "utf-8"
    )
    words = ["--home", str(home), "--json", "run", *feeds, "--batch", "crawl"]
    command = [sys.executable, "-m", "flows.cli", *words]
    struck = 0
    for _ in range(KILLS):
        struck += kill_at_work(command, sites, chance.uniform(0, 1.0))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"{struck} kills met the run")
    asked = Counter((line.port, line.path) for site in sites for line in site.log)
    pages = {key: count for key, count in asked.items() if key[1].strip("/").isdigit()}
    assert len(pages) == PAGES
    assert sum(pages.values()) - PAGES <= struck * _MOST_REPEATED
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as copy:
        rows = copy.execute(
            "SELECT count(*), count(DISTINCT title), max(revision) FROM articles"
        ).fetchone()
        outcomes = copy.execute("SELECT outcome, count(*) FROM documents GROUP BY ALL").fetchall()
    assert rows == (PAGES, PAGES, 1), outcomes
    assert dict(outcomes) == {"published": PAGES}
