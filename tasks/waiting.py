"""Payloads that wait until their shard is whole: on disk, so that no shard is ever in memory.

Which of them are known already, or forgotten, is asked once for a whole shard, because opening the
warehouse costs as much as a page. Until then their bytes are of no use to anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile

MEMORY_BYTES = 4 << 20
"""What waits in memory: a few dozen pages, so that a small run needs no file for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a payload waits."""

    offset: int
    size: int


class WaitingPayloads:
    """Payloads of one shard in the making; `close` forgets them all.

    Those that are too many for memory wait in a file without a name, in a folder that is made for
    it: whatever ends the process, nothing of them is left.
    """

    def __init__(self, folder: Path) -> None:
        """Let them wait in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(  # noqa: SIM115
            max_size=MEMORY_BYTES, dir=str(folder)
        )
        self._size = 0

    def put(self, payload: bytes) -> Place:
        """Keep a payload; return what `get` finds it by."""
        place = Place(self._size, len(payload))
        self._size += len(payload)
        if self._size > MEMORY_BYTES:
            self._file.rollover()  # first, or the file would be in memory while it is written
        self._file.seek(place.offset)
        self._file.write(payload)
        return place

    def get(self, place: Place) -> bytes:
        """Return a payload that was put."""
        self._file.seek(place.offset)
        return self._file.read(place.size)

    def clear(self) -> None:
        """Forget them all, and begin anew."""
        self._file.seek(0)
        self._file.truncate()
        self._size = 0

    def close(self) -> None:
        """Forget them all."""
        self._file.close()
