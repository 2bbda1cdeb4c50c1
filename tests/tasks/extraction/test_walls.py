"""Pages that are no article are refused with what they are; articles about such things stay."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tasks.extraction.html import extract_html
from tasks.model import Extraction, Reason, Refusal

FETCHED_AT = datetime(2026, 3, 1, tzinfo=UTC)
STORY = """\
The ferry to Lower Harrow will sail twice a day again from Monday, the harbour board said. It had
been laid up since a storm tore away the pontoon in the first week of January.
--
Islanders had made do with a mail boat that takes nine people and no cars. The school sent its
older pupils to lodge on the mainland, and the bakery ran short of flour in two weeks.
--
The new pontoon was towed from Port Sallow on Thursday. Divers will check its chains once more
before the first passengers board, said the harbour master, Edda Quill.
""".replace("\n", " ").split(" -- ")


def page(body: str, *, title: str = "A page", head: str = "") -> str:
    """Wrap a body in a document."""
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head>"
        f"<body>{body}</body></html>"
    )


def article(*paragraphs: str, head: str = "", after: str = "", title: str = "Ferry returns") -> str:
    """Make an ordinary article page."""
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    return page(
        f"<article><h1>{title}</h1><div class='entry-content'>{text}</div></article>{after}",
        title=title,
        head=head,
    )


def outcome(html: str, url: str = "https://news.example/a/1") -> Reason | str:
    """Extract and give the reason, or the text."""
    found = extract_html(html, url=url, fetched_at=FETCHED_AT)
    return found.reason if isinstance(found, Refusal) else found.text


WALLS = {
    "not_found": (
        page("<h1>Page not found</h1><p>Try the search, or go back.</p>", title="404 | Harrow"),
        Reason.SOFT_404,
    ),
    "not_found_german": (
        page(
            "<h1>Seite nicht gefunden</h1><p>Der Beitrag wurde verschoben oder gelöscht.</p>",
            title="Seite nicht gefunden",
        ),
        Reason.SOFT_404,
    ),
    "challenge": (
        page(
            "<h1>Just a moment...</h1><p>Checking your browser before you go on.</p>"
            "<script src='/cdn-cgi/challenge-platform/h/b.js'></script>",
            title="Just a moment...",
        ),
        Reason.BOT_CHALLENGE,
    ),
    "challenge_spanish": (
        page("<form><p>Confirma que no eres un robot para seguir.</p></form>", title="El Faro"),
        Reason.BOT_CHALLENGE,
    ),
    "script": (
        page(
            "<div id='root'></div><noscript>You need to enable JavaScript to run this app."
            "</noscript><script src='/main.js'></script>"
        ),
        Reason.JS_REQUIRED,
    ),
    "script_french": (
        page("<div id='app'></div><noscript>Veuillez activer JavaScript.</noscript>"),
        Reason.JS_REQUIRED,
    ),
    "redirect": (
        page(
            "<p>Moved <a href='/b'>here</a>.</p>",
            head="<meta http-equiv='refresh' content='0; url=/b'>",
        ),
        Reason.REDIRECT_PAGE,
    ),
    "paywall_declared": (
        article(
            STORY[0],
            head='<script type="application/ld+json">{"@context":"https://schema.org",'
            '"@type":"NewsArticle","headline":"Ferry returns","isAccessibleForFree":"False"}'
            "</script>",
        ),
        Reason.PAYWALL,
    ),
    "paywall_german": (
        article(
            "Die Fähre nach Unterharrow fährt ab Montag wieder zweimal am Tag.",
            after="<div class='offer'><p>Jetzt abonnieren und weiterlesen: vier Wochen gratis, "
            "danach monatlich kündbar.</p></div>",
        ),
        Reason.PAYWALL,
    ),
    "login": (
        page(
            "<main><h1>Members</h1><p>Please log in to read this page of the parish paper. "
            "Your account is the one that you made when you joined.</p>"
            "<form><input name='u'><input type='password' name='p'></form></main>"
        ),
        Reason.LOGIN_WALL,
    ),
    "consent": (
        page(
            "<div><h1>Your privacy</h1><p>We and our partners use cookies to store and access "
            "information on a device, such as identifiers, to show personalised ads.</p>"
            "<p>Accept all cookies to go on to the site, or manage your choices here.</p></div>"
        ),
        Reason.CONSENT_WALL,
    ),
    "consent_german": (
        page(
            "<div><p>Mit einem Klick auf Alle akzeptieren stimmen Sie der Verwendung von Cookies "
            "zu. Sie können Ihre Einwilligung in Cookies jederzeit widerrufen, wenn Sie unten auf "
            "Einstellungen gehen.</p></div>"
        ),
        Reason.CONSENT_WALL,
    ),
    "consent_french_partners_first": (
        page(
            "<h1>Avant de continuer</h1><p>Avec votre accord, nos 842 partenaires et nous "
            "utilisons des cookies pour stocker et consulter des données personnelles.</p>"
        ),
        Reason.CONSENT_WALL,
    ),
    "consent_russian": (
        page(
            "<h1>Прежде чем продолжить</h1><p>Мы и наши 842 партнёра храним информацию на "
            "устройстве, например файлы cookie, и обрабатываем персональные данные.</p>"
            "<p>Ваше согласие можно отозвать в любое время.</p>"
        ),
        Reason.CONSENT_WALL,
    ),
    "consent_japanese": (
        page(
            "<h1>続行する前に</h1><p>当社と842社のパートナーは、クッキーなどの情報をデバイスに保存し、"
            "広告のために個人データを処理します。同意はいつでも撤回できます。</p>"
        ),
        Reason.CONSENT_WALL,
    ),
    "challenge_japanese": (
        page(
            "<h1>ロボットではないことを確認してください</h1><p>認証を完了すると先へ進めます。</p>"
        ),
        Reason.BOT_CHALLENGE,
    ),
    "not_found_with_the_latest_stories": (
        page(
            "<h1>Oops! That page can’t be found.</h1><h2>Latest</h2>"
            + "".join(f"<h3><a href='/a'>Ferry returns</a></h3><p>{p}</p>" for p in STORY),
            title="404 | Harrow",
        ),
        Reason.SOFT_404,
    ),
    "expired": (
        page(
            "<h1>This article is no longer available</h1><p>The licence for the article that you "
            "asked for has expired, and it can no longer be shown. Please see our archive.</p>"
        ),
        Reason.SOFT_404,
    ),
    "paywall_below_a_teaser": (
        article(
            *STORY[:2],
            "Subscribe to keep reading",
            "This article is for subscribers only. Try us from £1 a week.",
        ),
        Reason.PAYWALL,
    ),
    "paywall_russian": (
        article(
            "Паром на Нижний Харроу с понедельника снова будет ходить два раза в день.",
            "Эта статья доступна только подписчикам. Оформите подписку, чтобы читать дальше.",
        ),
        Reason.PAYWALL,
    ),
    "register_below_a_teaser": (
        article(
            *STORY[:2],
            "Register to read this story",
            "Create a free account or log in to continue reading. It takes a minute.",
        ),
        Reason.LOGIN_WALL,
    ),
    "ad_blocker": (
        page(
            "<h1>Hello there</h1><p>We are paid for by advertising. Please disable your ad blocker "
            "and load the page again to see the news of the isles.</p>"
        ),
        Reason.NOT_ARTICLE,
    ),
    "filler": (
        article(
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor "
            "incididunt ut labore et dolore magna aliqua.",
            "Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip "
            "ex ea commodo consequat.",
        ),
        Reason.PLACEHOLDER_TEXT,
    ),
    "links": (
        page(
            "<main><h1>All stories</h1><ul>"
            + "".join(
                f"<li><a href='/s/{n}'>Story number {n} from the isles</a></li>" for n in range(40)
            )
            + "</ul></main>",
            title="All stories",
        ),
        Reason.LINK_LIST,
    ),
    "title_only": (
        page(
            "<article><h1>Ferry returns on Monday</h1></article>", title="Ferry returns on Monday"
        ),
        Reason.TITLE_ONLY,
    ),
    "nothing": (page(""), Reason.EMPTY_BODY),
    "no_markup": ("Just words, no page.", Reason.NOT_HTML),
}


@pytest.mark.parametrize("name", WALLS)
def test_a_page_that_is_no_article_is_refused_with_what_it_is(name: str) -> None:
    html, reason = WALLS[name]
    assert outcome(html) == reason


def stated(kind: str) -> str:
    """State what a page is, as structured data."""
    node = json.dumps({"@context": "https://schema.org", "@type": kind, "name": "Ferry returns"})
    return f'<script type="application/ld+json">{node}</script>'


TEASERS = "".join(
    f"<div class='teaser'><h2><a href='/a/{n}'>Harbour story {n} of the day</a></h2>"
    f"<p>{STORY[n % 3]}</p></div>"
    for n in range(8)
)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (stated("CollectionPage"), "https://news.example/harbour"),
        (stated("SearchResultsPage"), "https://news.example/search?q=ferry"),
        ("", "https://news.example/"),
        ("", "https://news.example"),
    ],
)
def test_a_front_that_lists_articles_is_no_article(head: str, url: str) -> None:
    assert outcome(page(TEASERS, title="Harbour", head=head), url) == Reason.NOT_ARTICLE


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (article(*STORY, after=TEASERS, head=stated("NewsArticle")), "https://news.example/"),
        (article(*STORY, head=stated("CollectionPage")), "https://news.example/a/1"),
        (article(*STORY, after=TEASERS), "https://news.example/?p=17"),
    ],
)
def test_an_article_with_teasers_or_an_odd_claim_is_kept(html: str, url: str) -> None:
    found = outcome(html, url)
    assert isinstance(found, str)
    assert STORY[1] in found


@pytest.mark.parametrize(
    "sentence",
    [
        "The council will accept all cookies that the bakery sends, said its chair.",
        "Error 404 is what the old lighthouse keeper called his boat, page not found and all.",
        "Are you a robot, the captain asked the new automatic pilot, and the crew laughed.",
        "Only those who subscribe to continue reading the island gazette will get it by post.",
        "You must be logged in the harbour book before you sail, and log in again when back.",
    ],
)
def test_an_article_that_speaks_of_walls_is_kept(sentence: str) -> None:
    found = outcome(article(*STORY, sentence, after="<form><input type='password'></form>"))
    assert isinstance(found, str)
    assert sentence in found


@pytest.mark.parametrize(
    "sentence",
    [
        "“This article is for subscribers only,” the gazette says nine times a day.",
        "Half of those who subscribe to keep reading the gazette have never paid for it.",
    ],
)
def test_a_short_article_that_ends_with_talk_of_walls_is_kept(sentence: str) -> None:
    found = outcome(article(*STORY[:2], sentence))
    assert isinstance(found, str)
    assert sentence in found


@pytest.mark.parametrize(
    "title", ["Page not found: the boat that nobody missed", "Bus 404 returns", "Bus 404"]
)
def test_an_article_headed_by_something_like_a_missing_page_is_kept(title: str) -> None:
    assert isinstance(outcome(article(*STORY, title=title)), str)


def test_what_states_that_it_is_an_article_is_kept_whatever_its_heading() -> None:
    stating = article(*STORY, title="Error 404", head=stated("NewsArticle"))
    assert isinstance(outcome(stating), str)


def test_a_whole_article_that_its_publisher_sells_is_kept() -> None:
    head = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":'
        '"NewsArticle","headline":"Ferry returns","isAccessibleForFree":false}</script>'
    )
    found = outcome(article(*STORY, *STORY[::-1], head=head))
    assert isinstance(found, str)


def test_a_short_item_without_any_wall_is_kept() -> None:
    found = outcome(article("The ferry to Lower Harrow sails again from Monday, twice a day."))
    assert isinstance(found, str)
    assert "sails again from Monday" in found


def test_every_refusal_says_why_in_one_line() -> None:
    for html, _ in WALLS.values():
        found = extract_html(html, url=None, fetched_at=FETCHED_AT)
        assert isinstance(found, Refusal)
        assert found.detail
        assert "\n" not in found.detail


def test_extraction_is_the_same_every_time() -> None:
    first, second = (
        extract_html(article(*STORY), url=None, fetched_at=FETCHED_AT) for _ in range(2)
    )
    assert isinstance(first, Extraction)
    assert first == second
