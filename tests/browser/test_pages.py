"""The report pages in a real browser, opened from disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]

_KINDS = (
    "index.html",
    "batches.html",
    "sites.html",
    "rules.html",
    "find.html",
    "batches/day-0003.html",
    "batches/day-0005.html",
    "sites/valleypost.example.html",
    "rules/byline.html",
    "replay/index.html",
)
_SERIOUS = ("serious", "critical")


def _hostile_document(site: Path) -> Path:
    return next(
        path
        for path in sorted(site.glob("documents/*/*.html"))
        if "A fair line" in path.read_text()
    )


def _pages(site: Path) -> list[Path]:
    """One page of every kind, the hostile ones among them."""
    documents = sorted(site.glob("documents/day-0001/*.html"))
    unnamed = sorted(site.glob("sites/x-*.html"))
    return [*(site / name for name in _KINDS), *documents[:3], *unnamed, _hostile_document(site)]


def test_every_page_opens_from_disk_without_an_error_or_an_outside_request(
    site: Path, visit: Open
) -> None:
    seen = visit()
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 100
    for page in pages:
        seen.open(page)
        assert seen.page.locator("h1").count() == 1, page
        assert seen.page.evaluate("window.pwned") is None, page
    assert seen.faults == []


def test_every_page_reads_whole_without_scripts(site: Path, visit: Open) -> None:
    seen = visit(scripts=False)
    for page in _pages(site):
        seen.open(page)
        assert seen.page.locator("main").inner_text().strip()
    seen.open(site / "batches.html")
    assert seen.page.locator("#batches tbody tr").count() == 5
    seen.open(site / "find.html")
    assert "needs scripts" in seen.page.locator("main").inner_text()


def test_a_hostile_title_is_shown_as_text(site: Path, visit: Open) -> None:
    seen = visit()
    seen.open(_hostile_document(site))
    assert "<script>window.pwned=1</script>" in seen.page.locator("h1").inner_text()
    assert seen.page.locator("main script, main img, main iframe, h1 svg").count() == 0
    assert seen.page.locator('a[href^="javascript"]').count() == 0
    seen.open(site / "find.html", "?q=onerror")
    assert "<img src=x" in seen.page.locator("#results tbody").inner_text()
    assert seen.page.locator("#results img").count() == 0
    assert seen.page.evaluate("window.pwned") is None
    assert seen.faults == []


def test_a_table_is_filtered_and_says_so(site: Path, visit: Open) -> None:
    seen = visit()
    seen.open(site / "batches" / "day-0003.html")
    rows = seen.page.locator("#document-table tbody tr")
    seen.page.get_by_label("Show only rows with").last.fill("VALLEY post")
    shown = [row for row in rows.all() if row.is_visible()]
    assert 0 < len(shown) < rows.count()
    assert all("valleypost" in row.inner_text() for row in shown)
    said = seen.page.locator("#filter-document-table + output").inner_text()
    assert said == f"{len(shown)} of {rows.count()} rows"


def test_a_table_is_sorted_by_keyboard_and_says_so(site: Path, visit: Open) -> None:
    seen = visit()
    seen.open(site / "rules.html")
    head = seen.page.locator("#rules thead th", has_text="Documents")
    head.locator("button").focus()
    seen.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"

    def column() -> list[int]:
        cells = seen.page.locator("#rules tbody tr td:nth-child(4)").all_inner_texts()
        return [int(cell.replace(",", "")) for cell in cells]

    assert column() == sorted(column(), reverse=True)
    seen.page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(column())


def test_a_document_is_found_from_the_front_page_in_two_clicks(site: Path, visit: Open) -> None:
    target = sorted(site.glob("documents/day-0002/*.html"))[0]
    seen = visit()
    seen.open(site / "index.html")
    seen.page.get_by_label("Find a document").fill(target.stem)
    seen.page.get_by_role("button", name="Find").click()
    seen.page.locator("#results tbody a").first.click()
    assert seen.page.url == target.as_uri()
    assert seen.faults == []


def test_a_document_is_found_by_way_of_its_batch_in_two_clicks(site: Path, visit: Open) -> None:
    seen = visit()
    seen.open(site / "index.html")
    seen.page.get_by_role("link", name="day-0002").click()
    seen.page.locator("#document-table tbody a").nth(4).click()
    assert seen.page.locator(".kicker").inner_text().lower() == "document"


def test_what_waits_is_one_click_away(site: Path, visit: Open) -> None:
    seen = visit()
    seen.open(site / "index.html")
    link = seen.page.locator("#quarantine tbody a").first
    reason = link.inner_text()
    link.click()
    rows = seen.page.locator("#results tbody tr")
    rows.first.wait_for()
    assert all(reason in row.inner_text() for row in rows.all())


def test_the_finder_narrows_by_outcome_and_batch(site: Path, visit: Open) -> None:
    seen = visit()
    seen.open(site / "find.html", "?batch=day-0004")
    assert seen.page.locator("#found").inner_text() == "16 documents."
    seen.page.get_by_label("Outcome").select_option("published")
    assert all(
        "published" in row for row in seen.page.locator("#results tbody tr").all_inner_texts()
    )


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen(site: Path, visit: Open, width: int, scheme: str) -> None:
    seen = visit(width=width, scheme=scheme)
    for page in _pages(site):
        seen.open(page)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, page


def test_a_title_of_one_long_word_pushes_no_column_out_of_sight(site: Path, visit: Open) -> None:
    seen = visit(width=1440)
    seen.open(site / "batches/day-0005.html")
    title = seen.page.locator("tbody th bdi").last
    title.evaluate("title => { title.textContent = 'W'.repeat(300) }")
    hidden = "title => (box => box.scrollWidth - box.clientWidth)(title.closest('.scroll'))"
    assert title.evaluate(hidden) == 0


_CUT_LABELS = """
[...document.querySelectorAll("svg text")].filter(text => {
    const place = text.getBoundingClientRect()
    return place.left < 0 || place.right > innerWidth
}).map(text => text.textContent)
"""


@pytest.mark.parametrize("width", [390, 1440])
def test_no_label_of_a_chart_is_cut(site: Path, visit: Open, width: int) -> None:
    seen = visit(width=width)
    for page in _pages(site):
        seen.open(page)
        assert seen.page.evaluate(_CUT_LABELS) == [], page


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_no_serious_fault(
    site: Path, visit: Open, axe: str, width: int, scheme: str
) -> None:
    seen = visit(width=width, scheme=scheme)
    for page in _pages(site):
        seen.open(page)
        seen.page.evaluate(axe)
        found = seen.page.evaluate("axe.run()")
        serious = [
            (fault["id"], [node["html"][:200] for node in fault["nodes"]][:3])
            for fault in found["violations"]
            if fault["impact"] in _SERIOUS
        ]
        assert serious == [], page
        assert found["passes"]


def test_the_keyboard_reaches_the_page_past_the_masthead(site: Path, visit: Open) -> None:
    seen = visit()
    seen.open(site / "index.html")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.textContent") == "Skip to the page"
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.id") == "main"
