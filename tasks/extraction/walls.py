"""Recognise pages that are no article, and say what they are instead.

What the page says about itself and how much text it holds come first; phrases only decide among
short pages, since a long article may speak of cookies, captchas or subscriptions. When in doubt
the page is kept: a missed wall is one row to withdraw, a refused article is lost work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml import html

from tasks.extraction.blocks import Block, words_of
from tasks.extraction.metadata.structured import Json, Structured, listed, types_of
from tasks.extraction.wall_phrases import (
    ASKED_FIRST,
    CHALLENGE,
    CONSENT,
    LOG_IN,
    NOT_FOUND,
    READ_ON_PAID,
    READ_ON_REGISTERED,
    SCRIPT_NEEDED,
    SUBSCRIBE,
)
from tasks.model import Reason, Refusal, Stage

# Characters; one of a script that writes words in one or two of them counts as three. Nothing
# over these is judged by phrases. A wall holds a notice and a button; the shortest news
# items of wire services run to about 300 characters.
_SHORT_TEXT_CHARS = 400
_SHORT_PAGE_CHARS = 2_500
TEASER_CHARS = 700  # of an article whose publisher says that the rest is not for everybody
_CLOSING_LINES = 3
_NOTICE_CHARS = 160
_QUOTE = re.compile('["“”„«»]')
_MOST_BESIDE = 1 / 3  # of a heading's words beside the phrase: "Oops! That page can't be found"
_IDLE_PAGE_CHARS = 200
_MOST_LINKED = 0.85
_FEWEST_LINKS = 8
_PROSE_BLOCK_CHARS = 80
_PLACEHOLDER_SHARE = 0.8


_LIST_PAGES = frozenset(
    [
        "CollectionPage", "SearchResultsPage", "ProfilePage", "ImageGallery", "VideoGallery",
        "MediaGallery",
    ]
)  # fmt: skip
"""Kinds of WebPage of schema.org that list other pages by definition."""
_HOME_PATHS = ("", "/", "/index.html", "/index.htm", "/index.php")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FEWEST_HEADLINES = 5
"""Headings that are links: an article may end with three or four teasers."""

_CHALLENGE_MARK = re.compile(
    rb"cf-challenge|cf-browser-verification|challenge-platform|g-recaptcha|h-captcha|px-captcha"
    rb"|captcha-delivery|_Incapsula_Resource|distil_r_captcha|aws-waf",
    re.IGNORECASE,
)
_LATIN_FILLER = frozenset(
    [
        "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed",
        "do", "eiusmod", "tempor", "incididunt", "ut", "labore", "et", "dolore", "magna",
        "aliqua", "enim", "ad", "minim", "veniam", "quis", "nostrud", "exercitation", "ullamco",
        "laboris", "nisi", "aliquip", "ex", "ea", "commodo", "consequat", "duis", "aute",
        "irure", "in", "reprehenderit", "voluptate", "velit", "esse", "cillum", "eu", "fugiat",
        "nulla", "pariatur", "excepteur", "sint", "occaecat", "cupidatat", "non", "proident",
        "sunt", "culpa", "qui", "officia", "deserunt", "mollit", "anim", "id", "est", "laborum",
    ]
)  # fmt: skip
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_REFRESH_NOW = re.compile(r"^\s*[0-5](?:\.\d*)?\s*[;,]\s*url\s*=", re.IGNORECASE)
_SCRIPT_JUMP = re.compile(
    rb"(?:window\.|document\.|top\.|self\.)?location(?:\.href)?\s*=\s*[\"']|location\.replace\("
)


def judge(
    text: str,
    *,
    title: str | None,
    claims: Structured,
    url: str | None,
    tree: html.HtmlElement,
    blocks: Sequence[Block],
    source: bytes,
) -> Refusal | None:
    """Refuse a page that is no article; None where it may be one.

    `text` is the main text found, empty if none; `blocks` are the page's. The order of the
    questions is from what the page states to what it only looks like.
    """
    page_chars = sum(_length(b.text) for b in blocks)
    text_chars = _length(text)
    shown = "\n".join(b.text for b in blocks) if page_chars <= _SHORT_PAGE_CHARS else ""
    headline = " ".join(filter(None, (title, claims.title_tag, *(t for t, _ in claims.headings))))
    is_short = text_chars < _SHORT_TEXT_CHARS

    if page_chars < _SHORT_TEXT_CHARS and _is_redirect(tree, source, page_chars):
        return _refuse(Reason.REDIRECT_PAGE, "the page only sends its reader elsewhere")
    if page_chars <= _SHORT_PAGE_CHARS and (
        (_CHALLENGE_MARK.search(source) and (is_short or CHALLENGE.search(headline)))
        or (is_short and CHALLENGE.search(f"{headline}\n{shown}"))
    ):
        return _refuse(Reason.BOT_CHALLENGE, "the page asks whether its reader is a robot")
    if (is_short and NOT_FOUND.search(headline)) or _is_headed_not_found(claims):
        return _refuse(Reason.SOFT_404, "the page says that what was asked for is not there")
    if page_chars < _SHORT_TEXT_CHARS and _needs_script(tree, shown):
        return _refuse(Reason.JS_REQUIRED, "the page shows its text only with JavaScript")
    if not text:
        reason = Reason.NO_MAIN_TEXT if page_chars else Reason.EMPTY_BODY
        return _refuse(reason, f"no engine found a main text in {page_chars} characters")
    if _is_listing(claims, url, blocks):
        return _refuse(Reason.NOT_ARTICLE, "a front, of a site or a section, that lists pages")
    if _is_closed(claims) and text_chars < TEASER_CHARS:
        return _refuse(Reason.PAYWALL, "the publisher says it is not free, and it is a teaser")
    if is_short and SUBSCRIBE.search(f"{text}\n{_near_end(blocks, text)}"):
        return _refuse(Reason.PAYWALL, "a short text that asks to subscribe")
    if text_chars < TEASER_CHARS and (refusal := _judge_notices(text, is_short=is_short)):
        return refusal
    if is_short and _asks_password(tree) and LOG_IN.search(f"{headline}\n{text}"):
        return _refuse(Reason.LOGIN_WALL, "a short text beside a form that asks for a password")
    if text_chars < _SHORT_PAGE_CHARS and _is_consent(text):
        return _refuse(Reason.CONSENT_WALL, "the text is a notice about cookies and consent")
    return _judge_text(text, title=title, blocks=blocks)


def _judge_notices(text: str, *, is_short: bool) -> Refusal | None:
    closing = _closing_notices(text)
    if READ_ON_PAID.search(closing):
        return _refuse(Reason.PAYWALL, "a teaser whose rest is for those who subscribe")
    if READ_ON_REGISTERED.search(closing):
        return _refuse(Reason.LOGIN_WALL, "a teaser whose rest is for those who register")
    if is_short and ASKED_FIRST.search(text):
        return _refuse(Reason.NOT_ARTICLE, "a short text that asks something of its reader first")
    return None


def _judge_text(text: str, *, title: str | None, blocks: Sequence[Block]) -> Refusal | None:
    lines = [words_of(line) for line in text.split("\n")]
    words = " ".join(filter(None, lines))
    if not words:
        return _refuse(Reason.NO_MAIN_TEXT, "the text found has no words")
    if title and words == words_of(title):
        return _refuse(Reason.TITLE_ONLY, "the text found is the title and nothing else")
    if "lorem ipsum" in text.lower():
        told = words.split(" ")
        filler = sum(word in _LATIN_FILLER for word in told) / len(told)
        if filler > _PLACEHOLDER_SHARE:
            return _refuse(Reason.PLACEHOLDER_TEXT, f"{filler:.0%} of the words are filler")
    kept = frozenset(lines)
    members = [b for b in blocks if b.words in kept]
    chars = sum(len(b.text) for b in members)
    linked = sum(min(b.link_chars, len(b.text)) for b in members)
    has_prose = any(
        len(b.text) >= _PROSE_BLOCK_CHARS and b.link_chars < len(b.text) / 2 for b in members
    )
    if (
        chars
        and linked / chars > _MOST_LINKED
        and sum(b.link_count > 0 for b in members) >= _FEWEST_LINKS
        and not has_prose
    ):
        return _refuse(Reason.LINK_LIST, f"{linked / chars:.0%} of the text are links")
    return None


def _length(text: str) -> int:
    return len(text) + 2 * len(_DENSE.findall(text)) if not text.isascii() else len(text)


def _is_redirect(tree: html.HtmlElement, source: bytes, page_chars: int) -> bool:
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and _REFRESH_NOW.match(
            meta.get("content") or ""
        ):
            return True
    return page_chars < _IDLE_PAGE_CHARS and _SCRIPT_JUMP.search(source) is not None


def _needs_script(tree: html.HtmlElement, shown: str) -> bool:
    hints = " ".join("".join(map(str, n.itertext())) for n in tree.iter("noscript"))
    return SCRIPT_NEEDED.search(f"{hints}\n{shown}") is not None


def _claims_article(claims: Structured) -> bool:
    return claims.article is not None or any(
        kind.lower() == "article" for _, kind in claims.meta("og:type")
    )


def _is_headed_not_found(claims: Structured) -> bool:
    """Say whether a heading says that the page is missing and hardly anything else.

    Such pages go on with the site's latest stories, so their length tells nothing.
    """
    if _claims_article(claims):
        return False
    return any(
        len(words_of(NOT_FOUND.sub(" ", text))) < len(words_of(text)) * _MOST_BESIDE
        for text, _ in claims.headings
    )


def _is_listing(claims: Structured, url: str | None, blocks: Sequence[Block]) -> bool:
    """Say whether a page is a list by what it says or where it stands, and looks like one.

    A page that claims to be an article is none: themes mark the page around it in any way.
    """
    if _claims_article(claims):
        return False
    stated = any(kind in _LIST_PAGES for node in claims.nodes for kind in types_of(node))
    address = urlsplit(url or "")
    if not stated and not (address.netloc and address.path in _HOME_PATHS and not address.query):
        return False
    headlines = (b for b in blocks if b.tag in _HEADINGS and b.link_chars * 5 >= len(b.text) * 4)
    return sum(1 for _ in headlines) >= _FEWEST_HEADLINES


def _is_closed(claims: Structured) -> bool:
    """Say whether the publisher declares that the article is not free to read."""

    def is_false(value: Json) -> bool:
        return value is False or (isinstance(value, str) and value.strip().lower() == "false")

    if any(text == "locked" for _, text in claims.meta("article:content_tier")):
        return True
    node = claims.article
    if node is None:
        return False
    parts = [p for p in listed(node.get("hasPart")) if isinstance(p, dict)]
    return any(is_false(n.get("isAccessibleForFree")) for n in (node, *parts))


def _asks_password(tree: html.HtmlElement) -> bool:
    return any((i.get("type") or "").lower() == "password" for i in tree.iter("input"))


def _near_end(blocks: Sequence[Block], text: str) -> str:
    """Give the blocks right after the last line of the text: where a paywall's notice stands."""
    last = words_of(text.rsplit("\n", 1)[-1])
    for place in range(len(blocks) - 1, -1, -1):
        if blocks[place].words == last:
            return "\n".join(b.text for b in blocks[place + 1 : place + 6])
    return ""


def _closing_notices(text: str) -> str:
    """Give the last lines of a text that may be the site's own: short ones that quote nothing."""
    last = text.split("\n")[-_CLOSING_LINES:]
    return "\n".join(ln for ln in last if len(ln) <= _NOTICE_CHARS and not _QUOTE.search(ln))


def _is_consent(text: str) -> bool:
    """Say whether most of a text, by lines that speak of it, is about consent."""
    lines = text.split("\n")
    spoken = sum(len(line) for line in lines if CONSENT.search(line))
    return spoken * 2 > len(text)


def _refuse(reason: Reason, detail: str) -> Refusal:
    return Refusal(stage=Stage.EXTRACT, reason=reason, detail=detail)
