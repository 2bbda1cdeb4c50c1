"""What an audit does not need is not imported for it, and is there when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


def said(code: str) -> str:
    """What a fresh process prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.strip()


LOADED = "'scipy.stats.distributions' in sys.modules, 'altair.vegalite' in sys.modules"


def test_great_expectations_is_ready_without_statistics_and_charts() -> None:
    code = f"""
import sys
from expectations import auditor
auditor.warm_up()
import great_expectations
print({LOADED})
"""
    assert said(code) == "False False"
    assert said(f"import sys, great_expectations; print({LOADED})") == "True True"


@pytest.mark.parametrize(
    ("use", "printed"),
    [
        ("from scipy import stats; print(stats.norm.cdf(0), stats.norm.cdf(0))", "0.5 0.5"),
        ("import scipy.stats._stats_py as part; print(part.gmean([4, 9]))", "6.0"),
        ("import scipy.stats as s; s.norm; import scipy.stats.qmc as q; print(s.qmc is q)", "True"),
        ("from scipy.stats import norm; print(norm.cdf(0))", "0.5"),
        ("import altair, altair.vegalite as v; print(altair.Chart is v.Chart)", "True"),
        ("from altair import Chart; print(Chart.__name__)", "Chart"),
        ("import altair as a; a.Chart; print(a.__version__ == version('altair'))", "True"),
    ],
)
def test_a_module_that_was_put_off_is_whole_at_its_first_use(use: str, printed: str) -> None:
    put_off = "from expectations.late import put_off; put_off('scipy.stats', 'altair')"
    put_off += "; from importlib.metadata import version"
    assert said(f"{put_off}; {put_off}; {use}") == printed


def test_a_module_that_is_there_is_not_put_off() -> None:
    code = """
import altair
from expectations.late import put_off
put_off("altair")
import sys
print(sys.modules["altair"] is altair)
"""
    assert said(code) == "True"


def test_an_expectation_that_needs_statistics_works() -> None:
    code = """
import pandas
from expectations import auditor
auditor.warm_up()
import great_expectations as gx
batch = (
    gx.get_context(mode="ephemeral").data_sources.add_pandas("p").add_dataframe_asset("a")
    .add_batch_definition_whole_dataframe("b")
    .get_batch({"dataframe": pandas.DataFrame({"x": ["a", "b"]})})
)
expected = {"values": ["a", "b"], "weights": [0.5, 0.5]}
kind = gx.expectations.ExpectColumnKLDivergenceToBeLessThan
result = batch.validate(kind(column="x", partition_object=expected, threshold=0.1))
print(result.success, result.exception_info.get("raised_exception"))
"""
    assert said(code).splitlines()[-1] == "True False"
