"""How often Python looks for cycles of garbage."""

from __future__ import annotations

import gc

_ALLOCATIONS = 20_000
"""Python's own 700 suits small programs. Imports and parsed pages make objects by the hundred
thousand and hardly a cycle: at 700 a page took a twenty-fifth longer, the imports a seventh; beyond
20,000 nothing more is gained."""


def look_seldom() -> None:
    """Look for cycles after some thousand new objects; for the life of this process."""
    gc.set_threshold(_ALLOCATIONS)
