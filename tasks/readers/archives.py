"""ZIP, WACZ and tar: each member is a document, or a container of its own.

Nothing is ever unpacked to a path: members are streams, so a name can do no harm. One that leads
out of its archive is refused all the same: it is made to, or by a tool that is not to be trusted.
"""

from __future__ import annotations

import lzma
import posixpath
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import BinaryIO, cast

from tasks.model import RawItem, Reason
from tasks.readers.inflate import Damaged
from tasks.readers.origin import Origin
from tasks.readers.seekable import Readable, seekable
from tasks.readers.streams import ByteStream, without_compression_suffix

DEEPEST = 3
"""Archives inside archives are read so far down: real ones have two layers, bombs have many."""
ReadMember = Callable[[ByteStream, Origin], Iterator[RawItem]]
_WARC = re.compile(r"archive/[^/]+\.warc(?:\.gz)?", re.I)
_BREAKS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError,
    RuntimeError, ValueError, OverflowError,
)  # fmt: skip
"""What Python's zipfile raises on members that are broken, encrypted or packed in unknown ways;
broken bzip2 and a member that is said to begin nowhere are an OSError."""


def read_zip(stream: ByteStream, origin: Origin, read_member: ReadMember) -> Iterator[RawItem]:
    """Yield the documents of each member, in the order of the directory; `#<member>` names them.

    Of a WACZ (a web archive: WARC files, indexes and a description) only the WARC files are read.
    """
    if origin.depth >= DEEPEST:
        yield origin.refused(Reason.TOO_COMPLEX, f"archives nested more than {DEEPEST} deep")
        return
    try:
        with seekable(stream, origin) as file, zipfile.ZipFile(file) as archive:
            names = {member.filename for member in archive.infolist()}
            is_wacz = "datapackage.json" in names and any(map(_WARC.fullmatch, names))
            for member in archive.infolist():
                if is_wacz and not _WARC.fullmatch(member.filename):
                    continue
                if not member.filename.endswith("/") and not is_hidden(member.filename):
                    opened = partial(archive.open, member)
                    yield from _member(member.filename, opened, origin, read_member)
    except Damaged as damaged:
        yield origin.refused(damaged.reason, damaged.detail)
    except _BREAKS as error:
        yield origin.refused(Reason.BAD_FILE, f"no readable ZIP archive: {_said(error)}")


def read_tar(stream: ByteStream, origin: Origin, read_member: ReadMember) -> Iterator[RawItem]:
    """Yield the documents of each regular file of a tar, in one pass.

    Where it is cut off, what came before stays and `#end` is one more document.
    """
    if origin.depth >= DEEPEST:
        yield origin.refused(Reason.TOO_COMPLEX, f"archives nested more than {DEEPEST} deep")
        return
    try:
        with tarfile.open(fileobj=Readable(stream), mode="r|") as archive:
            for member in archive:
                if member.isreg() and not is_hidden(member.name):
                    opened = partial(_opened, archive, member)
                    yield from _member(member.name, opened, origin, read_member)
    except Damaged as damaged:
        yield origin.refused(damaged.reason, damaged.detail, locator=origin.inside("end"))
    except (tarfile.TarError, ValueError, OSError, EOFError) as error:
        detail = f"the tar archive breaks off: {_said(error)}"
        yield origin.refused(Reason.TRUNCATED_INPUT, detail, locator=origin.inside("end"))


def is_hidden(name: str) -> bool:
    """Say whether a member is hidden, as in folders: editors, systems and packers leave them."""
    return any(
        (part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX"
        for part in name.split("/")
    )


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    file = archive.extractfile(member)
    assert file is not None
    return cast(BinaryIO, file)


def _member(
    name: str, opened: Callable[[], object], origin: Origin, read_member: ReadMember
) -> Iterator[RawItem]:
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    inner = replace(
        origin,
        locator=origin.inside(shown.removeprefix("./")),
        name=without_compression_suffix(posixpath.basename(shown)),
        reopen=None,
        depth=origin.depth + 1,
    )
    if inner.locator in origin.skip:
        return
    if _leads_out(name):
        yield inner.refused(Reason.BAD_RECORD, "a member whose name leads out of its archive")
        return
    try:
        with closing(cast(BinaryIO, opened())) as raw:
            yield from read_member(ByteStream(cast(BinaryIO, _Forward(raw))), inner)
    except _BREAKS as error:
        yield inner.refused(Reason.BAD_FILE, f"an unreadable member: {_said(error)}")


class _Forward:
    """A member that is read once, forward: going back in a packed one reads it all again."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw

    def read(self, n: int) -> bytes:
        return self._raw.read(n)

    def seekable(self) -> bool:
        return False


def _leads_out(name: str) -> bool:
    normal = name.replace("\\", "/")
    return normal.startswith("/") or ".." in normal.split("/") or normal[1:3] == ":/"


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
