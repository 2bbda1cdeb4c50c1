"""Calls to the reader: share, follow, subscribe, install.

A call is told by how it opens (a verb in the imperative) together with what it names (a network, a
newsletter, an app); neither alone is enough, and reported speech never counts.
"""

from __future__ import annotations

from tasks.cleaning.lines import PROMPT_WORDS, Line, Page, Spot
from tasks.cleaning.phrases.prompts import (
    APP,
    CHANNEL,
    DELIVERED,
    FOLLOW,
    FOLLOW_CHANNEL,
    FOLLOW_SHORT,
    HANDLE,
    LETTER,
    LETTER_ONLY,
    NETWORK,
    NEWSLETTER,
    RECEIVE,
    SHARE,
    SHARE_WORDS,
    SPEAKER,
    SUBSCRIBE,
)
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.words import words_of

_MIN_NETWORKS = 2
_APP_WORDS = 30


def _is_share_bar(spot: Spot) -> bool:
    line = spot.line
    if line.size > PROMPT_WORDS:
        return False
    if SHARE.fullmatch(line.label):
        return line.is_call
    if not all(word in SHARE_WORDS or word.isdigit() for word in line.words):
        return False
    return line.is_call and len(set(NETWORK.findall(line.label))) >= _MIN_NETWORKS


def _is_follow_bar(spot: Spot) -> bool:
    line = spot.line
    if FOLLOW_SHORT.fullmatch(line.label.rstrip(".!")):
        return line.is_call
    if FOLLOW_CHANNEL.match(line.label):
        return line.is_call and (_names_a_network(line) or CHANNEL.search(line.label) is not None)
    if not FOLLOW.match(line.label) or not line.is_call:
        return False
    if HANDLE.search(line.label):
        return True
    return _names_a_network(line) and (
        SPEAKER.search(line.label) is not None or _names_the_page(spot.page, line)
    )


def _names_a_network(line: Line) -> bool:
    return NETWORK.search(line.label) is not None


def _names_the_page(page: Page, line: Line) -> bool:
    """Tell whether a line names the site or an author: whom else would the page advertise?"""
    said = " ".join(line.words)
    names = (page.site_name, *page.authors)
    return any(" ".join(words_of(name)) in said for name in names if name)


def _is_newsletter_prompt(spot: Spot) -> bool:
    label = spot.line.label
    names_it = (
        NEWSLETTER.fullmatch(label)
        or DELIVERED.match(label)
        or (RECEIVE.match(label) and LETTER_ONLY.search(label))
        or (SUBSCRIBE.match(label) and LETTER.search(label))
    )
    return bool(names_it) and spot.line.is_call


def _is_app_prompt(spot: Spot) -> bool:
    line = spot.line
    return line.size <= _APP_WORDS and APP.fullmatch(line.label) is not None and line.is_call


PROMPT_RULES = (
    Rule(
        name="share_bar",
        takes="lines that only ask to share, or only list networks to share on",
        reason="buttons for the page, printed as text",
        matches=_is_share_bar,
    ),
    Rule(
        name="follow_bar",
        takes="calls to follow the site, its author or its channel on a network",
        reason="they advertise the publisher's channels, in the same words under every article",
        matches=_is_follow_bar,
    ),
    Rule(
        name="newsletter_prompt",
        takes="calls to subscribe to a newsletter, and the messages of its form",
        reason="a form of the site, not a sentence of the article",
        matches=_is_newsletter_prompt,
    ),
    Rule(
        name="app_prompt",
        takes="calls to install or open the publisher's app",
        reason="they advertise the publisher's app",
        matches=_is_app_prompt,
    ),
)
