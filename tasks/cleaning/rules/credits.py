"""Who made what: photo credits, copyright lines, bylines."""

from __future__ import annotations

import re

from tasks.cleaning.lines import Spot
from tasks.cleaning.phrases.credits import (
    BY,
    CONTACT,
    COPYRIGHT,
    DESK,
    PHOTO_CREDIT,
    REPORTING,
    RIGHTS,
    ROLES,
    SOURCE,
)
from tasks.cleaning.phrases.pattern import word_set
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.words import ends_sentence, words_of

_CREDIT_WORDS = 12
"""A longer line is a caption, which says what the picture shows."""
_REPORTING_WORDS = 45
_LAST_LINES = 4
"""Such credits close an article, with at most the agency, a bio and a notice after them."""
_COPYRIGHT_WORDS = 50
_RIGHTS_WORDS = 20
BYLINE_WORDS = 16

_ADDRESS = re.compile(r"\S@\S+\.\w{2,}")
_BYLINE = re.compile(rf"{BY}\s?:?\s+(?P<names>\S.*)")
_BYLINE_OF_NAMES = re.compile(r"(?:By|BY|Von|VON|Par|PAR|Por|POR|Door|Av|Af)\s+(?P<names>\S.*)")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&|/]|\b(?:and|und|et|y|e|en|och|og)\b)\s*", re.IGNORECASE)
_NAME_WORD = re.compile(r"[^\W\d_][\w'’.\-]*")
_COPYRIGHT_MARK = re.compile(r"(?:copyright|©|\(c\)|[\s\d,.:-])+", re.IGNORECASE)
_BEFORE_HOLDERS = word_set("by the all and")
_NAME_WORDS = range(2, 5)
_PARTICLES = word_set("van von de der den del della di da dos du la le el al bin ibn ten ter")


def _is_photo_credit(spot: Spot) -> bool:
    line = spot.line
    return (
        line.size <= _CREDIT_WORDS
        and line.text[-1] not in "?!"
        and not line.is_quoted
        and not line.is_prose
        and not line.is_item
        and PHOTO_CREDIT.fullmatch(line.label) is not None
        and not _explains(line.text)
    )


def _explains(text: str) -> bool:
    """Tell whether a sentence follows the label where a source is named."""
    return _goes_on(text.partition(":")[2], text)


def _goes_on(rest: str, text: str) -> bool:
    """Tell whether a rest begins with a small word and its text closes as a sentence."""
    words = rest.split()
    return (
        bool(words)
        and words[0].isalpha()
        and words[0].islower()
        and words[0] not in _BEFORE_HOLDERS
        and ends_sentence(text)
    )


def _is_source_credit(spot: Spot) -> bool:
    line = spot.line
    return not ends_sentence(line.text) and SOURCE.fullmatch(line.label) is not None


def _is_reporting_credit(spot: Spot) -> bool:
    line = spot.line
    return (
        spot.index >= len(spot.page.lines) - _LAST_LINES
        and line.size <= _REPORTING_WORDS
        and not line.is_quoted
        and REPORTING.fullmatch(line.label) is not None
    )


def _is_contact_prompt(spot: Spot) -> bool:
    """Tell whether a line asks the reader to write to the desk, or to the article's author."""
    line = spot.line
    if not CONTACT.match(line.label) or not _ADDRESS.search(line.label) or not line.is_call:
        return False
    return DESK.search(line.label) is not None or any(
        set(words_of(author)) <= set(line.words) for author in spot.page.authors
    )


def _is_copyright(spot: Spot) -> bool:
    line = spot.line
    if line.is_quoted or line.size > _COPYRIGHT_WORDS:
        return False
    if COPYRIGHT.fullmatch(line.label):
        return not _speaks_of_copyright(line.text)
    return line.size <= _RIGHTS_WORDS and RIGHTS.search(line.label) is not None


def _speaks_of_copyright(text: str) -> bool:
    """Tell whether a sentence follows the mark ("© is a sign ...") where a holder is named."""
    return _goes_on(_COPYRIGHT_MARK.sub("", text, count=1), text)


def _is_byline(spot: Spot) -> bool:
    line = spot.line
    if line.size > BYLINE_WORDS or line.is_quoted:
        return False
    opened = _BYLINE.fullmatch(line.label)
    if opened and _only_names(words_of(opened["names"]), spot.page.authors, least=1):
        return True
    bare = _BYLINE_OF_NAMES.fullmatch(line.text)
    return bare is not None and spot.at_edge and _all_names(bare["names"])


def _is_author_name(spot: Spot) -> bool:
    line = spot.line
    if line.size > BYLINE_WORDS or line.is_quoted or ends_sentence(line.text.rstrip(".")):
        return False
    return _only_names(line.words, spot.page.authors, least=2)


def _only_names(words: tuple[str, ...], authors: tuple[str, ...], *, least: int) -> bool:
    """Tell whether words are nothing but known authors, in full, and words for their roles.

    An author of fewer than `least` words is no evidence: a single word may be anything.
    """
    if not words:
        return False
    names = [name for name in map(words_of, authors) if len(name) >= least]
    held = [name for name in names if set(name) <= set(words)]
    covered = {word for name in held for word in name}
    return bool(held) and all(word in covered or word in ROLES for word in words)


def _all_names(text: str) -> bool:
    """Tell whether a text is made of two to four capitalised words, or of several such names."""
    names = [name for name in _BETWEEN_NAMES.split(text.rstrip(".,")) if name]
    return bool(names) and all(_is_name(name) for name in names)


def _is_name(text: str) -> bool:
    words = text.split()
    if len(words) not in _NAME_WORDS:
        return False
    return (
        all(
            _NAME_WORD.fullmatch(word) and (word[0].isupper() or word.casefold() in _PARTICLES)
            for word in words
        )
        and words[0][0].isupper()
    )


CREDIT_RULES = (
    Rule(
        name="photo_credit",
        takes="a line that only names the source of a picture",
        reason="it credits a picture that the text does not hold",
        matches=_is_photo_credit,
    ),
    Rule(
        name="source_credit",
        takes='"Source:" and a name of a few words',
        reason="it credits a picture, a chart or an agency outside the running text",
        matches=_is_source_credit,
    ),
    Rule(
        name="reporting_credit",
        takes="a closing line on who else reported, wrote or edited",
        reason="a credit beside the byline, not a sentence of the article",
        matches=_is_reporting_credit,
        looks_around=True,
    ),
    Rule(
        name="contact_prompt",
        takes="a call to write to the desk or the author at an address",
        reason="the desk's own notice to its readers",
        matches=_is_contact_prompt,
    ),
    Rule(
        name="copyright",
        takes="copyright lines and notices of rights",
        reason="a legal notice of the site",
        matches=_is_copyright,
    ),
    Rule(
        name="byline",
        takes='"By" and the known authors anywhere, or "By" and nothing but names at the edge',
        reason="the authors are fields of the article, not its text",
        matches=_is_byline,
        looks_around=True,
    ),
    Rule(
        name="author_name",
        takes="a line that is nothing but a known author's full name, roles aside",
        reason="the same, without the word by",
        matches=_is_author_name,
    ),
)
