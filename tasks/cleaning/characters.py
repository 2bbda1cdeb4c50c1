"""Which characters a text may hold, and one spelling for each: the ground all line rules stand on.

A leftover is recognised by its words, so words must not differ by what nobody sees: composed or
decomposed accents, soft hyphens, zero-width spaces, kinds of blank.
"""

from __future__ import annotations

import re
import unicodedata

from tasks.cleaning.garbled import reread

ZWNJ = "\u200c"
ZWJ = "\u200d"
REPLACEMENT = "\ufffd"

_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters that are no blanks
    "\u00ad"  # soft hyphen: a hint to the renderer, not a letter
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, which say how to lay out
    "\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff"  # spaces and operators without width, BOM
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff]"  # annotation marks, no characters at all
)
_JOINER = re.compile(f"[{ZWNJ}{ZWJ}]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_MARKS_ON_A_LETTER = 8
_JOINING = frozenset({"Lo", "So", "Sk"})


def normalise_line(text: str) -> str:
    """Give one line in NFC, with single spaces inside and none around, and nothing unseen in it.

    A joiner (U+200C, U+200D) stays where it carries meaning: after a letter of a script without
    case (Persian, the Indic scripts) or a pictograph, combining marks between them aside. Between
    Latin letters it only steers ligatures. Lone surrogates, which no store takes, become U+FFFD.
    What is certainly garbled UTF-8 is read again (`garbled`).
    Normalising twice changes nothing. A line without a visible character becomes "".
    """
    if text.isascii():
        return " ".join(_UNSEEN.sub("", text).split())
    line = _normalise_once(reread(replace_surrogates(text)))
    while (again := reread(line)) != line:  # what stood apart by unseen characters stands together
        line = _normalise_once(again)
    return line


def _normalise_once(text: str) -> str:
    seen = _UNSEEN.sub("", text)
    composed = unicodedata.normalize("NFC", seen)
    if ZWNJ in composed or ZWJ in composed:
        composed = unicodedata.normalize("NFC", _JOINER.sub(_joiner_with_meaning, composed))
    return " ".join(composed.split())


def control_count(text: str) -> int:
    """Count control characters, blanks and line ends aside."""
    return len(_CONTROL.findall(text))


def replace_surrogates(text: str) -> str:
    """Put U+FFFD for each lone surrogate, so that the text can be encoded."""
    return _SURROGATE.sub(REPLACEMENT, text)


def _joiner_with_meaning(match: re.Match[str]) -> str:
    """Keep the joiner where the letter before it joins; judged by the letter, not by its marks.

    Composition never changes the base letter, which makes the verdict the same before and after.
    """
    before = match.string[max(0, match.start() - _MARKS_ON_A_LETTER) : match.start()]
    for character in reversed(before):
        category = unicodedata.category(character)
        if category in ("Mn", "Mc", "Me"):
            continue
        return match.group() if category in _JOINING and not character.isascii() else ""
    return ""
