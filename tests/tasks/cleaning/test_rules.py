"""Each rule on its own: what it takes, and what looks like it and stays.

A case is a small page, one line a string. `>` marks the line that the rule must take, `=` one that
it must spare; all other lines are prose that must stay.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass

import pytest

from tasks.cleaning.rules import RULES
from tasks.cleaning.text import clean
from tasks.model import Extraction

P1 = "The council of the small town voted on Monday evening to close the old bridge for good."
P2 = "Nobody in the hall spoke against the plan, although many had come to do just that."
TITLE = "Town closes its oldest bridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    rule: str
    page: tuple[str, ...]


def case(rule: str, *page: str) -> Case:
    return Case(rule=rule, page=page)


CASES = (
    case("dump_date_head", "> date 2024-11-19", P1, P2),
    case("dump_date_head", "> date 2024-02-31", P1, P2),
    case("dump_date_head", "= date of the vote: unknown", P1, P2),
    case("dump_date_head", P1, "= Date 2024-11-19 was set for the hearing.", P2),
    case("site_icon", "> Site icon Harrowmere Courier", P1, P2),
    case("site_icon", "> Site icon courier.example", P1, P2),
    case("site_icon", P1, P2, "> Site icon"),
    case("site_icon", P1, "= Site icon", P2),
    case("site_icon", "> Site icon La voz de Brena", P1, P2),
    case("site_icon", P1, P2, "> Icône du site La Voix d'Orgue"),
    case("site_icon", "= Site icon makers in Lisbon earn more than painters", P1, P2),
    case("site_icon", P1, "= Site icon Harrowmere Courier", P2),
    case("exit_mobile_version", P1, P2, "> Exit mobile version"),
    case("exit_mobile_version", P1, P2, "> Quitter la version mobile"),
    case("exit_mobile_version", P1, P2, "= “Exit mobile version”"),
    case("exit_mobile_version", P1, P2, "= Exit mobile version."),
    case("breadcrumb", "> Home", P1, P2),
    case("breadcrumb", "> Home > News > World", P1, P2),
    case("breadcrumb", "> Startseite » Politik » Inland", P1, P2),
    case("breadcrumb", "> Accueil / Actualités / Région", P1, P2),
    case("breadcrumb", "> - Home", "> - News", "> - World", P1, P2),
    case("breadcrumb", "= Home is where the vote was won", P1, P2),
    case("breadcrumb", P1, "= Home", P2),
    case("date_bar", "> Wednesday, November 20, 2024", P1, P2),
    case("date_bar", "> Mittwoch, 20. November 2024", P1, P2),
    case("date_bar", "> miércoles, 20 de noviembre de 2024", P1, P2),
    case("date_bar", "> sexta-feira, 22 de outubro de 2010 às 20:13", P1, P2),
    case("date_bar", P1, P2, "> mercredi 20 novembre 2024"),
    case("date_bar", "= Wednesday, November 20, 2024 was a cold day", P1, P2),
    case("date_bar", P1, "= Monday, 3 June 2019", P2, "= Tuesday, 4 June 2019", P1),
    case("bare_date", "> 20 November 2024", P1, P2),
    case("bare_date", "> Last updated: 13 July 2020, 10:32 am GMT", P1, P2),
    case("bare_date", "> Stand: 22.04.2024, 06:00 Uhr", P1, P2),
    case("bare_date", P1, "> Publié le 20/11/2024 à 10h32", P2),
    case("bare_date", "> 2025年1月14日 01時28分", P1, P2),
    case("bare_date", "> 3 hours ago", P1, P2),
    case("bare_date", P1, "= 14 July 1789", P2),
    case("bare_date", "= 29 November 2018 | 20 January 2019", P1, P2),
    case("bare_date", "= 4 July", P1, P2),
    case("share_bar", P1, P2, "> Share this article"),
    case("share_bar", P1, P2, "> Facebook Twitter WhatsApp Email"),
    case("share_bar", P1, P2, "> Artikel teilen"),
    case("share_bar", P1, P2, "> Partager sur Facebook"),
    case("share_bar", P1, P2, "> Udostępnij na Facebooku"),
    case("share_bar", P1, P2, "> Share or comment on this article: Ferry returns"),
    case("share_bar", P1, "= Share prices fell", P2),
    case("share_bar", P1, "= Facebook", P2),
    case("share_bar", P1, "= Share this with your neighbours, the flyer read.", P2),
    case("follow_bar", P1, P2, "> Follow us on Twitter and Facebook"),
    case("follow_bar", P1, P2, "> Follow Harrowmere Courier on Instagram."),
    case("follow_bar", P1, P2, "> Folgen Sie uns auf Facebook"),
    case("follow_bar", P1, P2, "> Síguenos en Twitter e Instagram"),
    case("follow_bar", P1, P2, "> Subscribe to our YouTube channel for more"),
    case("follow_bar", P1, P2, "> Obserwuj nas w Google News"),
    case("follow_bar", P1, P2, "> Подписывайтесь на наш Telegram-канал."),
    case("follow_bar", P1, "= Подписывайтесь на заём, просили плакаты.", P2),
    case("follow_bar", P1, "= Follow the money", P2),
    case("follow_bar", P1, "= Follow us on Facebook, the demonstrators chanted all night.", P2),
    case("follow_bar", P1, "= Follow Percy Ashdown on social media: Facebook, Instagram", P2),
    case("newsletter_prompt", P1, P2, "> Sign up for our daily newsletter"),
    case("newsletter_prompt", P1, P2, "> Get the latest news delivered to your inbox"),
    case("newsletter_prompt", P1, "> Melden Sie sich jetzt für unseren Newsletter an!", P2),
    case("newsletter_prompt", P1, "> Inscrivez-vous à notre newsletter", P2),
    case("newsletter_prompt", P1, "> Zapisz się do naszego newslettera!", P2),
    case("newsletter_prompt", P1, "> メールマガジンに登録する", P2),
    case("newsletter_prompt", P1, "> Thank you for subscribing!", P2),
    case("newsletter_prompt", P1, "= Readers who subscribe to our newsletter know the story.", P2),
    case("newsletter_prompt", P1, "= “Subscribe to our newsletter,” he shouted.", P2),
    case("newsletter_prompt", P1, "= Subscribe or perish: papers count their newsletters", P2),
    case("newsletter_prompt", P1, "= Subscribe to our newsletter was all it said.", P2),
    case("app_prompt", P1, P2, "> Download our app for iOS and Android"),
    case("app_prompt", P1, P2, "> CLICK HERE TO GET THE COURIER APP"),
    case("app_prompt", P1, P2, "> Téléchargez l'application du journal"),
    case("app_prompt", P1, "= You download apps while using your phone.", P2),
    case("app_prompt", P1, "= App stores are the new kiosks", P2),
    case("read_more", P1, "> Read more", P2),
    case("read_more", P1, P2, "> You may also like:"),
    case("read_more", P1, P2, "> More on this story"),
    case("read_more", P1, P2, "> Das könnte Sie auch interessieren"),
    case("read_more", P1, P2, "> Sur le même sujet"),
    case("read_more", P1, P2, "> 関連記事"),
    case("read_more", P1, "= Read more slowly", P2),
    case("also_read", P1, "> Also read: Why the ferry stays in port", P2),
    case("also_read", P1, "> [Related: Ten bridges that fell]", P2),
    case("also_read", P1, "> Lesen Sie auch: Warum die Fähre im Hafen bleibt", P2),
    case("also_read", P1, "> LEE MÁS | El puerto cierra sus puertas", P2),
    case("also_read", P1, "> MORE: Ten bridges that fell", P2),
    case("also_read", P1, "= Related: they are not.", P2),
    case("also_read", P1, "= More: that was all the boy said.", P2),
    case("also_read", P1, "= Also read in the village school: Dickens.", P2),
    case("comment_box", P1, P2, "> 12 Comments"),
    case("comment_box", P1, P2, "> Leave a comment"),
    case("comment_box", P1, P2, "> Kommentar schreiben"),
    case("comment_box", P1, P2, "> Your email address will not be published."),
    case("comment_box", P1, P2, "> No comments yet"),
    case("comment_box", P1, P2, "> Click here to comment"),
    case("comment_box", P1, "= Comments", P2),
    case("comment_box", P1, "= Comments by the minister drew fire.", P2),
    case("advertisement", P1, "> Advertisement", P2),
    case("advertisement", P1, "> - Anzeige -", P2),
    case("advertisement", P1, "> Story continues below advertisement", P2),
    case("advertisement", P1, "= Advertisement revenue fell", P2),
    case("cookie_notice", P1, P2, "> This website uses cookies to improve your experience."),
    case("cookie_notice", P1, P2, "> Wir verwenden Cookies, um Inhalte zu personalisieren."),
    case("cookie_notice", P1, "= Cookies are baked at night.", P2),
    case("cookie_notice", P1, "= We use cookies, the baker explained, to lure children.", P2),
    case("page_tool", "> Skip to main content", P1, P2),
    case("page_tool", P1, P2, "> Copy link"),
    case("page_tool", "> Inhaltsverzeichnis", P1, P2),
    case("page_tool", P1, P2, "> Post navigation"),
    case("page_tool", P1, P2, "> View all posts by Orla Fennimore"),
    case("page_tool", P1, P2, "> Report a typo"),
    case("page_tool", "> Make us preferred on Google", P1, P2),
    case("page_tool", P1, "= Print is dead", P2),
    case("page_tool", P1, "= Report a mistake to the harbour office, or pay for it", P2),
    case("reading_time", "> 6 min read", P1, P2),
    case("reading_time", "> Lesezeit: 3 Minuten", P1, P2),
    case("reading_time", "> Tempo de leitura: 2 minutos", P1, P2),
    case("reading_time", P1, "= Six minutes to read the verdict", P2),
    case("reaction_count", "> 1.2K views", P1, P2),
    case("reaction_count", P1, P2, "> 21 shares"),
    case("reaction_count", P1, P2, "> Aufrufe: 1.204"),
    case("reaction_count", P1, P2, "> Просмотры: 512"),
    case("reaction_count", P1, P2, "> Like this:"),
    case("reaction_count", P1, "= 21 shares", P2),
    case("reaction_count", P1, P2, "= - 21 shares"),
    case("reaction_count", P1, P2, "= 21 shares of the ferry company"),
    case("filed_under", P1, P2, "> Tags: harbour, ferry, Lower Harrow"),
    case("filed_under", P1, P2, "> Filed under News, Local"),
    case("filed_under", P1, P2, "> Schlagwörter: Hafen, Fähre"),
    case("filed_under", P1, P2, "> Mots-clés : port, ferry"),
    case("filed_under", P1, P2, "> Теги: порт, паром"),
    case("filed_under", P1, P2, "> タグ：港"),
    case("filed_under", P1, "= Topics: harbour, ferry", P2),
    case("filed_under", P1, P2, "= Published in 1998 by the Harrow Press"),
    case("filed_under", P1, P2, "= Topics: they spoke of nothing else."),
    case("photo_credit", P1, "> Photo: Ines Waldock/Harrowmere Courier", P2),
    case("photo_credit", P1, "> Foto: dpa", P2),
    case("photo_credit", P1, "> Getty Images", P2),
    case("photo_credit", P1, "> Image credit: Orla Fennimore", P2),
    case("photo_credit", P1, "= Photo finish in the women's marathon", P2),
    case("photo_credit", P1, "= Photo: a word that once meant light.", P2),
    case("photo_credit", P1, "= Getty Images said it would appeal.", P2),
    case("source_credit", P1, "> Source: Harbour Office", P2),
    case("source_credit", P1, "> Quelle: courier.example", P2),
    case("source_credit", P1, "= Sources close to the harbour office are sure", P2),
    case("reporting_credit", P1, P2, "> (Reporting by Ines Waldock; Editing by Percy Ashdown)"),
    case("reporting_credit", P1, P2, "> Percy Ashdown contributed to this report."),
    case("reporting_credit", "= Percy Ashdown contributed to the harbour fund.", P1, P2),
    case("contact_prompt", P1, P2, "> Got a story? Write to our news desk at desk@courier.example"),
    case("contact_prompt", P1, P2, "> Write to Orla Fennimore at orla@courier.example"),
    case("contact_prompt", P1, "= Email is dead, says the founder of mail@home.example.", P2),
    case("copyright", P1, P2, "> © 2024 Harrowmere Courier. All rights reserved."),
    case("copyright", P1, P2, "> Copyright: Courier Verlag, 2024"),
    case("copyright", P1, P2, "> Harrowmere Courier, alle Rechte vorbehalten"),
    case("copyright", P1, "= Copyright law was changed in 2024.", P2),
    case("copyright", P1, "= Copyright 2024 is the title of her new novel.", P2),
    case("copyright", P1, "= (c) the right to a fair hearing;", P2),
    case("copyright", P1, "= All rights reserved for the few: that was the slogan.", P2),
    case("byline", "> By Orla Fennimore, staff writer", P1, P2),
    case("byline", "> Von Hedda Brunnthal und Veit Sonnleitner", P1, P2),
    case("byline", P1, "> By Orla Fennimore", P2),
    case("byline", P1, "= By Friday", P2),
    case("byline", "= By all accounts a close vote", P1, P2),
    case("author_name", "> Orla Fennimore", P1, P2),
    case("author_name", P1, P2, "> ORLA FENNIMORE, Senior Reporter"),
    case("author_name", P1, "= Orla Fennimore laughed.", P2),
    case("author_name", P1, "= Percy Ashdown", P2),
    case("title_copy", "> Town closes its oldest bridge", P1, P2),
    case("title_copy", "> TOWN CLOSES ITS OLDEST BRIDGE!", P1, P2),
    case("title_copy", "> Harbour life: Town closes its oldest bridge", P1, P2),
    case("title_copy", "> Town closes its oldest bridge | Harrowmere Courier", P1, P2),
    case("title_copy", P1, "= Town closes its oldest bridge", P2),
    case("title_copy", "= Town closes its newest bridge", P1, P2),
    case("standfirst_repeat", "> " + P1, P1 + " " + P2, P2),
    case("standfirst_repeat", "> The council of the small town voted on Mon...", P1, P2),
    case("standfirst_repeat", "= The council of the small town voted", P2, P1),
    case("standfirst_repeat", P2, "= " + P1, P1 + " " + P2),
    case("standfirst_repeat", "= No.", "No. I will not do that, the mayor of the town said."),
)  # fmt: skip
LISTS = (
    (P1, P2, "> Related articles", "> Ten bridges that fell", "> Ferries in winter"),
    (P1, "> Related articles", "= Ten bridges that fell", P2),
    (P1, P2, "= Ten bridges that fell", "= Ferries in winter"),
)


def read(page: tuple[str, ...]) -> tuple[Extraction, list[str], list[str]]:
    """Read a case: the extraction, the lines to be taken and the lines to be spared."""
    lines = [line[2:] if line[:2] in ("> ", "= ") else line for line in page]
    extraction = Extraction(
        text="\n".join(lines),
        extractor="test 1",
        title=TITLE,
        site_name="Harrowmere Courier",
        authors=("Orla Fennimore",),
    )
    taken = [line for line, marked in zip(lines, page, strict=True) if marked.startswith("> ")]
    spared = [line for line, marked in zip(lines, page, strict=True) if not marked.startswith("> ")]
    return extraction, taken, spared


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.rule}: {c.page[0][:30]}")
def test_a_rule_takes_its_example_and_spares_its_counter_example(case: Case) -> None:
    extraction, taken, spared = read(case.page)
    cleaned = clean(extraction)
    assert [line.text for line in cleaned.removed] == taken
    assert {line.rule for line in cleaned.removed} <= {case.rule}
    assert cleaned.text.split("\n") == spared


@pytest.mark.parametrize("page", LISTS)
def test_teasers_go_only_where_a_label_announced_them_and_nothing_else_follows(
    page: tuple[str, ...],
) -> None:
    extraction, taken, spared = read(page)
    cleaned = clean(extraction)
    assert [line.text for line in cleaned.removed] == taken
    assert cleaned.text.split("\n") == spared


@pytest.mark.parametrize("rule", [rule.name for rule in RULES if rule.name != "related_teaser"])
def test_every_rule_has_an_example_and_a_counter_example(rule: str) -> None:
    pages = [case.page for case in CASES if case.rule == rule]
    assert any(line.startswith("> ") for page in pages for line in page)
    assert any(line.startswith("= ") for page in pages for line in page)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.rule}: {c.page[0][:30]}")
def test_a_rule_that_is_skipped_takes_nothing(case: Case) -> None:
    extraction, _, _ = read(case.page)
    cleaned = clean(extraction, skip=frozenset({case.rule}))
    assert case.rule not in {line.rule for line in cleaned.removed}


def test_a_misspelt_rule_to_skip_is_an_error() -> None:
    with pytest.raises(ValueError, match="no_such_rule"):
        clean(Extraction(text="", extractor="test 1"), skip=frozenset({"no_such_rule"}))


@pytest.mark.parametrize("room", ["credits", "furniture", "prompts", "teasers", "templates"])
def test_no_wording_fits_an_empty_label(room: str) -> None:
    module = importlib.import_module(f"tasks.cleaning.phrases.{room}")
    patterns = {
        name: found for name, found in vars(module).items() if isinstance(found, re.Pattern)
    }
    assert patterns
    assert [name for name, pattern in patterns.items() if pattern.search("")] == []


def test_rule_names_are_unique_and_plain() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)


def test_no_rule_takes_a_line_too_long_to_be_a_leftover() -> None:
    long = " ".join(["The harbour was closed for a week after the storm had passed."] * 40)
    cleaned = clean(Extraction(text=f"{P1}\n{long}\n{P2}", extractor="test 1", title=TITLE))
    assert cleaned.removed == ()
