"""One way to read a source in tests: a fixed clock, a limit, everything else real."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.model import RawItem, Source
from tasks.readers.by_kind import read

NOW = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)
PAGE = (
    b"<!DOCTYPE html><html><head><title>Harbour bridge reopens</title></head>"
    b"<body><p>The harbour bridge reopened on Tuesday after a year of repairs.</p></body></html>"
)


@pytest.fixture
def page() -> bytes:
    return PAGE


@pytest.fixture
def take() -> Callable[..., list[RawItem]]:
    def take(
        locator: Path | str,
        *,
        kind: str | None = None,
        stdin: bytes | None = None,
        max_bytes: int = 1_000_000,
        skip: Collection[str] = frozenset(),
    ) -> list[RawItem]:
        source = Source(locator=str(locator), kind=kind)
        pipe = None if stdin is None else io.BytesIO(stdin)
        return list(read(source, stdin=pipe, max_bytes=max_bytes, now=lambda: NOW, skip=skip))

    return take
