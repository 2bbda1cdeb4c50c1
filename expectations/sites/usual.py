"""What is usual, from a short history with a few bad days in it: medians, and how far values stray.

Pure functions. Everywhere the rule is the same: the median of the history, plus or minus the wider
of a floor (a change that nobody need be told of) and `width` robust standard deviations; widened so
that what nearly all of the history did stays inside, and what a person released stays well inside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_MAD_TO_DEVIATION = 1.4826
"""The standard deviation of a normal distribution, in median absolute deviations."""
_RANGE_IN_DEVIATIONS = 2.563
"""The range of the middle four fifths of a normal distribution, in standard deviations."""
_FOR_RANGE = 10
"""Values from which on the wildest at either end can be left out of a range."""
_TRIMMED = 0.05
"""Of the history so much (one value at least) may be wild at either end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The bounds of what is usual, both included."""

    low: float
    high: float


def deviation(values: Sequence[float]) -> float:
    """Estimate the standard deviation from the middle of the values, whatever the ends do.

    The larger of what the median absolute deviation and the range of the middle four fifths say:
    the first alone does not see a week whose weekends differ.
    """
    middle = median(values)
    ordered = sorted(values)
    tenth = len(ordered) // 10
    across = ordered[-1 - tenth] - ordered[tenth] if len(ordered) >= _FOR_RANGE else 0.0
    return max(
        _MAD_TO_DEVIATION * median(abs(value - middle) for value in values),
        across / _RANGE_IN_DEVIATIONS,
    )


def binomial_deviation(share: float, count: int) -> float:
    """Return the standard deviation of a share of `count`; never zero, even of 0 and 1."""
    likely = (share * count + 1) / (count + 2)
    return math.sqrt(likely * (1 - likely) / count)


def band(history: Sequence[float], released: Sequence[float], tolerance: float) -> Band:
    """Return the bounds around the median of the history."""
    middle = median(history)
    ordered = sorted(history)
    wild = max(1, math.ceil(_TRIMMED * len(ordered)))
    seen = ordered[wild:-wild] or [middle]
    return Band(
        low=min([middle - tolerance, seen[0], *(value - tolerance for value in released)]),
        high=max([middle + tolerance, seen[-1], *(value + tolerance for value in released)]),
    )


def share_band(
    history: Sequence[float], released: Sequence[float], *, count: int, floor: float, width: float
) -> Band:
    """Return the bounds of a share of `count` documents."""
    chance = binomial_deviation(min(max(median(history), 0.0), 1.0), count)
    return band(history, released, max(floor, width * max(deviation(history), chance)))


def ratio_band(
    history: Sequence[float],
    released: Sequence[float],
    *,
    spread: float,
    factor: float,
    width: float,
) -> Band:
    """Return the bounds of a positive number whose changes are ratios.

    `spread` is the deviation of its logarithm, `factor` the change that nobody need be told of.
    """
    logarithms = band(
        [math.log(value) for value in history],
        [math.log(value) for value in released],
        max(math.log(factor), width * spread),
    )
    return Band(low=math.exp(logarithms.low), high=math.exp(logarithms.high))


def mixture_distance(one: dict[str, float], other: dict[str, float]) -> float:
    """Return how far two mixtures are apart: 0 alike, 1 with nothing in common."""
    keys = one.keys() | other.keys()
    return sum(abs(one.get(key, 0.0) - other.get(key, 0.0)) for key in keys) / 2


def shares_of(counts: dict[str, int]) -> dict[str, float]:
    """Turn counts into shares of their sum."""
    total = sum(counts.values())
    return {key: count / total for key, count in counts.items()} if total else {}
