"""The bar of the site suite: seeded faults are found at once, clean days are let be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.simulated_month import Outcome, simulate

FOUND_AT_LEAST = 0.9
FALSE_AT_MOST = 0.02


def assert_bar(said: Outcome) -> None:
    assert said.found_share >= FOUND_AT_LEAST, said.missed
    assert said.false_share <= FALSE_AT_MOST, said.false_alarms


@pytest.mark.parametrize("seed", [1, 2])
def test_seeded_faults_are_found_at_once_and_clean_days_are_let_be(
    seed: int, tmp_path: Path
) -> None:
    assert_bar(simulate(seed, tmp_path, sites=4))


@pytest.mark.soak
@pytest.mark.parametrize("offset", range(5))
def test_twelve_sites_meet_the_bar(offset: int, tmp_path: Path) -> None:
    seed = int(os.environ.get("COPYDESK_SOAK_SEED", "100")) + offset
    assert_bar(simulate(seed, tmp_path))


@pytest.mark.soak
def test_the_whole_audit_holds_the_same_sites(tmp_path: Path) -> None:
    quick = simulate(3, tmp_path / "quick", sites=5)
    thorough = simulate(3, tmp_path / "thorough", sites=5, thorough=True)
    assert (thorough.found, thorough.missed) == (quick.found, quick.missed)
    assert len(thorough.false_alarms) == len(quick.false_alarms)
