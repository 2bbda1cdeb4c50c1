"""What browsers forgive must cost no text; what would cost a worker minutes is refused at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.extraction.html import extract_html
from tasks.model import Extraction, Reason, Refusal

FETCHED_AT = datetime(2026, 3, 1, tzinfo=UTC)
OPENING = "The ferry to Lower Harrow will sail twice a day again from Monday, the board said."
MIDDLE = "Islanders had made do with a mail boat that takes nine people and no cars at all."
ENDING = "Divers will check its chains once more before the first passengers board on Monday."


def article(*paragraphs: str, head: str = "", before: str = "", after: str = "") -> str:
    """Make an ordinary page of the invented Harrow Gazette."""
    text = "".join(f"<p>{p}</p>" for p in paragraphs or (OPENING, MIDDLE, ENDING))
    return (
        "<!doctype html><html lang='en'><head><title>Ferry returns | Harrow Gazette</title>"
        f"<meta property='og:site_name' content='Harrow Gazette'>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/isles'>Isles</a></nav>"
        f"{before}<article><h1>Ferry returns</h1><div class='entry-content'>{text}</div></article>"
        f"{after}<footer>Harrow Gazette, Quay Street</footer></body></html>"
    )


def extract(html: str) -> Extraction:
    """Extract a page that must not be refused."""
    found = extract_html(html, url="https://gazette.example/isles/ferry", fetched_at=FETCHED_AT)
    assert isinstance(found, Extraction), found
    return found


def test_the_text_is_the_article_one_paragraph_a_line() -> None:
    assert extract(article()).text.split("\n")[-3:] == [OPENING, MIDDLE, ENDING]


def test_the_extractor_names_its_engine_and_version() -> None:
    assert extract(article()).extractor.startswith("trafilatura 2.")


@pytest.mark.parametrize("tag", ["div", "font", "span", "b"])
@pytest.mark.parametrize("depth", [255, 400, 1500])
def test_deep_nesting_costs_no_text(tag: str, depth: int) -> None:
    deep = article(before=f"<{tag}>" * depth, after=f"</{tag}>" * depth)
    assert MIDDLE in extract(deep).text


def test_nesting_beyond_any_parser_is_refused_as_such() -> None:
    html = article(before="<div>" * 30_000)
    found = extract_html(html, url=None, fetched_at=FETCHED_AT)
    assert isinstance(found, Refusal)
    assert found.reason == Reason.PARSE_DEPTH


@pytest.mark.parametrize(
    "reference", ["&#0;", "&#1;", "&#x1F;", "&#xFFFE;", "&#xD800;", "&#x110000;"]
)
def test_a_forbidden_character_reference_costs_no_text(reference: str) -> None:
    text = extract(article(f"{OPENING} {reference}", MIDDLE, ENDING)).text
    assert OPENING in text
    assert ENDING in text
    assert all(c.isprintable() or c == "\n" for c in text.replace("\ufffd", ""))


def test_forbidden_characters_cost_no_text() -> None:
    text = extract(article(OPENING[:20] + "\x00\x08\x0c" + OPENING[20:], MIDDLE, ENDING)).text
    assert OPENING in text


def test_windows_references_read_as_browsers_read_them() -> None:
    text = extract(article(f"&#147;{OPENING}&#148; &#150; so the board", MIDDLE, ENDING)).text
    assert f"“{OPENING}” – so the board" in text


@pytest.mark.parametrize("zone", ["+99:00", "+25:61", "-1:"])
def test_an_impossible_time_zone_costs_neither_text_nor_day(zone: str) -> None:
    head = f"<meta property='article:published_time' content='2026-02-03T10:00:00{zone}'>"
    found = extract(article(head=head))
    assert MIDDLE in found.text
    assert str(found.published.on) == "2026-02-03"
    assert found.published.at is None


def test_absurd_spans_cost_no_text() -> None:
    table = (
        "<table><tr><td colspan='99999999999'>Low tide</td><td rowspan='-3'>6.12</td></tr></table>"
    )
    assert MIDDLE in extract(article(after=table)).text


def test_text_after_an_early_end_of_the_body_is_read() -> None:
    html = article().replace(f"<p>{MIDDLE}</p>", f"</body></html><p>{MIDDLE}</p>")
    text = extract(html).text
    assert MIDDLE in text
    assert ENDING in text


def test_huge_data_in_the_head_costs_no_text() -> None:
    data = '{"@type":"NewsArticle","x":"' + "y" * 1_500_000 + '"}'
    head = f"<script type='application/ld+json'>{data}</script>"
    assert MIDDLE in extract(article(head=head)).text


def test_joiners_that_carry_meaning_stay() -> None:
    persian = "او می\u200cخواهد کتاب\u200cها را بخواند و سپس به خانه برود تا استراحت کند."
    text = extract(
        article(OPENING, persian, MIDDLE.replace("cars", "cars 👩\u200d🚒"), ENDING)
    ).text
    assert persian in text
    assert "👩\u200d🚒" in text


def test_joiners_written_as_references_stay() -> None:
    text = extract(article(OPENING, f"می&zwnj;خواهد {MIDDLE}", ENDING)).text
    assert "می\u200cخواهد" in text


def test_a_declarative_shadow_root_is_read_and_a_plain_template_is_not() -> None:
    html = article().replace(
        f"<p>{MIDDLE}</p>",
        f"<div><template shadowrootmode='open'><p>{MIDDLE}</p></template></div>"
        "<template><p>This block waits for a script that never runs on any page.</p></template>",
    )
    text = extract(html).text
    assert MIDDLE in text
    assert "waits for a script" not in text


def test_templates_are_read_where_the_page_holds_little_else() -> None:
    html = (
        "<html><head><title>Ferry</title></head><body><div id='app'>Loading</div><template>"
        f"<article><p>{OPENING}</p><p>{MIDDLE}</p><p>{ENDING}</p></article></template></body></html>"
    )
    assert MIDDLE in extract(html).text


def test_a_teaser_gives_way_to_the_text_that_the_page_states() -> None:
    body = "\\n".join([OPENING, MIDDLE, ENDING] * 3)
    head = (
        '<script type=\'application/ld+json\'>{"@context":"https://schema.org","@type":'
        f'"NewsArticle","headline":"Ferry returns","articleBody":"{body}"}}</script>'
    )
    assert ENDING in extract(article(OPENING, head=head)).text


def test_paragraphs_beside_the_article_that_look_like_it_are_not_lost() -> None:
    split = "".join(f"<div class='part'><p>{p}</p></div>" for p in (OPENING, MIDDLE, ENDING) * 3)
    assert ENDING in extract(article().replace(f"<p>{MIDDLE}</p>", split)).text


@pytest.mark.parametrize(
    "names", ["class='comments-open'", "id='comment-enabled'", "class=Comment"]
)
def test_a_name_that_says_comments_are_open_costs_no_text(names: str) -> None:
    reader = "<div class='comments'><h1>Comments</h1><p>I shall miss the mail boat.</p></div>"
    page = article(before=f"<div {names}>", after=f"{reader}</div>")
    text = extract(page).text
    assert MIDDLE in text
    assert "mail boat." not in text


def test_what_pruning_takes_is_on_record() -> None:
    teasers = "".join(
        f"<li class='related-item'><a href='/s/{n}'>Storm number {n} closes the quay road</a></li>"
        for n in range(12)
    )
    body = [OPENING, MIDDLE, ENDING] * 4
    html = article(*body, after=f"<div class='related-posts'><h3>More</h3><ul>{teasers}</ul></div>")
    found = extract(html)
    assert "Storm number" not in found.text
    for line in found.removed:
        assert line.rule.startswith("block:")
        assert line.line_no is None
        assert line.text not in found.text.split("\n")


@pytest.mark.parametrize(
    "tag",
    [
        "<embed src='x.swf'>", "<source src='x.mp4'>", "<track src='x.vtt'>", "<map name='m'>",
        "<picture>", "<object data='x.swf'>", "<canvas>", "<video src='x.mp4'>",
        "<audio src='x.mp3'>", "<iframe src='/x'>",
    ],
)  # fmt: skip
def test_an_element_that_nobody_ended_takes_no_text_along(tag: str) -> None:
    lines = [f"On day {n} the ferry sails again, said the clerk of the harbour." for n in range(20)]
    page = article(*lines).replace(f"<p>{lines[3]}", f"{tag}<p>{lines[3]}")
    text = extract(page).text
    assert [line for line in lines if line not in text] == []


def test_the_words_of_a_player_for_old_browsers_are_no_text() -> None:
    player = "<video src='x.mp4'><p>Your browser cannot play this video, take another.</p></video>"
    text = extract(article().replace(f"<p>{MIDDLE}", f"{player}<p>{MIDDLE}")).text
    assert MIDDLE in text
    assert "browser" not in text


def crowded(attribute: str, before: str = "") -> tuple[str, Reason]:
    """Make a tag of 5,000 attributes, `{n}` the number of each."""
    many = " ".join(attribute.format(n=n) for n in range(5_000))
    return f"<div {before}{many}>x</div>", Reason.TOO_COMPLEX


HOSTILE = {
    "large": (f"<p>{'a ' * 5_100_000}</p>", Reason.TOO_LARGE),
    "tags": ("<br>" * 200_000, Reason.TOO_COMPLEX),
    "rows": ("<table>" + "<tr><td>1" * 20_000, Reason.TOO_COMPLEX),
    "attributes": crowded("a{n}"),
    "attributes with closing brackets": crowded("a{n}='x>y'"),
    "attributes with opening brackets": crowded("a{n}='x<y'"),
    "attributes behind one bracket": crowded("a{n}=1", before="data-x='a<b' "),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_cost_minutes_is_refused_at_once(name: str) -> None:
    html, reason = HOSTILE[name]
    found = extract_html(html, url=None, fetched_at=FETCHED_AT)
    assert isinstance(found, Refusal)
    assert found.reason == reason


@settings(max_examples=60)
@given(st.text(alphabet="<>/&;#'\"= abpdivhrefscript!-x0\x00\ud800\u200d", max_size=400))
def test_no_markup_makes_extraction_raise(source: str) -> None:
    found = extract_html(source, url=None, fetched_at=FETCHED_AT)
    assert isinstance(found, Extraction | Refusal)
