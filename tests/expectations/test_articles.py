"""Every check of the row suite catches a seeded row that no other check catches."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.articles.suite import KEY_COLUMNS, ROW_CHECKS, ROW_COLUMNS
from expectations.auditor import AuditReport, verdict
from expectations.check import ROWS_VIEW

LONG = "The river rose again on Monday and the lower town was told to leave its houses. " * 2

SEEDS: dict[str, dict[str, Any]] = {
    "document_id_present": {"document_id": None},
    "article_id_present": {"article_id": None},
    "locator_present": {"locator": None},
    "fetched_at_present": {
        "fetched_at": None,
        "published_on": None,
        "published_at": None,
        "modified_at": None,
    },
    "extractor_present": {"extractor": None},
    "text_sha256_present": {"text_sha256": None},
    "text_sha256_is_a_hash": {"text_sha256": "E3B0C442"},
    "text_present": {"text": None, "text_chars": 200, "text_sha256": "0" * 64},
    "text_length_in_bounds": {"text": "Too short a text."},
    "text_chars_is_true": {"text_chars": 99},
    "text_has_no_control_chars": {"text": LONG + "\x0bIt kept on raining."},
    "text_has_no_template_lines": {"text": LONG + "It kept on raining.\nExit mobile version"},
    "text_has_no_share_bars": {"text": LONG + "It rained.\nFacebook Twitter WhatsApp"},
    "text_has_no_markup": {
        "text": "<p class='lead'>The river rose again on Monday and the town was told to go.</p>"
        "\n<p>The mayor said that nobody had seen such water in a hundred years or more.</p>"
    },
    "text_has_no_entities": {
        "text": "She said it wasn&#8217;t over, and he couldn&#8217;t say when it&#8217;d be."
    },
    "text_has_no_mojibake": {
        "text": "La riviÃ¨re a dÃ©bordÃ© lundi soir et la ville basse a Ã©tÃ© Ã©vacuÃ©e."
    },
    "text_has_no_replacement_chars": {
        "text": "La rivi\ufffdre a d\ufffdbord\ufffd lundi, la ville a \ufffdt\ufffd vid\ufffde."
    },
    "text_has_no_stray_damage": {"text": LONG + "A prot\ufffdg\ufffd of hers agreed."},
    "text_has_no_shortcodes": {"text": LONG + '[caption id="attachment_7"] The bridge.'},
    "text_is_no_wall": {"text": "Please enable JavaScript and cookies to go on to this page."},
    "text_lines_vary": {"text": "\n".join(["Read the latest here today.", "Next"] * 6)},
    "text_is_in_normal_form": {"text": LONG.strip() + "\n\nIt kept on raining."},
    "title_is_not_the_text": {
        "title": "The river rose again on Monday, THEY SAY.",
        "text": "The river rose again on Monday, they say.",
    },
    "text_does_not_open_with_title": {
        "title": "River rises once more in the town",
        "text": "River rises once more in the Town\nThe lower town was told to leave.",
    },
    "title_is_one_line": {"title": "River rises\nonce more"},
    "title_has_no_markup": {"title": "The <em>river</em> rises once more"},
    "title_has_no_entities": {"title": "River won&#8217;t stop rising"},
    "title_length_in_bounds": {"title": "River " * 60},
    "published_on_is_possible": {
        "published_on": date(1066, 10, 14),
        "published_at": None,
        "modified_at": None,
    },
    "published_on_is_of_the_web": {
        "published_on": date(1970, 1, 1),
        "published_at": None,
        "modified_at": None,
    },
    "published_on_is_not_future": {
        "published_on": date(2024, 11, 24),
        "published_at": None,
        "modified_at": None,
    },
    "published_at_is_not_future": {
        "published_on": date(2024, 11, 22),
        "published_at": datetime(2024, 11, 22, 12, 1, tzinfo=UTC),
        "modified_at": None,
    },
    "published_at_is_on_its_day": {
        "published_on": date(2024, 11, 18),
        "published_at": datetime(2024, 11, 20, 1, 0, tzinfo=UTC),
    },
    "modified_at_is_plausible": {"modified_at": datetime(2024, 11, 25, tzinfo=UTC)},
    "date_names_its_source": {"date_source": None},
    "date_flag_is_known": {"date_flag": "odd"},
    "flagged_date_is_withheld": {"date_flag": "future"},
    "url_is_a_web_address": {"url": "javascript:alert(1)"},
    "canonical_url_is_a_web_address": {"canonical_url": "//example.org/news"},
    "image_url_is_a_web_address": {"image_url": "/bridge.jpg"},
    "site_is_a_host": {"site": "www.example.org"},
    "language_is_known": {"language": None},
    "language_is_iso_639_1": {"language": "English"},
    "authors_are_names": {"authors": ["Ada Quill", "desk@example.org"]},
}
"""Check -> what is wrong with its row. The two about pairs of rows are seeded below."""

PAIRED = {
    "document_id_unique": (
        {"document_id": "seed of document_id_unique"},
        {
            "document_id": "seed of document_id_unique",
            "article_id": "another",
            "text": LONG.strip(),
        },
    ),
    "text_is_staged_once": (
        {"text": LONG + "One text.", "article_id": "z"},
        {"text": LONG + "One text.", "article_id": "a", "document_id": "the first, which stays"},
    ),
}
FAILING_ROWS = Counter({check.name: 1 for check in ROW_CHECKS}) + Counter(document_id_unique=1)


@pytest.fixture(scope="module")
def seeded(make_desk: Callable[[], Any]) -> AuditReport:
    """One audit of all seeded rows among clean ones."""
    desk = make_desk()
    desk.stage(*(desk.article(f"clean {number}") for number in range(60)))
    for name, changes in SEEDS.items():
        desk.stage({**desk.article(f"seed of {name}", **changes)})
    for name, rows in PAIRED.items():
        desk.stage(*(desk.article(f"seed of {name}", **changes) for changes in rows))
    desk.profile()
    report: AuditReport = desk.audit()
    return report


@pytest.mark.parametrize("name", [check.name for check in ROW_CHECKS])
def test_every_check_catches_its_seeded_row_and_no_other(seeded: AuditReport, name: str) -> None:
    result = next(r for r in seeded.results if r.expectation == name)
    assert not result.success
    assert result.unexpected_count == FAILING_ROWS[name]
    named = () if name == "document_id_present" else (f"seed of {name}",)
    assert result.failing_ids == named


@pytest.mark.parametrize("name", [check.name for check in ROW_CHECKS])
def test_a_failing_check_quotes_shortly_what_fails(seeded: AuditReport, name: str) -> None:
    result = next(r for r in seeded.results if r.expectation == name)
    assert result.details is not None
    details = json.loads(result.details)
    assert details["expected"]
    if result.failing_ids:
        assert details["examples"][0]["document_id"] == result.failing_ids[0]
        assert 0 < len(details["examples"][0]["excerpt"]) <= 100


def test_a_clean_batch_passes_every_check(desk: Any) -> None:
    desk.stage(*(desk.article(f"place {number}") for number in range(25)))
    desk.stage(
        desk.article(
            "a dump without metadata",
            **dict.fromkeys(
                ("url", "canonical_url", "site", "title", "published_at", "published_on")
            ),
            **dict.fromkeys(("date_source", "modified_at", "image_url")),
            authors=[],
        )
    )
    desk.profile()
    report = desk.audit()
    assert report.faults == ()
    assert [r.expectation for r in report.results if not r.success] == []
    assert verdict(report, documents=30, min_documents=20).hold is False


PROSE = {
    "an ampersand": "Marks & Spencer and the R&D staff of AT&T met; Q&A followed. " * 2,
    "a quoted tag": "Use <b> for bold and <em>not</em> <i>, the style guide of the paper says now.",
    "a generic type": "A List<String> is what the method returns, and Map<K, V> what it takes in.",
    "a comparison": "If a < b and c > d then the two of them, as the teacher said, differ a lot.",
    "one entity explained": "To print an ampersand write &amp; and for a blank &nbsp; in the page.",
    "a sentence on icons": "Site icon designers met in Lyon on Monday to settle on one shape.",
    "an icon within": "The guide to themes appeared.\nSite icon News\nIt has three parts, it says.",
    "a quoted switch": 'The link says "Exit mobile version" and nobody\nknows why it does say so.',
    "networks in prose": "Facebook, Twitter and WhatsApp were down on Monday for six hours or so.",
    "sharing in prose": "Share this: the bread was good.\nThe wine, the readers write, was better.",
    "capital letters": "«FUNDAÇÃO» e «MANHÃ»: os jornais de São Paulo abriram a edição de amanhã.",
    "french quotes": "Il a dit « café\u00a0» puis « cliché\u00a0», et « Noël\u00a0» pour finir.",
    "spanish capitals": "ESPAÑA Y EL NIÑO: EL AÑO DEL ÑANDÚ, segunda parte de una larga historia.",
    "emoji and joiners": "می\u200cخواهم بروم و 👩\u200d👧 را ببینم، گفت او در پایان روز.",
    "a hindi line": "प्रधानमंत्री ने मंगलवार को कहा कि काम वसंत में शुरू होगा और शरद में पूरा।",
    "a wall as a topic": "Page not found, said the screen, and so began a bad day for the archive.",
    "a chorus": "\n".join(["La la la", "We sing it twice", "La la la", "And then we go home"]),
    "a code sample": "The button:\n<button onClick={() => go(1)} className='x'>go</button>\nworks.",
    "half a link": "The source read <a href= and then broke off, which is what the report says.",
}


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE.keys())
def test_prose_that_looks_like_a_leftover_is_let_be(text: str) -> None:
    connection = duckdb.connect()
    connection.execute(
        f"CREATE VIEW {ROWS_VIEW} AS SELECT t AS text, length(t) AS text_chars"
        " FROM (SELECT $text AS t)".replace("$text", "'" + text.strip().replace("'", "''") + "'")
    )
    caught = [
        check.name
        for check in ROW_CHECKS
        if check.column in ("text", "text_chars")
        and connection.execute(f"SELECT {check.failing} FROM {ROWS_VIEW}").fetchone() != (False,)
    ]
    assert caught == []


def test_failing_ids_are_complete(desk: Any) -> None:
    wrong = [desk.article(f"wrong {number:02}", language="English") for number in range(50)]
    desk.stage(*(desk.article(f"right {number}") for number in range(60)), *wrong)
    desk.profile()
    report = desk.audit()
    result = next(r for r in report.results if r.expectation == "language_is_iso_639_1")
    assert report.faults == ()
    assert result.unexpected_count == 50
    assert result.failing_ids == tuple(row["document_id"] for row in wrong)


def test_what_cannot_be_decided_fails(desk: Any) -> None:
    desk.stage(desk.article("undated fetch", fetched_at=None))
    desk.profile()
    failed = {r.expectation for r in desk.audit().results if not r.success}
    assert {"published_on_is_not_future", "published_at_is_not_future"} <= failed


def test_the_seeds_cover_the_suite_and_names_are_unique() -> None:
    names = [check.name for check in ROW_CHECKS]
    assert len(names) == len(set(names)) >= 15
    assert SEEDS.keys() | PAIRED.keys() == set(names)
    assert {check.column for check in ROW_CHECKS} <= set(ROW_COLUMNS)
    assert set(KEY_COLUMNS) <= set(ROW_COLUMNS)


SHARED = Path(
    os.environ.get("COPYDESK_SHARED", Path(__file__).resolve().parents[2] / ".." / "shared")
)
GOLD = SHARED / "corpus" / "dev" / "gold.jsonl"


@pytest.mark.skipif(not GOLD.exists(), reason="the sample corpus is not here")
def test_no_true_article_of_the_sample_is_refused_for_its_text() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE gold (document_id VARCHAR, title VARCHAR, text VARCHAR)")
    rows = []
    for line in GOLD.read_text("utf-8").split("\n")[:-1]:
        page = json.loads(line)
        if page.get("text") and page["gold_kind"] != "regression-snapshot":
            text = "".join(c for c in page["text"] if c == "\n" or not 0x7F <= ord(c) <= 0x9F)
            lines = (" ".join(part.split()) for part in text.split("\n"))
            rows.append([page["id"], page.get("title"), "\n".join(part for part in lines if part)])
    connection.executemany("INSERT INTO gold VALUES (?, ?, ?)", rows)
    connection.execute(f"CREATE VIEW {ROWS_VIEW} AS SELECT *, length(text) AS text_chars FROM gold")
    refused = {
        check.name: connection.execute(
            f"SELECT list(document_id) FROM {ROWS_VIEW} WHERE {check.failing}"
        ).fetchone()
        for check in ROW_CHECKS
        if check.column in ("text", "text_chars", "title") and check.severity != "warn"
    }
    assert len(rows) > 500
    assert {name: ids for name, ids in refused.items() if ids != (None,)} == {}
