"""Read SQL from its files: queries are named, commented and bound, never formatted."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def query(name: str) -> str:
    """Return the text of `queries/<name>.sql`."""
    return resources.files("warehouse").joinpath("queries", f"{name}.sql").read_text("utf-8")


@cache
def statements(folder: str) -> tuple[tuple[str, str], ...]:
    """Return (file name, text) of each SQL file of `folder`, sorted by name."""
    files = resources.files("warehouse").joinpath(folder).iterdir()
    return tuple(sorted((f.name, f.read_text("utf-8")) for f in files if f.name.endswith(".sql")))
