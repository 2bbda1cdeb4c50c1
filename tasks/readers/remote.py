"""Sources in object stores and other file systems that fsspec knows: `s3://bucket/key`.

Never http: what comes from the web is asked for by `readers/web`, with robots, pace and guard.
"""

from __future__ import annotations

from typing import BinaryIO, cast

import fsspec  # type: ignore[import-untyped]

from tasks.errors import SourceUnavailable
from tasks.model import Reason

_WEB = frozenset({"http", "https"})


def files_at(locator: str) -> list[str]:
    """Return the files that an address means: itself, what a glob matches, what a folder holds.

    Raises SourceUnavailable where there is none, or no way to reach it.
    """
    scheme = locator.partition("://")[0]
    if scheme in _WEB or scheme not in fsspec.available_protocols():
        raise _unavailable(locator, f"no reader for {scheme}:// addresses", "name a file or URL")
    try:
        system, path = fsspec.core.url_to_fs(locator)
        if any(c in path for c in "*?["):
            found = sorted(system.glob(path))
        elif system.isdir(path):
            found = sorted(system.find(path))
        else:
            found = [path] if system.exists(path) else []
    except ImportError as error:
        raise _unavailable(locator, str(error), f"install what {scheme}:// needs") from None
    except (OSError, ValueError) as error:
        raise _unavailable(locator, " ".join(str(error).split())[:200], "check it") from None
    names = [str(system.unstrip_protocol(path)) for path in found if not _is_hidden(path)]
    if not names:
        raise _unavailable(locator, "nothing is there", "check the address")
    return names


def open_remote(locator: str) -> BinaryIO:
    """Open a file for reading; it can be moved about in, and is read in blocks."""
    return cast(BinaryIO, fsspec.open(locator, "rb").open())


def _is_hidden(path: str) -> bool:
    return path.rsplit("/", 1)[-1].startswith((".", "_"))


def _unavailable(locator: str, detail: str, remedy: str) -> SourceUnavailable:
    return SourceUnavailable(locator, Reason.UNREACHABLE, detail, remedy)
