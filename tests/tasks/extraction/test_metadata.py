"""Each field is what the page states, decided by agreement; nothing is invented."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.extraction.html import extract_html
from tasks.extraction.metadata.calendar import dates_in, read_one
from tasks.extraction.metadata.dates import parse_stated
from tasks.extraction.metadata.names import names_in_byline, names_in_claim
from tasks.model import Extraction

FETCHED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = "<p>The ferry to Lower Harrow will sail twice a day again from Monday, the board said.</p>"


def extract(
    *,
    title: str = "Ferry returns - Harrow Gazette",
    head: str = "",
    heading: str = "<h1>Ferry returns</h1>",
    under: str = "",
    url: str | None = "https://gazette.example/isles/ferry",
    lang: str = "en-GB",
    **node: object,
) -> Extraction:
    """Extract an invented page; `node` are properties of its JSON-LD article."""
    data = ""
    if node:
        article = {"@context": "https://schema.org", "@type": "NewsArticle", **node}
        data = f"<script type='application/ld+json'>{json.dumps(article)}</script>"
    html = (
        f"<html lang='{lang}'><head><title>{title}</title>{head}{data}</head><body>"
        f"<article>{heading}{under}<div class='content'>{TEXT * 3}</div></article></body></html>"
    )
    found = extract_html(html, url=url, fetched_at=FETCHED_AT)
    assert isinstance(found, Extraction), found
    return found


def meta(name: str, content: str) -> str:
    """Make a meta element."""
    return f"<meta property='{name}' content='{content}'>"


def test_the_site_is_cut_from_the_title() -> None:
    found = extract(
        heading="", head=meta("og:site_name", "Harrow Gazette") + meta("og:title", "Ferry returns")
    )
    assert found.title == "Ferry returns"
    assert found.site_name == "Harrow Gazette"


def test_a_hyphenated_headline_is_not_cut() -> None:
    found = extract(
        title="Ferry returns – at last – to Lower Harrow",
        heading="<h1>Ferry returns – at last – to Lower Harrow</h1>",
    )
    assert found.title == "Ferry returns – at last – to Lower Harrow"


@pytest.mark.parametrize("front", ["/", "https://gazette.example", "//gazette.example/index.html"])
def test_a_heading_that_leads_to_the_front_page_is_the_name_of_the_site(front: str) -> None:
    heading = f"<h1 class='logo'><a href='{front}'>Harrow Gazette</a></h1><h2>Ferry returns</h2>"
    assert extract(heading=heading).title == "Ferry returns"
    assert extract(heading="<h1><a href='/isles/ferry'>Ferry is back</a></h1>").title_source == "h1"


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("The ferry returns on Monday | Isles News | The Gazette", "The ferry returns on Monday"),
        ("Harrow letters | The ferry returns", "Harrow letters | The ferry returns"),
        (
            "The ferry returns - and the mail boat goes",
            "The ferry returns - and the mail boat goes",
        ),
        ("渡船周一恢复通航，岛民欢迎 | 哈罗公报", "渡船周一恢复通航，岛民欢迎"),
    ],
)
def test_what_follows_a_bar_is_no_headline(title: str, headline: str) -> None:
    assert extract(title=title, heading="").title == headline


def test_the_headline_that_readers_see_outweighs_the_one_for_search_engines() -> None:
    found = extract(
        title="Ferry times 2026: all you need to know",
        head=meta("og:title", "Ferry times 2026: all you need to know"),
        heading="<h1>The ferry to Lower Harrow returns, with new times</h1>",
    )
    assert found.title == "The ferry to Lower Harrow returns, with new times"
    assert found.title_source == "h1"


def test_a_heading_that_is_the_sites_name_is_no_title() -> None:
    found = extract(
        heading="<h1>Harrow Gazette</h1><h2>Ferry returns</h2>",
        head=meta("og:site_name", "Harrow Gazette"),
    )
    assert found.title == "Ferry returns"


def test_a_page_without_any_title_has_none() -> None:
    assert extract(title="", heading="").title is None


def test_people_come_before_organisations() -> None:
    found = extract(
        author=[{"@type": "Organization", "name": "Harrow Gazette"}],
        under="<p class='byline'>By Edda Quill and Tom Reed</p>",
    )
    assert found.authors == ("Edda Quill", "Tom Reed")


def test_an_organisation_stands_where_nobody_else_is_named() -> None:
    found = extract(author={"@type": "Organization", "name": "Harbour Press Agency"})
    assert found.authors == ("Harbour Press Agency",)


def test_an_author_known_only_by_reference_is_looked_up() -> None:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "NewsArticle", "headline": "Ferry returns", "author": {"@id": "#e"}},
            {"@type": "Person", "@id": "#e", "name": "Edda Quill"},
        ],
    }
    found = extract(head=f"<script type='application/ld+json'>{json.dumps(graph)}</script>")
    assert found.authors == ("Edda Quill",)
    assert found.author_source == "json-ld"


@pytest.mark.parametrize(
    ("claim", "names"),
    [
        ("By Edda Quill", ("Edda Quill",)),
        ("Von Jana Ostermoor und Piet Siel", ("Jana Ostermoor", "Piet Siel")),
        ("Edda Quill, Tom Reed & Una Marsh", ("Edda Quill", "Tom Reed", "Una Marsh")),
        ("https://gazette.example/author/edda", ()),
        ("edda@gazette.example", ()),
        ("@eddaquill", ()),
        ("admin", ()),
        ("Edda Quill, MD", ("Edda Quill",)),
        ("Edda Quill, Political Correspondent", ("Edda Quill",)),
        ("Edda Quill ⋅ Review Editor, Tom Reed", ("Edda Quill", "Tom Reed")),
        ("Jana Ostermoor, Redakteurin", ("Jana Ostermoor",)),
        ("The Editor", ("The Editor",)),
        ("Tom Writer, Edda Quill", ("Tom Writer", "Edda Quill")),
        ("Edda Quill (Port Sallow)", ("Edda Quill",)),
        ("Edda Quill, CFP®, Tom Reed, MRVS*", ("Edda Quill", "Tom Reed")),
        ("EDDA QUILL, TOM REED", ("EDDA QUILL", "TOM REED")),
        ("HNA", ("HNA",)),
        ("Edda Quill, gazette.example", ("Edda Quill",)),
        ("gazette.example", ("gazette.example",)),
    ],
)
def test_names_are_read_out_of_claims(claim: str, names: tuple[str, ...]) -> None:
    assert names_in_claim([claim]) == names


@pytest.mark.parametrize(
    ("line", "follows", "names"),
    [
        ("Posted on 3 March 2026 by Edda Quill in Isles", "", ("Edda Quill",)),
        ("By", "Edda Quill", ("Edda Quill",)),
        ("ByEdda Quill", "", ("Edda Quill",)),
        ("Text: Jana Ostermoor | 12.45 Uhr", "", ("Jana Ostermoor",)),
        ("By Edda Quill March 3, 2026", "", ("Edda Quill",)),
        ("By Edda Quill ● Feb. 3", "", ("Edda Quill",)),
        ("By Edda May", "", ("Edda May",)),
        ("The town was taken by the sea", "", ()),
        ("Share by email", "", ()),
        ("3 min read", "", ()),
    ],
)
def test_names_are_read_out_of_bylines(line: str, follows: str, names: tuple[str, ...]) -> None:
    assert names_in_byline(line, follows=follows) == names


def test_a_catalogue_may_have_the_surname_first() -> None:
    head = "".join(
        f"<meta name='citation_author' content='{name}'>"
        for name in ("Quill, Edda", "van Ostermoor, Jana M.", "Tom Reed")
    )
    assert extract(head=head).authors == ("Edda Quill", "Jana M. van Ostermoor", "Tom Reed")
    plain = "<meta name='author' content='Edda Quill, Tom Reed'>"
    assert extract(head=plain).authors == ("Edda Quill", "Tom Reed")


def test_the_day_is_the_pages_own_and_the_instant_utc() -> None:
    published = extract(datePublished="2026-02-03T00:30:00+02:00").published
    assert published.on == date(2026, 2, 3)
    assert published.at == datetime(2026, 2, 2, 22, 30, tzinfo=UTC)
    assert published.source == "json-ld"


def test_a_time_without_a_zone_gives_a_day_only() -> None:
    published = extract(datePublished="2026-02-03 10:00:00").published
    assert (published.on, published.at) == (date(2026, 2, 3), None)


def test_the_day_under_the_headline_outweighs_one_structured_claim() -> None:
    published = extract(
        datePublished="2026-02-25", under="<p class='date'>Published 3 February 2026</p>"
    ).published
    assert published.on == date(2026, 2, 3)


def test_a_date_of_change_is_not_the_date_of_publication() -> None:
    found = extract(
        datePublished="2026-02-03T08:00:00Z",
        dateModified="2026-02-20T09:00:00+01:00",
        under="<p>Updated 20 February 2026</p>",
    )
    assert found.published.on == date(2026, 2, 3)
    assert found.modified_at == datetime(2026, 2, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize("day", ["2026-02-31", "2026-13-01", "2025-02-29"])
def test_a_day_that_no_calendar_has_is_flagged_not_mended(day: str) -> None:
    published = extract(datePublished=day).published
    assert (published.on, published.at, published.flag) == (None, None, "invalid")


def test_a_date_over_two_days_after_the_fetch_is_flagged() -> None:
    assert extract(datePublished="2026-03-04").published.flag == "future"
    assert extract(datePublished="2026-03-03").published.on == date(2026, 3, 3)


def test_a_copyright_year_is_no_date() -> None:
    published = extract(under="<footer>Copyright © 2024 Harrow Gazette</footer>").published
    assert published.on is None


def test_a_day_in_a_short_line_far_from_the_headline_is_a_guess() -> None:
    far = TEXT * 20
    for line in ("Printed on 3 February 2026", "الثلاثاء، ٣ فبراير ٢٠٢٦"):
        published = extract(under=f"{far}<p>{line}</p>").published
        assert (published.on, published.flag) == (date(2026, 2, 3), "guessed")


def test_a_day_of_change_is_guessed_only_where_there_is_no_other() -> None:
    far, changed = TEXT * 20, "<p>Updated 5 February 2026</p>"
    alone = extract(under=f"{far}{changed}").published
    assert (alone.on, alone.flag) == (date(2026, 2, 5), "guessed")
    beside = extract(under=f"{far}{changed}{TEXT}<p>Printed on 3 February 2026</p>").published
    assert (beside.on, beside.flag) == (date(2026, 2, 3), "guessed")


@pytest.mark.parametrize(
    "other",
    [
        "<aside><ul><li>Fire in the old mill, 3 March 2019</li></ul></aside>",
        "<div class='related-stories'><p>Fire in the old mill, 3 March 2019</p></div>",
        "<div class='comments'><p>Anna, 4 April 2020</p></div>",
        "<p>The old bridge fell on 14 June 2003 into the river.</p>",
    ],
)
def test_a_day_of_another_story_in_a_short_line_is_not_the_page_s(other: str) -> None:
    published = extract(under=f"{TEXT * 20}{other}").published
    assert published.source != "line"


@pytest.mark.parametrize(
    "other",
    [
        "<aside><a href='/mill'>Mill burns</a> <time datetime='2019-03-03'>{}</time></aside>",
        "<div class='comment'><b>Anna</b> <time datetime='2019-03-03'>{}</time></div>",
        "<footer><p>Our archive, begun on {}</p></footer>",
    ],
)
def test_a_day_of_another_story_or_a_comment_dates_nothing(other: str) -> None:
    assert extract(under=TEXT * 7 + other.format("3 March 2019")).published.on is None


def test_an_aside_with_the_article_s_own_date_counts() -> None:
    aside = "<aside class='post-meta'><time datetime='2026-02-03'>Feb 03</time></aside>"
    assert extract(under=aside).published.on == date(2026, 2, 3)


def test_a_day_that_a_sentence_tells_of_dates_nothing() -> None:
    told = "<p>The old bridge fell on 14 June 2003 into the river.</p>"
    published = extract(under=TEXT * 7 + told).published
    assert published.source != "near-heading"


def test_a_month_alone_is_no_date() -> None:
    assert extract(under="<p>Issue of March 2025</p>").published.on is None


def test_a_page_without_dates_has_none() -> None:
    assert extract().published.on is None


def test_links_are_made_absolute_and_other_schemes_dropped() -> None:
    found = extract(
        head="<link rel='canonical' href='/isles/ferry?page=1'>"
        + meta("og:image", "//img.example/a.jpg")
    )
    assert found.canonical_url == "https://gazette.example/isles/ferry?page=1"
    assert found.image_url == "https://img.example/a.jpg"
    assert extract(head="<link rel='canonical' href='javascript:void(0)'>").canonical_url is None


def test_section_tags_and_language_are_what_the_page_states() -> None:
    found = extract(articleSection=["Isles", "News"], keywords="ferry, Lower Harrow, ferry")
    assert (found.section, found.tags, found.language) == ("Isles", ("ferry", "Lower Harrow"), "en")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-03T10:00:00Z", "2026-02-03"),
        ("3 February 2026", "2026-02-03"),
        ("February 3rd, 2026", "2026-02-03"),
        ("3. Februar 2026", "2026-02-03"),
        ("le 3 février 2026", "2026-02-03"),
        ("3 de febrero de 2026", "2026-02-03"),
        ("03.02.2026", "2026-02-03"),
        ("23/02/2026", "2026-02-23"),
        ("2026年2月3日", "2026-02-03"),
        ("Tue, 03 Feb 2026 10:00:00 GMT", "2026-02-03"),
        ("20260203", "2026-02-03"),
        ("2026. február 3. 10:15", "2026-02-03"),
        ("3. helmikuuta 2026 klo 10.15", "2026-02-03"),
        ("3 Φεβρουαρίου 2026, 10:15", "2026-02-03"),
        ("3 лютого 2026", "2026-02-03"),
        ("3 فبراير 2026", "2026-02-03"),
        ("الثلاثاء، ٣ فبراير ٢٠٢٦ - ١٠:١٥", "2026-02-03"),
        ("٣/٢٣/٢٠٢٦", "2026-03-23"),
        ("3 فروری 2026", "2026-02-03"),
        ("३ फरवरी २०२६", "2026-02-03"),
        ("ב-3 בפברואר 2026", "2026-02-03"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, day: str) -> None:
    stated = read_one(text)
    assert stated is not None
    assert [str(d) for d in stated.days] == [day]


def test_an_open_order_of_day_and_month_stays_open() -> None:
    stated = read_one("02/03/2026")
    assert stated is not None
    assert set(stated.days) == {date(2026, 2, 3), date(2026, 3, 2)}
    assert parse_stated("02/03/2026", source="record", fetched_at=FETCHED_AT) is None


def test_structured_data_are_read_in_whatever_hides_them_from_old_browsers() -> None:
    hidden = (
        "<!--\n{}\n-->",
        "//<![CDATA[\n{}\n//]]>",
        "<!--//--><![CDATA[// ><!--\n{}\n//--><!]]>",
    )
    data = json.dumps({"@type": "NewsArticle", "author": {"@type": "Person", "name": "Tom Reed"}})
    for wrapper in hidden:
        script = f"<script type='application/ld+json'>{wrapper.format(data)}</script>"
        assert extract(head=script).authors == ("Tom Reed",)


@given(st.dates(min_value=date(1996, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_back_as_itself(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert {d for s in dates_in(text) for d in s.days} == {day}
