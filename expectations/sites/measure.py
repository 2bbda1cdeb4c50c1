"""Measure a site against its past: for each check a value and its bounds, or silence.

Pure. A check is silent (no measure) where the site has too few documents, or too little history of
the kind it needs. Profiles are plain rows (`suite.PROFILE_COLUMNS`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from expectations.sites import suite
from expectations.sites.rules import BaselineRules
from expectations.sites.usual import (
    Band,
    deviation,
    mixture_distance,
    ratio_band,
    share_band,
    shares_of,
)

Profile = Mapping[str, Any]
_ANY_SHARE = Band(low=0.0, high=1.0)
_NEARLY_ALL = 0.9
"""A new line on more of the pages than this is never chance, however few they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A value of a site now, what is usual, and how many batches of history say so."""

    check: str
    value: float
    band: Band
    batches: int
    about: str | None = None


def measures_of(now: Profile, history: Sequence[Profile], rules: BaselineRules) -> list[Measure]:
    """Measure one site; `history` is its usual profiles, the newest first."""
    kept = history[: rules.window]
    found = [_volume(now, kept, rules)]
    found += [measure(now, kept, rules) for measure in _OF_FRESH + _OF_ARTICLES]
    return [measure for measure in found if measure is not None]


def _volume(now: Profile, history: Sequence[Profile], rules: BaselineRules) -> Measure | None:
    alike = [past for past in history if past["source_key"] == now["source_key"]]
    by_weekday: dict[int, list[Profile]] = defaultdict(list)
    for past in alike:
        by_weekday[past["weekday"]].append(past)
    same = by_weekday[now["weekday"]]
    if not now["fresh"] or len(alike) < rules.min_batches or len(same) < rules.weekday_batches:
        return None
    usual = median(past["fresh"] for past in same)
    if usual < rules.min_volume:
        return None
    residuals = []
    for day in by_weekday.values():
        middle = median(math.log(past["fresh"]) for past in day)
        if len(day) >= rules.weekday_batches:
            residuals += [math.log(past["fresh"]) - middle for past in day]
    return Measure(
        check=suite.VOLUME.name,
        value=float(now["fresh"]),
        band=ratio_band(
            [past["fresh"] for past in same],
            [past["fresh"] for past in same if past["released"]],
            spread=max(deviation(residuals), 1 / math.sqrt(usual)),
            factor=rules.volume_factor,
            width=rules.width,
        ),
        batches=len(same),
    )


def _length(now: Profile, history: Sequence[Profile], rules: BaselineRules) -> Measure | None:
    past = _enough(now, history, rules, "staged")
    if past is None:
        return None
    lengths = [profile["median_chars"] for profile in past]
    usual_count = median(profile["staged"] for profile in past)
    return Measure(
        check=suite.LENGTH.name,
        value=float(now["median_chars"]),
        band=ratio_band(
            lengths,
            [profile["median_chars"] for profile in past if profile["released"]],
            spread=deviation([math.log(length) for length in lengths])
            * max(1.0, math.sqrt(usual_count / now["staged"])),
            factor=rules.length_factor,
            width=rules.width,
        ),
        batches=len(past),
    )


def _languages(now: Profile, history: Sequence[Profile], rules: BaselineRules) -> Measure | None:
    past = _enough(now, history, rules, "staged")
    if past is None:
        return None
    counts: Counter[str] = Counter()
    for profile in past:
        counts.update(profile["languages"] or {})
    usual = shares_of(counts)

    def change(profile: Profile) -> float:
        return mixture_distance(shares_of(profile["languages"] or {}), usual)

    found = share_band(
        [change(profile) for profile in past],
        [change(profile) for profile in past if profile["released"]],
        count=now["staged"],
        floor=rules.share_change,
        width=rules.width,
    )
    return Measure(
        check=suite.LANGUAGES.name,
        value=change(now),
        band=Band(low=0.0, high=found.high),
        batches=len(past),
        about=", ".join(
            f"{language or 'unknown'} {share:.0%}"
            for language, share in Counter(shares_of(now["languages"] or {})).most_common(3)
        ),
    )


def _reasons(now: Profile, history: Sequence[Profile], rules: BaselineRules) -> Measure | None:
    past = _enough(now, history, rules, "fresh")
    if past is None:
        return None
    excess, worst = -1.0, None
    for reason, documents in (now["reasons"] or {}).items():
        found = share_band(
            [(profile["reasons"] or {}).get(reason, 0) / profile["fresh"] for profile in past],
            [],
            count=now["fresh"],
            floor=rules.share_change,
            width=rules.width,
        )
        share = documents / now["fresh"]
        if share - found.high > excess:
            excess, worst = share - found.high, f"{reason} {share:.0%}"
    return Measure(
        check=suite.REASONS.name,
        value=excess,
        band=Band(low=-1.0, high=0.0),
        batches=len(past),
        about=worst,
    )


def _share(
    check: str,
    value: Callable[[Profile], float | None],
    counted: str,
    *,
    floor: Callable[[BaselineRules], float],
    falls: bool = False,
    rises: bool = False,
) -> Callable[[Profile, Sequence[Profile], BaselineRules], Measure | None]:
    """Make the measure of a share of `counted` documents that must not fall, or rise, or either."""

    def measure(now: Profile, history: Sequence[Profile], rules: BaselineRules) -> Measure | None:
        past = _enough(now, history, rules, counted)
        share = None if past is None else value(now)
        if past is None or share is None:
            return None
        found = share_band(
            [known for profile in past if (known := value(profile)) is not None] or [share],
            [
                known
                for profile in past
                if profile["released"] and (known := value(profile)) is not None
            ],
            count=now[counted],
            floor=floor(rules),
            width=rules.width,
        )
        return Measure(
            check=check,
            value=float(share),
            band=Band(
                low=max(found.low, _ANY_SHARE.low) if falls else _ANY_SHARE.low,
                high=min(found.high, _ANY_SHARE.high) if rises else _ANY_SHARE.high,
            ),
            batches=len(past),
        )

    return measure


def _new_repeats(now: Profile, history: Sequence[Profile], rules: BaselineRules) -> Measure | None:
    past = _enough(now, history, rules, "staged")
    if past is None or now["share_new_repeats"] is None:
        return None
    found = share_band(
        [profile["share_new_repeats"] or 0.0 for profile in past],
        [],
        count=now["staged"],
        floor=rules.new_repeats_share,
        width=rules.width,
    )
    return Measure(
        check=suite.NEW_REPEATS.name,
        value=float(now["share_new_repeats"]),
        band=Band(low=0.0, high=min(found.high, _NEARLY_ALL)),
        batches=len(past),
    )


def _enough(
    now: Profile, history: Sequence[Profile], rules: BaselineRules, counted: str
) -> list[Profile] | None:
    """Return the history that has enough documents; None where it, or now, has too few."""
    past = [profile for profile in history if profile[counted] >= rules.min_documents]
    if now[counted] < rules.min_documents or len(past) < rules.min_batches:
        return None
    return past


_OF_FRESH = (
    _share(
        suite.REFUSALS.name,
        lambda profile: profile["refused"] / profile["fresh"],
        "fresh",
        floor=lambda rules: rules.share_change,
        rises=True,
    ),
    _share(
        suite.DUPLICATES.name,
        lambda profile: profile["duplicate"] / profile["fresh"],
        "fresh",
        floor=lambda rules: rules.share_change,
        rises=True,
    ),
    _reasons,
)
_OF_ARTICLES = (
    _length,
    _languages,
    *(
        _share(
            check.name,
            lambda profile, column=check.column: profile[column],  # type: ignore[misc]
            "staged",
            floor=lambda rules: rules.share_change,
            falls=True,
        )
        for check in (suite.TITLES, suite.DATES, suite.AUTHORS)
    ),
    _share(
        suite.REMOVED.name,
        lambda profile: profile["share_removed"],
        "staged",
        floor=lambda rules: rules.share_change,
        falls=True,
        rises=True,
    ),
    _share(
        suite.REPEATED.name,
        lambda profile: profile["share_repeated"],
        "staged",
        floor=lambda rules: rules.repeated_change,
        rises=True,
    ),
    _new_repeats,
)
