"""What a SOURCE on this machine means: the files behind a path, a folder or a glob.

Why not `os.walk` and `glob.glob`: the first loses folders that cannot be listed, the second goes
round links that lead back up, without end where there are two of them. Here a folder that cannot
be listed is found and said, and each real folder is entered once.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tasks.errors import SourceUnavailable
from tasks.model import Kind, Reason

_MAGIC = re.compile(r"[*?\[]")
_SETTLED_SECONDS = 2.0
"""The coarsest clock of a file system (FAT counts two seconds): what was changed a moment ago may
be changed again without another time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file, or a folder with the `problem` that kept it from being looked into."""

    path: str
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What a file held when it was read last; it lies there as it did then."""

    kind: Kind
    media_type: str | None
    payload_sha256: str
    payload_bytes: int


def file_state(path: str, *, kind: str | None, now: datetime) -> str | None:
    """Say in one word how a file lies there: its inode, size and times, and what it is read as.

    An equal word later means equal bytes, as for the index of git: whatever writes to a file, or
    puts another in its place, changes the inode or the time of change, which nobody can set.
    None where that cannot be told: no such file, or changed so lately that its clock may stand.
    """
    try:
        at = os.stat(path)  # noqa: PTH116 - bytes that are no text pass as they are
    except (OSError, ValueError):
        return None
    if now.timestamp() - max(at.st_ctime, at.st_mtime) < _SETTLED_SECONDS:
        return None
    return f"{kind or 'any'}-{at.st_ino:x}-{at.st_size:x}-{at.st_mtime_ns:x}-{at.st_ctime_ns:x}"


def locator_of(path: str) -> str:
    """Name a file for good: absolute, normalised, its last link kept, any bytes made readable."""
    return os.fsencode(os.path.abspath(path)).decode("utf-8", "backslashreplace")  # noqa: PTH100


def files_of(source: str) -> Iterator[FoundFile]:
    """Yield the files of a path, folder or glob, sorted; in folders all but hidden ones.

    A path that exists is that path, also with `*` or `[` in its name. Raises `SourceUnavailable`
    where there is nothing to read at all.
    """
    try:
        mode = os.stat(source).st_mode  # noqa: PTH116 - bytes that are no text pass as they are
    except (OSError, ValueError) as error:
        if not _MAGIC.search(source) or os.path.lexists(source):
            raise unavailable(source, error) from None
        found = _of_glob(source)
        nothing = "matches no file"
    else:
        if not stat.S_ISDIR(mode):
            yield FoundFile(path=source)
            return
        found = _walk(source, set())
        nothing = "no file in this folder"
    is_empty = True
    for file in found:
        if file.problem and file.path == source:
            raise _unreadable(source, file.problem, "check its permissions")
        is_empty = False
        yield file
    if is_empty:
        raise _unreadable(source, nothing, "check the path; hidden files do not count")


def unavailable(source: str, error: OSError | ValueError) -> SourceUnavailable:
    """Turn what the system says about a SOURCE into one clear line."""
    if isinstance(error, FileNotFoundError):
        if os.path.islink(source):  # noqa: PTH114
            return _unreadable(source, "a link that leads nowhere", "check where it points")
        return _unreadable(source, "no such file or folder", "check the path")
    if isinstance(error, PermissionError):
        return _unreadable(source, "not permitted to read it", "check its permissions")
    return _unreadable(source, problem_of(error), "check the path")


def problem_of(error: OSError | ValueError) -> str:
    """Say in a few words what the system found wrong."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error)


def _unreadable(source: str, detail: str, remedy: str) -> SourceUnavailable:
    try:
        where = locator_of(source)
    except ValueError:  # a NUL in the path
        where = source
    return SourceUnavailable(where, Reason.UNREADABLE, detail, remedy)


def _walk(folder: str, entered: set[tuple[int, int]]) -> Iterator[FoundFile]:
    """Yield everything below a folder but hidden names, each real folder once."""
    waiting: list[Iterator[FoundFile | str]] = [_listing(folder, entered)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif isinstance(entry, str):
            waiting.append(_listing(entry, entered))
        else:
            yield entry


def _listing(folder: str, entered: set[tuple[int, int]]) -> Iterator[FoundFile | str]:
    """Yield the entries of one folder by name: files, and the paths of folders."""
    try:
        real = os.stat(folder)  # noqa: PTH116
        if (real.st_dev, real.st_ino) in entered:
            return
        entered.add((real.st_dev, real.st_ino))
        with os.scandir(folder) as listed:
            entries = sorted((entry.name, _is_folder(entry)) for entry in listed)
    except OSError as error:
        yield FoundFile(path=folder, problem=f"a folder that cannot be listed: {problem_of(error)}")
        return
    for name, is_folder in entries:
        if not name.startswith("."):
            path = os.path.join(folder, name)  # noqa: PTH118
            yield path if is_folder else FoundFile(path=path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _of_glob(pattern: str) -> Iterator[FoundFile]:
    """Yield what a pattern matches; a folder that matches stands for the files in it."""
    parts = Path(pattern).parts
    fixed = next(at for at, part in enumerate(parts) if _MAGIC.search(part))
    base, rest = Path(*parts[:fixed]), parts[fixed:]
    takes_hidden = any(part.startswith(".") for part in rest)
    try:
        matches = sorted(base.glob("/".join(rest)))
    except (OSError, ValueError) as error:
        raise _unreadable(pattern, problem_of(error), "check the pattern") from None
    entered: set[tuple[int, int]] = set()
    seen: set[str] = set()
    for match in matches:
        if not takes_hidden and any(p.startswith(".") for p in match.relative_to(base).parts):
            continue
        path = str(match)
        found = _walk(path, entered) if match.is_dir() else iter([FoundFile(path=path)])
        for file in found:
            if file.path not in seen:
                seen.add(file.path)
                yield file
