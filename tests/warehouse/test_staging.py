from __future__ import annotations

import pytest

from tests.warehouse.conftest import House, make_clean
from warehouse import staging


def limit(house: House) -> float:
    """Return the limit of a connection's memory, in MB; DuckDB says it with one decimal."""
    ((said,),) = house.rows("SELECT current_setting('memory_limit')")
    number, unit = str(said).split()
    return float(number) * {"MiB": 1.048576, "GiB": 1073.741824}[unit]


def test_an_audit_has_little_memory_and_leaves_the_connection_as_it_was(house: House) -> None:
    house.load("b", [make_clean(n, "b") for n in range(3)])
    before = limit(house)

    def fail() -> None:
        with staging.little_memory(house.connection, "b"):
            assert limit(house) < 150
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert limit(house) == pytest.approx(before, abs=110)
    house.rows("SELECT length(string_agg(repeat('crab ', 200_000), '')) FROM range(300)")


@pytest.mark.parametrize("chars", [1_000, 3_000_000])
def test_longer_texts_have_more_of_it(house: House, chars: int) -> None:
    house.load("b", [make_clean(n, "b") for n in range(3)])
    house.rows(f"UPDATE staging.article SET text_chars = {chars}")
    ((threads,),) = house.rows("SELECT current_setting('threads')")
    assert isinstance(threads, int)
    with staging.little_memory(house.connection, "b"):
        assert limit(house) == pytest.approx(128 + 9 * threads * chars / 1e6, abs=1)


def test_very_long_texts_have_all_of_it(house: House) -> None:
    house.load("b", [make_clean(n, "b") for n in range(3)])
    house.rows("UPDATE staging.article SET text_chars = 100_000_000")
    before = limit(house)
    with staging.little_memory(house.connection, "b"):
        assert limit(house) == before
