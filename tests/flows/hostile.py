"""Pages made to hurt: each family says what may rightly become of it."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.conftest import story

ANY_REFUSAL_OF_CONTENT = frozenset(
    {
        *("no_main_text", "too_short", "repetition", "placeholder_text", "link_list"),
        *("not_article", "title_only", "control_chars", "encoding_suspect", "too_complex"),
        *("too_large", "parse_depth", "timeout"),
    }
)


@dataclass(frozen=True)
class Hostile:
    """A page, the reasons that are true of it, and what its text must hold if it is published.

    `keeps` None: it must not be published.
    """

    name: str
    payload: bytes
    reasons: frozenset[str]
    keeps: str | None = None


def page(body: str, *, head: str = "", lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>A page</title>'
        f"{head}</head><body>{body}</body></html>"
    )


def article(number: int, extra: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in story(number).split("\n") if line)
    return f"<article><h1>Story {number}</h1>{paragraphs}{extra}</article>"


def good(number: int) -> bytes:
    """An ordinary page."""
    return page(article(number)).encode()


def mark(number: int) -> str:
    """A phrase that only story `number` has."""
    return f"Port {chr(65 + number % 26)}{number} "


def _nested(rng: random.Random, n: int) -> Hostile:
    depth = rng.choice((300, 900, 5_000, 60_000))
    body = "<div>" * depth + article(n) + "</div>" * depth
    return Hostile(
        "nested", page(body).encode(), frozenset({"parse_depth", "too_complex"}), mark(n)
    )


def _giant(rng: random.Random, n: int) -> Hostile:
    text = "<p>" + "Words that never end. " * rng.randint(600_000, 800_000) + "</p>"
    return Hostile("giant", page(text).encode(), frozenset({"too_large"}))


def _attributes(rng: random.Random, n: int) -> Hostile:
    many = " ".join(f"a{i}=1" for i in range(rng.randint(20_000, 1_000_000)))
    return Hostile("attributes", page(f"<p {many}>x</p>").encode(), frozenset({"too_complex"}))


def _links(rng: random.Random, n: int) -> Hostile:
    many = "".join(f'<a href="/{i}">link {i}</a> ' for i in range(rng.randint(100_000, 250_000)))
    return Hostile("links", page(many).encode(), frozenset({"too_complex", "too_large"}))


def _breaks(rng: random.Random, n: int) -> Hostile:
    body = "<p>x" + "<br>" * rng.randint(200_000, 1_000_000) + "</p>"
    return Hostile("breaks", page(body).encode(), frozenset({"too_complex"}))


def _rows(rng: random.Random, n: int) -> Hostile:
    body = "<table>" + "<tr><td>1</td><td>2</td></tr>" * rng.randint(20_000, 50_000) + "</table>"
    return Hostile("rows", page(body).encode(), frozenset({"too_complex"}))


def _laughs(rng: random.Random, n: int) -> Hostile:
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    text = f'<!DOCTYPE html [<!ENTITY l0 "lol">{levels}]>' + page(article(n, "<p>&l9;</p>"))
    return Hostile("laughs", text.encode(), ANY_REFUSAL_OF_CONTENT, mark(n))


def _references(rng: random.Random, n: int) -> Hostile:
    bad = "".join(
        rng.choice(("&#0;", "&#xD800;", "&#1;", "&#x110000;", "&#xFFFE;")) for _ in "12345"
    )
    body = article(n).replace("The harbour", f"{bad}The harbour")
    return Hostile("references", page(body).encode(), ANY_REFUSAL_OF_CONTENT, mark(n))


def _bomb(rng: random.Random, n: int) -> Hostile:
    return Hostile("bomb.gz", gzip.compress(b"\0" * 150_000_000, 1), frozenset({"too_large"}))


def _binary(rng: random.Random, n: int) -> Hostile:
    data = rng.choice((b"\x7fELF", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"")) + rng.randbytes(
        50_000
    )
    return Hostile("binary", data, frozenset({"not_html", "unsupported_media_type"}))


def _mislabelled(rng: random.Random, n: int) -> Hostile:
    text = page(article(n).replace("years.", "years, Frau Müller-Lüdenscheidt über alles."))
    return Hostile(
        "mislabelled", text.encode("cp1252", "replace"), frozenset(), "Müller-Lüdenscheidt"
    )


def _bait(rng: random.Random, n: int) -> Hostile:
    seed = rng.choice(("a", " ", "1/1/", "((", "&", "<!--", '="', "://", "2024-", "- ", "\u00ad"))
    body = f"<article><p>{seed * (rng.randint(300_000, 900_000) // len(seed))}</p></article>"
    reasons = ANY_REFUSAL_OF_CONTENT | {"empty_body", "not_html"}
    return Hostile("bait", page(body).encode(), reasons, "")


def _dates(rng: random.Random, n: int) -> Hostile:
    bad = rng.choice(("2024-02-31", "2024-01-01T00:00:00+99:99", "9999-12-31", "0000-00-00", "-1"))
    head = (
        f'<meta property="article:published_time" content="{bad}">'
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":'
        f'"{bad}"}}</script>'
    )
    return Hostile("dates", page(article(n), head=head).encode(), frozenset(), mark(n))


def _big_head(rng: random.Random, n: int) -> Hostile:
    data = "x" * rng.randint(2_000_000, 9_000_000)
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","description":'
        f'"{data}"}}</script>'
    )
    reasons = frozenset({"too_large"})
    return Hostile("big head", page(article(n), head=head).encode(), reasons, mark(n))


def _early_end(rng: random.Random, n: int) -> Hostile:
    text = page(article(n)).replace("<h1>", "</body></html><h1>")
    return Hostile("early end", text.encode(), ANY_REFUSAL_OF_CONTENT, mark(n))


def _nulls(rng: random.Random, n: int) -> Hostile:
    text = page(article(n)).replace(" ", " \0", 40)
    return Hostile("nulls", text.encode(), ANY_REFUSAL_OF_CONTENT | {"not_html"}, mark(n))


def _empty(rng: random.Random, n: int) -> Hostile:
    return Hostile("empty", rng.choice((b"", b"  \n", b"\xef\xbb\xbf")), frozenset({"empty_body"}))


def _lorem(rng: random.Random, n: int) -> Hostile:
    text = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor. " * 30
    return Hostile(
        "lorem",
        page(f"<article><p>{text}</p></article>").encode(),
        frozenset({"placeholder_text", "repetition"}),
    )


CONSENT = {
    "en": "We and our 842 partners store and access information on your device. You can accept all "
    "cookies or manage your choices. Accept all. Reject all. Manage preferences.",
    "de": "Wir und unsere 842 Partner speichern Informationen auf Ihrem Gerät. Sie können alle "
    "Cookies akzeptieren oder Ihre Einstellungen verwalten. Alle akzeptieren. Ablehnen.",
    "fr": "Nous et nos 842 partenaires stockons des informations sur votre appareil. Vous pouvez "
    "accepter tous les cookies ou gérer vos choix. Tout accepter. Tout refuser.",
    "es": "Nosotros y nuestros 842 socios almacenamos información en su dispositivo. Puede aceptar "
    "todas las cookies o gestionar sus preferencias. Aceptar todo. Rechazar todo.",
    "it": "Noi e i nostri 842 partner archiviamo informazioni sul tuo dispositivo. Puoi accettare "
    "tutti i cookie o gestire le tue preferenze. Accetta tutto. Rifiuta tutto.",
}


def _consent(rng: random.Random, n: int) -> Hostile:
    lang = rng.choice(sorted(CONSENT))
    body = (
        f'<div id="consent-banner" class="cmp-container"><h2>Cookies</h2><p>{CONSENT[lang]}</p>'
        "<button>OK</button></div>"
    )
    reasons = frozenset({"consent_wall", "no_main_text", "too_short", "not_article"})
    return Hostile("consent", page(body, lang=lang).encode(), reasons)


WALLS = {
    "bot_challenge": """Just a moment...|<p>Checking your browser before accessing the site. Please
        complete the security check. Verify you are human. Ray ID: 8a7f</p>""",
    "login_wall": """Log in|<form action="/login"><input type="password" name="p">Log in to
        continue. Forgot your password? Create an account.</form>""",
    "soft_404": """404 Not Found|<p>The page you are looking for could not be found. It may have
        been moved or deleted. Go back to the home page.</p>""",
    "js_required": """App|<noscript>You need to enable JavaScript to run this app.</noscript>
        <div id="root"></div>""",
    "redirect_page": """Redirecting|<meta http-equiv="refresh" content="0; url=https://x.example/">
        <p>Redirecting to <a href="https://x.example/">here</a>.</p>""",
}


def _wall(rng: random.Random, n: int) -> Hostile:
    reason = rng.choice(sorted(WALLS))
    title, _, body = WALLS[reason].partition("|")
    text = page(f"<main>{body}</main>").replace("A page", title)
    reasons = frozenset({reason, "no_main_text", "too_short", "not_article"})
    return Hostile(f"wall {reason}", text.encode(), reasons)


FAMILIES: tuple[Callable[[random.Random, int], Hostile], ...] = (
    _nested,
    _giant,
    _attributes,
    _links,
    _breaks,
    _rows,
    _laughs,
    _references,
    _bomb,
    _binary,
    _mislabelled,
    _bait,
    _dates,
    _big_head,
    _early_end,
    _nulls,
    _empty,
    _lorem,
    _consent,
    _wall,
)


def hostile(rng: random.Random, number: int) -> Hostile:
    """Make hostile page `number`: the families take turns."""
    return FAMILIES[number % len(FAMILIES)](rng, 1000 + number)
