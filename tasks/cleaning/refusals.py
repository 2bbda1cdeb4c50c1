"""Reasons to refuse a cleaned text: it is no article, or not readable as one.

Conservative by design: a refused article is a story lost until somebody looks, a published stub is
one row that anybody can see. So every threshold lies where no readable article was found beyond it.
What the page itself says of walls, errors and lists is judged where the page is still at hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from tasks.cleaning.characters import REPLACEMENT, control_count
from tasks.cleaning.garbled import garbled_count
from tasks.cleaning.headlines import spoken, title_forms
from tasks.cleaning.lines import Line
from tasks.cleaning.phrases.pattern import word_set
from tasks.cleaning.text import Cleaned
from tasks.cleaning.words import words_of
from tasks.model import Extraction, Reason, Refusal, Stage

MIN_CHARS = 60
MIN_WORDS = 10
"""A flash is one sentence: who, what, where. Refused is what stays below both, so that a flash in a
script without blanks, which needs few characters, counts by its words (two characters each)."""

MAX_CONTROL_SHARE = 0.02
"""A page may carry a stray control character; one in fifty means bytes that were never text."""

MAX_REPLACED_SHARE = 0.01
MIN_REPLACED = 5
"""U+FFFD stands for bytes that did not decode; one in a hundred spoils every paragraph."""

MAX_MOJIBAKE_SHARE = 0.08
MIN_MOJIBAKE = 5
"""Mojibake in one word of twelve: letters are hit, not quotation marks only, which a reader can
read past and which spoil two or three words in a hundred."""

MIN_REPEATS = 5
MAX_REPEATED_SHARE = 0.6
"""A refrain comes back three or four times; no article is one line for more than half of itself."""

MIN_FILLER_SHARE = 0.5
"""One box left unfilled on a page is a slip; half of the text in filler is no page yet."""

MIN_LINKS = 5
MIN_LINK_SHARE = 0.25
"""A list of other pages: no running text at all, and of every four lines one an address, or a label
or a date of the kind that lists put beside each of their entries. Verse and tables have neither."""

_LOREM = ("lorem ipsum", "dolor sit amet")
_LOREM_WORDS = word_set(
    """
    lorem ipsum dolor sit amet consectetur adipiscing adipisicing elit sed do eiusmod tempor
    incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation
    ullamco laboris nisi aliquip ex ea commodo consequat duis aute irure in reprehenderit voluptate
    velit esse cillum eu fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt
    culpa qui officia deserunt mollit anim id est laborum
    """
)
_FILLER_WORDS_SHARE = 0.6
_FIRST_POST = re.compile(
    r"\b(?:this is your first post|edit or delete it,? (?:then|and) start|"
    r"this is (?:just )?(?:a )?(?:placeholder|sample|dummy) text|"
    r"add your (?:text|content) here|click (?:here )?to edit (?:this )?text)\b",
    re.IGNORECASE,
)
_FIRST_POST_WORDS = 60
_LIST_LABELS = frozenset({"read_more", "also_read", "bare_date", "date_bar", "related_teaser"})
_URL = re.compile(r"https?://|\bwww\.\w")


def refuse(cleaned: Cleaned, extraction: Extraction) -> Refusal | None:
    """Name the first reason why a cleaned text is no article; None for an article.

    Control characters are counted in the extraction, as cleaning takes them out.
    """
    lines = cleaned.text.split("\n")
    judged: Sequence[tuple[Reason, Callable[[], str | None]]] = (
        (Reason.CONTROL_CHARS, lambda: _control_characters(extraction.text)),
        (Reason.ENCODING_SUSPECT, lambda: _undecoded(cleaned.text, cleaned.words)),
        (Reason.TITLE_ONLY, lambda: _title_only(cleaned)),
        (Reason.NO_MAIN_TEXT, lambda: None if cleaned.text else "no line is left after cleaning"),
        (Reason.PLACEHOLDER_TEXT, lambda: _placeholder(cleaned.text, cleaned.words)),
        (Reason.REPETITION, lambda: _repetition(lines)),
        (Reason.LINK_LIST, lambda: _link_list(cleaned, lines)),
        (Reason.TOO_SHORT, lambda: _too_short(cleaned.text, cleaned.words)),
    )
    for reason, judge in judged:
        detail = judge()
        if detail is not None:
            return Refusal(stage=Stage.CLEAN, reason=reason, detail=detail)
    return None


def _control_characters(text: str) -> str | None:
    control = control_count(text)
    if control <= MAX_CONTROL_SHARE * len(text):
        return None
    return f"{control} control characters in {len(text)}"


def _undecoded(text: str, words: int) -> str | None:
    replaced = text.count(REPLACEMENT)
    if replaced >= MIN_REPLACED and replaced > MAX_REPLACED_SHARE * len(text):
        return f"{replaced} characters could not be decoded"
    garbled = garbled_count(text)
    if garbled >= MIN_MOJIBAKE and garbled > MAX_MOJIBAKE_SHARE * words:
        return f"{garbled} sequences read in the wrong encoding"
    return None


def _title_only(cleaned: Cleaned) -> str | None:
    if not cleaned.text:
        alone = any(line.rule == "title_copy" for line in cleaned.removed)
    else:
        fits = cleaned.title is not None and len(cleaned.text) <= 2 * len(cleaned.title)
        alone = fits and spoken(cleaned.text) in title_forms(cleaned.title)
    return "the text is the title and nothing else" if alone else None


def _placeholder(text: str, words: int) -> str | None:
    folded = text.casefold()
    if any(mark in folded for mark in _LOREM):
        lines = [words_of(line) for line in text.split("\n")]
        filler = sum(len(words) for words in lines if _is_filler(words))
        if filler >= MIN_FILLER_SHARE * sum(map(len, lines)):
            return "filler text of a template"
    if words <= _FIRST_POST_WORDS and _FIRST_POST.search(text):
        return "sample text of a publishing system"
    return None


def _is_filler(words: Sequence[str]) -> bool:
    return sum(word in _LOREM_WORDS for word in words) >= _FILLER_WORDS_SHARE * len(words)


def _repetition(lines: Sequence[str]) -> str | None:
    line, times = Counter(line.casefold() for line in lines).most_common(1)[0]
    if times >= MIN_REPEATS and times * len(line) > MAX_REPEATED_SHARE * sum(map(len, lines)):
        return f"one line stands {times} times and makes most of the text"
    return None


def _link_list(cleaned: Cleaned, lines: Sequence[str]) -> str | None:
    addresses = 0
    if _URL.search(cleaned.text):
        addresses = sum(_URL.search(line) is not None for line in lines)
    labels = sum(line.rule in _LIST_LABELS for line in cleaned.removed)
    links = addresses + labels
    if links < MIN_LINKS or links < MIN_LINK_SHARE * (len(lines) + labels):
        return None
    if any(Line(number=1, text=line).is_prose and not _URL.search(line) for line in lines):
        return None
    return f"no running text, {addresses} addresses and {labels} labels or dates of a list"


def _too_short(text: str, words: int) -> str | None:
    if len(text) >= MIN_CHARS or words >= MIN_WORDS:
        return None
    return f"{len(text)} characters, {words} words"
