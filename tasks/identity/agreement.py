"""Do two texts tell the same article?"""

from __future__ import annotations

from collections import Counter

from tasks.cleaning.words import word_count, words_in

_SHINGLE_WORDS = 3
_UNSPACED = 1.5
"""So many more words than blanks part mean a script without blanks."""
HALF = 0.5
"""Two pages that claim one canonical URL are one article only if their texts agree by half
(the contract)."""


def agreement(left: str, right: str) -> float:
    """Return the share of word runs that two texts have in common, 0 to 1 (Dice's coefficient).

    Runs have 3 words; texts without spaces are compared by characters. Two empty texts agree.
    """
    a, b = _shingles(left), _shingles(right)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = words_in(text.casefold())
    if word_count(text) > _UNSPACED * len(words):
        words = [c for c in text if c.isalnum()]
    if len(words) < _SHINGLE_WORDS:
        return Counter([tuple(words)]) if words else Counter()
    return Counter(zip(*(words[i:] for i in range(_SHINGLE_WORDS)), strict=False))
