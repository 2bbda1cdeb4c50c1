"""A stream as a file object, for libraries that want one."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from tasks.readers.inflate import PIECE_BYTES
from tasks.readers.origin import Origin
from tasks.readers.streams import ByteStream


class Readable(io.RawIOBase):
    """A stream that is read forward only; damage is raised as `Damaged`."""

    def __init__(self, stream: ByteStream) -> None:
        """Read from where the stream stands."""
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as there is something."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def seekable(stream: ByteStream, origin: Origin) -> Iterator[BinaryIO]:
    """Open the content so that one can move about in it: the file itself, else a copy on disk.

    Raises `Damaged` where the stream breaks while it is copied.
    """
    if stream.compression is None and origin.reopen is not None:
        with origin.reopen() as file:
            yield file
        return
    with tempfile.TemporaryFile(prefix="copydesk-") as copy:
        while piece := stream.read(PIECE_BYTES):
            copy.write(piece)
        copy.seek(0)
        yield cast(BinaryIO, copy)
