"""How good extraction is on labelled pages: the measures, and intervals by resampling sites.

Text is compared by runs of four words, as public benchmarks of article extraction do; a page
counts once, whatever its length.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, TypeVar

T = TypeVar("T")
_RUN = 4
_RESAMPLES = 1_000
# Scripts without blanks between words are compared by character, or runs would mean nothing.
_DENSE = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_WORD = re.compile(r"\w+")
_DENSE_SHARE = 0.2
_SAMPLE_CHARS = 2_000


class Gold(TypedDict, total=False):
    """What is known of one labelled page; null or missing where nothing is.

    `withs` and `withouts` are passages that are article text and that are none; `site` groups the
    pages that one house made, `gold_kind` says who or what labelled the page.
    """

    id: str
    url: str | None
    site: str | None
    gold_kind: str
    text: str | None
    title: str | None
    date: str | None
    authors: list[str] | None
    language: str | None
    withs: list[str] | None
    withouts: list[str] | None


def runs_of(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of four words (or characters) of a text; a shorter text is one run."""
    sample = text[:_SAMPLE_CHARS]
    if len(_DENSE.findall(sample)) >= _DENSE_SHARE * max(1, len(sample)):
        text = _DENSE.sub(r" \g<0> ", text)
    words = _WORD.findall(text)
    if len(words) < _RUN:
        return Counter([tuple(words)]) if words else Counter()
    return Counter(zip(*(words[n:] for n in range(_RUN)), strict=False))


def page_scores(truth: str, text: str) -> tuple[float | None, float]:
    """Give (precision, recall) of a page; precision is None where there is no text at all."""
    wanted, found = runs_of(truth), runs_of(text)
    shared = (wanted & found).total()
    precision = shared / found.total() if found else None
    return precision, shared / wanted.total() if wanted else 1.0


def summed_f1(pages: Sequence[tuple[float | None, float]]) -> float:
    """Give the harmonic mean of mean precision (pages with text) and mean recall (all pages)."""
    precisions = [p for p, _ in pages if p is not None]
    if not precisions:
        return 0.0
    precision = sum(precisions) / len(precisions)
    recall = sum(r for _, r in pages) / len(pages)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def interval(
    by_site: Mapping[str, Sequence[T]], measure: Callable[[Sequence[T]], float], *, seed: int = 1
) -> tuple[float, float]:
    """Give the middle 95 % of `measure` when sites, not pages, are drawn anew."""
    drawn = random.Random(seed)  # noqa: S311 (statistics, no secret)
    sites = sorted(by_site)
    values = sorted(
        measure([page for _ in sites for page in by_site[drawn.choice(sites)]])
        for _ in range(_RESAMPLES)
    )
    return values[int(0.025 * _RESAMPLES)], values[int(0.975 * _RESAMPLES)]
