"""Dumps end to end: plain extraction and cleaning together."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime

import pytest

from tasks.cleaning.refusals import refuse
from tasks.cleaning.text import Cleaned, clean
from tasks.extraction.plain import extract_plain
from tasks.model import Extraction
from tests.tasks.cleaning.dumps import DUMPS, generate

FETCHED_AT = datetime(2024, 12, 24, tzinfo=UTC)
TWENTY_TRAPS = (
    "Home is where the vote was won, and where it will be lost again.",
    "Home is where the vote was won",
    "“Exit mobile version”, she read aloud, “what is that supposed to mean?”",
    "“Exit mobile version”",
    "Exit mobile version was the label that visitors of the museum's site feared most.",
    "Site icon design has become a trade of its own in Lisbon.",
    "Site icon Designers Guild elects its first chair.",
    "Readers who subscribe to our newsletter know the story already.",
    "“Subscribe to our newsletter,” the candidate shouted, and the hall laughed.",
    "Wednesday, November 20, 2024, was the day on which the council met.",
    "Share prices of the shipyard fell by a third on Monday.",
    "Follow the money",
    "Follow us on Facebook, the demonstrators chanted on the way to parliament.",
    "Read more books, teachers tell parents in Harrowmere.",
    "Related: they are not, whatever the two ministers' names suggest.",
    "Advertisement revenue fell by a tenth, copyright income by a third.",
    "Copyright 2024 is the title of her new novel.",
    "Comments by the minister drew fire from all sides.",
    "By Friday the bridge had gone.",
    "Lesen Sie auch das Kleingedruckte, rät die Verbraucherzentrale.",
)
BEFORE = "The council of the small town voted on Monday evening to close the old bridge for good."
AFTER = "Nobody in the hall spoke against the plan, although many had come to do just that."


def cleaned(raw: str) -> tuple[Extraction, Cleaned]:
    extraction = extract_plain(raw, fetched_at=FETCHED_AT)
    assert isinstance(extraction, Extraction)
    return extraction, clean(extraction)


@pytest.mark.parametrize("number", range(40))
def test_a_generated_dump_keeps_its_article_and_loses_its_leftovers(number: int) -> None:
    dump = generate()[number]
    extraction, found = cleaned(dump.raw)
    assert found.text == "\n".join(dump.lines), dump.name
    assert tuple(sorted(line.rule for line in found.removed)) == dump.rules, dump.name
    assert found.title == dump.title, dump.name
    assert found.site_name == dump.site_name, dump.name
    assert found.published.on == dump.published_on, dump.name
    assert found.published.at is None
    assert refuse(found, extraction) is None


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(50))
def test_dumps_of_other_words_fare_the_same(seed: int) -> None:
    for dump in generate(seed):
        _, found = cleaned(dump.raw)
        assert found.text == "\n".join(dump.lines), (seed, dump.name)
        assert (found.title, found.site_name) == (dump.title, dump.site_name), (seed, dump.name)


def test_the_dumps_are_forty_in_four_languages() -> None:
    dumps = generate()
    assert len(dumps) == DUMPS == 40
    assert {dump.name[:2] for dump in dumps} == {"en", "de", "fr", "es"}
    assert any("\r\n" in dump.raw for dump in dumps)


@pytest.mark.parametrize("trap", TWENTY_TRAPS)
@pytest.mark.parametrize("place", ["first", "between", "last", "after the dump's date"])
def test_prose_that_looks_like_a_leftover_stays(trap: str, place: str) -> None:
    raw = {
        "first": f"{trap}\n\n{BEFORE}\n{AFTER}",
        "between": f"{BEFORE}\n\n{trap}\n{AFTER}",
        "last": f"{BEFORE}\n{AFTER}\n\n{trap}\n",
        "after the dump's date": f" date 2024-11-19 {trap}\n\n{BEFORE}\n{AFTER}",
    }[place]
    _, found = cleaned(raw)
    assert trap in found.text.split("\n")
    assert found.title is None


LEFTOVERS = re.compile(
    r"^(?:date \d{4}-|Site icon |Exit mobile version$|Home$|\w+day, \w+ \d+, \d{4}$)", re.MULTILINE
)
DAY = date(2024, 11, 19)
EXPECTED = {
    "000": (None, None, ()),
    "001": ("News Snap Circle", None, ("site_icon", "exit_mobile_version")),
    "002": (None, DAY, ("dump_date_head", "standfirst_repeat")),
    "003": (None, DAY, ("dump_date_head", "breadcrumb", "date_bar", "title_copy")),
    "004": (None, DAY, ("dump_date_head",)),
}
"""Site name, day, and the rules that take something, in order."""


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_seed_gives_its_article_whole_and_nothing_else(seeds: dict[str, str], name: str) -> None:
    site_name, on, rules = EXPECTED[name]
    extraction, found = cleaned(seeds[name])
    assert (found.site_name, found.published.on) == (site_name, on)
    assert tuple(line.rule for line in found.removed) == rules
    assert LEFTOVERS.search(found.text) is None
    assert refuse(found, extraction) is None


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_no_line_of_a_seeds_article_is_lost(seeds: dict[str, str], name: str) -> None:
    _, found = cleaned(seeds[name])
    raw = seeds[name].replace(" date 2024-11-19 ", " date 2024-11-19\n", 1)
    own = [unicodedata.normalize("NFC", " ".join(line.split())) for line in raw.splitlines()]
    taken = {line.line_no for line in found.removed}
    numbered = enumerate((line for line in own if line), 1)
    assert found.text.split("\n") == [line for number, line in numbered if number not in taken]


def test_only_003_has_a_title_and_it_follows_the_date_bar(seeds: dict[str, str]) -> None:
    titles = {name: cleaned(raw)[1].title for name, raw in seeds.items()}
    assert titles.pop("003") == seeds["003"].splitlines()[2]
    assert set(titles.values()) == {None}


def test_the_repeated_standfirst_of_002_stands_once(seeds: dict[str, str]) -> None:
    _, found = cleaned(seeds["002"])
    standfirst = seeds["002"].splitlines()[0].removeprefix(" date 2024-11-19 ")
    assert seeds["002"].count(standfirst) == 2
    assert found.text.count(standfirst) == 1


def test_the_opening_line_of_004_is_no_title_and_stays(seeds: dict[str, str]) -> None:
    _, found = cleaned(seeds["004"])
    first, *_, second_last, _ = found.text.split("\n")
    assert found.title is None
    assert second_last.startswith(first)
