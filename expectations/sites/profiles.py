"""What is known of the sites of a batch, and what is measured of it: the sum of all measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from expectations.sites.measure import Measure, Profile, measures_of
from expectations.sites.rules import BaselineRules
from expectations.sites.silence import Calendar, silences_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteProfiles:
    """The sites of a batch as they look now, and the usual past of each, the newest first.

    `calendar` names the sites that the batch could have had; None where it is no reading of
    sources, so that nothing can be missing from it.
    """

    now: Sequence[Profile]
    history: Mapping[str, Sequence[Profile]]
    calendar: Calendar | None = None


def measured_of(profiles: SiteProfiles, rules: BaselineRules) -> dict[str, list[Measure]]:
    """Measure every site of which enough is known, those that are missing among them."""
    measured = {
        str(now["site"]): measures_of(now, profiles.history.get(str(now["site"]), ()), rules)
        for now in profiles.now
    }
    if profiles.calendar is not None:
        for site, silence in silences_of(profiles.calendar, rules).items():
            measured.setdefault(site, []).append(silence)
    return {site: measures for site, measures in measured.items() if measures}
