"""How commands speak: data on stdout, everything else on stderr, and one JSON object when asked.

What comes from documents is never trusted: control characters are stripped and markup is text.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_KEPT = frozenset("\n\t")
_WIDE = 200


def console() -> Console:
    """Return the console of stdout; wide where nobody looks, so that no cell is cut."""
    width = None if sys.stdout.isatty() else _WIDE
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def errors() -> Console:
    """Return the console of stderr."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def say(line: str) -> None:
    """Say one line to the person at the terminal, on stderr."""
    errors().print(Text(printable(line)))


def printable(value: str) -> str:
    """Return a text without control characters: nothing in a document may drive a terminal."""
    return "".join(
        c if c in _KEPT or c.isprintable() or c.isspace() else "�" for c in value
    ).replace("\r", " ")


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Print one JSON object."""
    sys.stdout.write(json_of(value) + "\n")


def json_of(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return a value as JSON in one line, exactly; numbers that JSON lacks are their names."""
    try:
        return json.dumps(value, ensure_ascii=False, default=plain, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, default=plain)


def _finite(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value


def plain(value: object) -> object:
    """Return what JSON can hold of a DuckDB value; a decimal is a number where that is exact."""
    if isinstance(value, Decimal):
        near = float(value)
        return near if math.isfinite(near) and Decimal(repr(near)) == value else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)


def cell(value: object) -> Text:
    """Return a table's cell: empty for null, lists joined, nothing interpreted."""
    if value is None:
        return Text("")
    if isinstance(value, list | tuple):
        return Text(printable(", ".join(str(v) for v in value)))
    if isinstance(value, datetime):
        return Text(value.strftime("%Y-%m-%d %H:%M:%S"))
    if isinstance(value, float):
        return Text(f"{value:.3g}")
    return Text(printable(str(value)))


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None
) -> None:
    """Print rows as a table; long cells are folded."""
    table = Table(title=title, title_justify="left", header_style="bold", show_lines=False)
    for name in columns:
        table.add_column(Text(printable(name)), overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    console().print(table)
