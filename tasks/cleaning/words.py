"""Words of a line, counted and folded: one measure for scripts with blanks and without."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection

_WORD = re.compile(r"\w+")
_ASCII = "".join(c if _WORD.match(c) else " " for c in map(chr, range(128)))
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
"""Thai, Lao, Myanmar, Khmer, kana, Han: scripts that put no blank between words."""

_SENTENCE_ENDS = tuple(".!?…。！？．।۔؟")
_CLOSING = "\"'”’»«“›)]」』"
_OPENS_QUOTED = re.compile("[\"'“”‘’„‚«»‹›「『]")
_EDGE = " \t-–—•·∙●○◦▪■□▶►▸→⇒»›>|*[](){}<«‹:…_=~+#/\\,;"
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"'})


def words_of(text: str) -> tuple[str, ...]:
    """List the words of a text, compatibility-folded and without case; punctuation is gone."""
    return tuple(words_in(unicodedata.normalize("NFKC", text).casefold()))


def words_in(text: str) -> list[str]:
    """List the words of a text as they stand; ASCII alone is split in a third of the time."""
    return text.translate(_ASCII).split() if text.isascii() else _WORD.findall(text)


def is_spaced(text: str) -> bool:
    """Say whether a text has no character of a script that puts no blank between words."""
    return text.isascii() or _UNSPACED.search(text) is None


def word_count(text: str) -> int:
    """Count words; where a script has no blanks, two characters count as one word."""
    if is_spaced(text):
        return len(words_in(text))
    unspaced = len(_UNSPACED.findall(text))
    return len(words_in(_UNSPACED.sub(" ", text))) + (unspaced + 1) // 2


def ends_sentence(text: str) -> bool:
    """Tell whether a line closes as a sentence does, closing quotes and brackets aside."""
    return text.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)


def label_of(text: str) -> str:
    """Fold a line to what a label says: no case, no bullets, arrows, brackets or pictographs.

    Quotation marks and sentence ends stay: a quoted label is somebody's words, not a template's.
    """
    folded = text.casefold().translate(_QUOTES)
    start, end = 0, len(folded)
    while start < end and _is_edge(folded[start]):
        start += 1
    while end > start and _is_edge(folded[end - 1]):
        end -= 1
    return folded[start:end]


def _is_edge(character: str) -> bool:
    return character in _EDGE or (
        not character.isascii()
        and character not in "©®℗"
        and unicodedata.category(character) in ("So", "Sk", "Mn", "Cf")
    )


def opens_quoted(text: str) -> bool:
    """Tell whether a line opens with a quotation mark."""
    return _OPENS_QUOTED.match(text) is not None


def one_of(words: Collection[str]) -> str:
    """Write a pattern for any of some words as a tree of their letters: five times as fast."""
    by_letter: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if word:
            by_letter[word[0]].append(word[1:])
    ways = "|".join(re.escape(letter) + one_of(rest) for letter, rest in by_letter.items())
    return f"(?:{ways}){'?' if '' in words else ''}" if ways else ""
