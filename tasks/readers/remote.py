"""Sources in object stores and other file systems that fsspec knows: `s3://bucket/key`.

Never http: what comes from the web is asked for by `readers/web`, with robots, pace and guard.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import fsspec

from tasks.errors import SourceUnavailable
from tasks.model import Reason

_WEB = frozenset({"http", "https"})
_EXTRAS = {"s3": "s3", "s3a": "s3"}
"""Schemes that an extra of ours brings the driver for."""


def files_at(locator: str) -> list[str]:
    """Return the files that an address means: itself, what a glob matches, what a folder holds.

    Raises SourceUnavailable where there is none, or no way to reach it.
    """
    schemes = [step.partition("://")[0] for step in locator.split("::")]
    scheme = next((s for s in schemes if s in _WEB), schemes[0])
    if scheme in _WEB or scheme not in fsspec.available_protocols():
        raise _unavailable(locator, f"no reader for {scheme}:// addresses", "name a file or URL")
    try:
        with _as_os_error():
            system, path = fsspec.core.url_to_fs(locator)
            if any(c in path for c in "*?["):
                found = sorted(system.glob(path))
            elif system.isdir(path):
                found = sorted(system.find(path))
            else:
                found = [path] if system.exists(path) else []
    except ImportError as error:
        extra = _EXTRAS.get(scheme)
        needed = (
            f"`pip install 'copydesk[{extra}]'`" if extra else f"install what {scheme}:// needs"
        )
        raise _unavailable(locator, str(error), needed) from None
    except OSError as error:
        remedy = "check the address, and the credentials of its store"
        raise _unavailable(locator, str(error), remedy) from None
    names = [str(system.unstrip_protocol(path)) for path in found if not _is_hidden(path)]
    if not names:
        raise _unavailable(locator, "nothing is there", "check the address")
    return names


def open_remote(locator: str) -> BinaryIO:
    """Open a file for reading; it can be moved about in, and is read in blocks.

    Raises OSError, now and when it is read.
    """
    with _as_os_error():
        return cast(BinaryIO, io.BufferedReader(_Remote(fsspec.open(locator, "rb").open())))


class _Remote(io.RawIOBase):
    """A file of a driver, whose errors are those of the system's files."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        with _as_os_error():
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _as_os_error():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Raise whatever a driver raises as an OSError of one line; a missing driver stays one."""
    try:
        yield
    except ImportError:
        raise
    except Exception as error:  # each driver has errors of its own, without a root
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise OSError(said) from error


def _is_hidden(path: str) -> bool:
    return path.rsplit("/", 1)[-1].startswith((".", "_"))


def _unavailable(locator: str, detail: str, remedy: str) -> SourceUnavailable:
    return SourceUnavailable(locator, Reason.UNREACHABLE, detail, remedy)
