"""Do two texts tell the same article?"""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

from tasks.cleaning.words import is_spaced, word_count, words_in

_SHINGLE_WORDS = 3
_UNSPACED = 1.5
"""So many more words than blanks part mean a script without blanks."""
_HALF = 0.5
"""Two pages that claim one canonical URL are one article only if their texts agree by half
(the contract)."""


def agree(left: str, right: str) -> bool:
    """Say whether two texts agree by half: most that do so begin and end with equal lines.

    Each such piece of n words has n - 2 runs of three in common, and a text has no more runs than
    words: where that is enough already, nothing more is counted.
    """
    if is_spaced(left) and is_spaced(right):
        a, b = left.split("\n"), right.split("\n")
        head = _equal(a, b)
        begin, a, b = a[:head], a[head:], b[head:]
        tail = _equal(a[::-1], b[::-1])
        end, a, b = a[len(a) - tail :], a[: len(a) - tail], b[: len(b) - tail]
        shared = [_words(begin), _words(end)]
        common = sum(max(words - _SHINGLE_WORDS + 1, 0) for words in shared)
        total = 2 * sum(shared) + _words(a) + _words(b)
        if common and 2 * common >= _HALF * total:
            return True
    return agreement(left, right) >= _HALF


def _equal(left: list[str], right: list[str]) -> int:
    """Count the lines that two lists begin with alike."""
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _words(lines: list[str]) -> int:
    return len(words_in("\n".join(lines).casefold()))


def agreement(left: str, right: str) -> float:
    """Return the share of word runs that two texts have in common, 0 to 1 (Dice's coefficient).

    Runs have 3 words; texts without spaces are compared by characters. Two empty texts agree.
    """
    a, b = _shingles(left), _shingles(right)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = words_in(text.casefold())
    if not is_spaced(text) and word_count(text) > _UNSPACED * len(words):
        words = [c for c in text if c.isalnum()]
    if len(words) < _SHINGLE_WORDS:
        return Counter([tuple(words)]) if words else Counter()
    return Counter(zip(*(words[i:] for i in range(_SHINGLE_WORDS)), strict=False))
