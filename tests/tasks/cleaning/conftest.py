from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def seeds() -> dict[str, str]:
    """The five sample dumps by the first digits of their names; absent: skipped, and said so."""
    shared = Path(os.environ.get("COPYDESK_SHARED", REPOSITORY / "../shared"))
    folder = shared / "seeds"
    if not folder.is_dir():
        pytest.skip(f"no sample dumps at {folder}: set COPYDESK_SHARED")
    return {path.name[:3]: path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}
