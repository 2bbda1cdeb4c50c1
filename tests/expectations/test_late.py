"""What an audit does not need is not imported for it, and is there when it is used."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def said(code: str) -> str:
    """What a fresh process prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.strip()


def test_great_expectations_is_ready_without_the_statistics_of_scipy() -> None:
    code = """
import sys
from expectations import auditor
auditor.warm_up()
import great_expectations
print("great_expectations" in sys.modules, "scipy.stats.distributions" in sys.modules)
"""
    assert said(code) == "True False"


def test_a_module_that_was_put_off_is_whole_at_its_first_use() -> None:
    code = """
import sys
from expectations.late import put_off
put_off("scipy.stats")
put_off("scipy.stats")
from scipy import stats
print("scipy.stats.distributions" in sys.modules, stats.norm.cdf(0.0))
"""
    assert said(code) == "False 0.5"
