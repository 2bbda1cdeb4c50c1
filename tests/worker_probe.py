"""What a test asks a worker process; it must be importable there."""

from __future__ import annotations

import sys


def modules() -> list[str]:
    """Name the top-level modules that the process has imported."""
    return sorted({name.partition(".")[0] for name in sys.modules})
