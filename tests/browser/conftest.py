"""A real browser, and a site with what a hostile page may bring. Absent tools skip visibly.

Chromium is looked for at CHROMIUM, then by its usual names; axe-core at AXE_CORE, then
where `npm install --prefix tests/browser` puts it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.reports import Simulation
from tasks import shards
from tasks.comparison.tally import FACTS, Compared, Reading, Tally
from tasks.desk import Desk
from tasks.records import RAW
from tasks.report_site.build import build
from tasks.report_site.trial import write_trial

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
HOSTILE = (
    '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
    "</title><svg onload='window.pwned=1'>\u202e{{7*7}}&lt;b&gt;"
)
_PAGE = f"""<html><head><title>{HOSTILE}</title></head><body onload="window.pwned=1">
<script>window.pwned=1</script><iframe src="https://evil.example/"></iframe>
<img src="https://evil.example/pixel.gif"><p>&lt;script&gt;window.pwned=1&lt;/script&gt;</p>
<p>A fair line of the page.</p></body></html>"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a built site; one article, one refused document and one site are hostile."""
    desk = Desk(home=tmp_path_factory.mktemp("browser") / "home")
    Simulation(desk, seed=11, documents=16).add(5)
    with desk.writing("test") as connection:
        row = connection.execute(
            "SELECT document_id, shard_path, article_id FROM raw.document "
            "WHERE outcome = 'published' ORDER BY document_id LIMIT 1"
        ).fetchone()
        assert row is not None
        document_id, shard_path, article_id = row
        connection.execute(
            "UPDATE published.article_revision SET title = $h, site_name = $h, text = $h || text, "
            "authors = [$h], url = 'javascript:window.pwned=1' WHERE article_id = $a",
            {"h": HOSTILE, "a": article_id},
        )
        connection.execute(
            "UPDATE raw.document SET site = $h, detail = $h WHERE document_id = "
            "(SELECT min(document_id) FROM raw.document WHERE outcome = 'quarantined')",
            {"h": HOSTILE},
        )
        connection.execute(
            "INSERT INTO published.removed_line SELECT batch_id, document_id, 1, $h, 'byline' "
            "FROM raw.document WHERE document_id = $d",
            {"h": HOSTILE, "d": document_id},
        )
        connection.execute(
            "UPDATE ops.batch SET gate_why = $h WHERE batch_id = 'day-0005'", {"h": HOSTILE}
        )
        desk.refresh_reading_copy(connection)
    _replace_payload(desk.home / shard_path, document_id)
    build(desk)
    write_trial(desk, _trial(document_id), settings=[HOSTILE], made_at=WHEN)
    return desk.reports


def _trial(document_id: str) -> Tally:
    """A replay that would change hostile articles in every way."""
    facts = dict.fromkeys(FACTS) | {"title": HOSTILE, "authors": [HOSTILE]}
    refused = Reading(text=None, removed=(), facts={}, reason="too_short", detail=HOSTILE)
    old = Reading(text=f"{HOSTILE}\nA fair line.", removed=[("byline", HOSTILE)], facts=facts)
    new = Reading(text=f"{HOSTILE}\n{HOSTILE}\nA fair one.", removed=(), facts={})
    tally = Tally()
    for before, after in ((old, new), (old, refused), (refused, new)):
        tally.add(
            Compared(
                document_id=document_id,
                batch_id="day-0001",
                locator=HOSTILE,
                before=before,
                after=after,
            )
        )
    return tally


def _replace_payload(path: Path, document_id: str) -> None:
    records = list(shards.read(str(path)))
    for record in records:
        if record["document_id"] == document_id:
            record["payload"] = _PAGE.encode()
    shards.write(path, RAW, records)


@dataclass
class Visit:
    """A page in the browser, and all that went wrong on it."""

    page: Any
    faults: list[str] = field(default_factory=list)

    def open(self, path: Path, query: str = "") -> None:
        self.page.goto(path.as_uri() + query)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Chromium without a network of its own; it runs an event loop until these tests are over."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    named = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names)]
    chromium = next((path for path in named if path and Path(path).exists()), None)
    if chromium is None:
        pytest.skip("no Chromium is here (set CHROMIUM)")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    """Open pages with faults noted: errors, and every request that is not for a file."""
    contexts = []

    def make(*, width: int = 1440, scheme: str = "light", scripts: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        visit = Visit(context.new_page())
        note = visit.faults.append
        visit.page.on("console", lambda m: note(m.text) if m.type in ("error", "warning") else None)
        visit.page.on("pageerror", lambda error: note(str(error)))
        visit.page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        visit.page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:")) else note(f"outside: {r.url}"),
        )
        return visit

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    installed = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
    path = Path(os.environ.get("AXE_CORE") or installed)
    if not path.is_file():
        pytest.skip("axe-core is not here (npm install --prefix tests/browser)")
    return path.read_text("utf-8")
