from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]


@pytest.fixture(scope="session")
def dump_module() -> ModuleType:
    """The generator beside this file: test folders are no packages, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("cleaning_dumps", HERE / "dumps.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def seeds() -> dict[str, str]:
    """The five sample dumps by the first digits of their names; absent: skipped, and said so."""
    shared = Path(os.environ.get("COPYDESK_SHARED", REPOSITORY / "../shared"))
    folder = shared / "seeds"
    if not folder.is_dir():
        pytest.skip(f"no sample dumps at {folder}: set COPYDESK_SHARED")
    return {path.name[:3]: path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}
