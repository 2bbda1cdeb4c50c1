"""How far a site may stray from what is usual before it is held; the settings give the values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRules:
    """Thresholds of the site suite.

    `min_batches`: history that every check needs. `weekday_batches`: of these, batches of the same
    weekday that the volume needs. `min_documents`: documents of the site below which nothing is
    said of shares and lengths, now or in history. `min_volume`: the usual volume below which
    nothing is said of it. `window`: batches of history that count. `width`: robust standard
    deviations that are usual. The rest are floors: changes of a share (`share_change`), of the
    median length (`length_factor`), of the volume (`volume_factor`), of the share of lines that
    repeat (`repeated_change`) and of pages with a new repeated line (`new_repeats_share`) that are
    let be however steady the site was.
    """

    min_batches: int = 8
    weekday_batches: int = 3
    min_documents: int = 5
    min_volume: int = 5
    window: int = 60
    width: float = 5.0
    share_change: float = 0.25
    length_factor: float = 2.5
    volume_factor: float = 3.0
    repeated_change: float = 0.15
    new_repeats_share: float = 0.5
