"""How often Python looks for cycles of garbage."""

from __future__ import annotations

import atexit
import gc

_ALLOCATIONS = 20_000
"""Python's own 700 suits small programs. Imports and parsed pages make objects by the hundred
thousand and hardly a cycle: at 700 a page took a twenty-fifth longer, the imports a seventh; beyond
20,000 nothing more is gained."""


def look_seldom() -> None:
    """Look for cycles after some thousand new objects, and not at the end of this process.

    What dies with the process needs no looking: with all that a run imports it took the last two
    thirds of a second of each.
    """
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)
