"""Laws of the robust statistics under the site suite."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from expectations.sites.usual import band, binomial_deviation, deviation, mixture_distance

values = st.lists(st.floats(0, 1), min_size=8, max_size=60)
mixtures = st.dictionaries(st.sampled_from("abc"), st.integers(1, 50), min_size=1)


@given(values, st.floats(0.01, 0.5))
def test_the_median_and_nearly_all_of_the_history_are_usual(
    history: list[float], tolerance: float
) -> None:
    found = band(history, [], tolerance)
    outside = [value for value in history if not found.low <= value <= found.high]
    assert len(outside) <= max(2, 2 * (len(history) // 20 + 1))
    assert sorted(history)[len(history) // 2] not in outside


@given(values, st.floats(0, 1), st.floats(0.01, 0.5))
def test_what_was_released_is_usual_with_room_around_it(
    history: list[float], released: float, tolerance: float
) -> None:
    found = band(history, [released], tolerance)
    assert found.low <= released - tolerance
    assert found.high >= released + tolerance


@given(st.floats(0.4, 0.6), st.floats(-100, 100))
def test_one_wild_day_does_not_move_what_is_usual(usual: float, wild: float) -> None:
    history = [usual] * 12 + [wild]
    assert deviation(history) == 0
    found = band(history, [], 0.1)
    assert (found.low, found.high) == (usual - 0.1, usual + 0.1)


def test_weekends_that_differ_are_part_of_the_deviation() -> None:
    week = [0.9] * 5 + [0.5] * 2
    assert deviation(week * 4) > 0.1


@given(st.floats(0, 1), st.integers(1, 1000))
def test_chance_is_never_zero_and_less_with_more_documents(share: float, count: int) -> None:
    assert 0 < binomial_deviation(share, 4 * count + 4) < binomial_deviation(share, count)


@given(mixtures, mixtures)
def test_mixtures_are_apart_from_nought_to_one(one: dict[str, int], two: dict[str, int]) -> None:
    shares = [{k: v / sum(m.values()) for k, v in m.items()} for m in (one, two)]
    found = mixture_distance(*shares)
    assert -1e-9 <= found <= 1 + 1e-9
    assert mixture_distance(shares[0], shares[0]) == 0
    assert abs(found - mixture_distance(shares[1], shares[0])) < 1e-9
