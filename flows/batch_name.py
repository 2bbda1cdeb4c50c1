"""What a batch may be called: its name is its id, and a folder below `raw/` and `work/`."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

from tasks.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def check_batch_name(name: str) -> str:
    """Return a name that may become a batch id; raises UsageError."""
    if not _NAME.fullmatch(name) or not name.strip("."):  # `..` would be the home itself
        raise UsageError(
            f"{name!r} cannot name a batch",
            "use 1 to 64 of letters, digits, dot, dash, underscore, not dots alone",
        )
    return name


def new_batch_name() -> str:
    """Name a batch by its second, and the process for two in one second."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}"
