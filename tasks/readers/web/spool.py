"""The spool: every answer of a crawl, on disk before the next request to the same origin leaves.

It is the queue between the crawl and the shards, and what a killed run goes on from: answers in it
are not asked for again. Append only; each frame carries its length and checksum, so that a frame
cut off by a kill is seen and dropped. Nothing is synced: a kill loses no written byte, and after a
power cut the lost frames are simply asked for again.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from tasks.model import Kind, RawItem, Reason, Refusal, Stage

_HEAD = struct.Struct(">III")  # bytes of facts, bytes of payload, CRC-32 of both


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One thing that happened: `kind` says what, `facts` are JSON."""

    kind: str
    facts: dict[str, Any]
    payload: bytes | None = None


class Spool:
    """A spool file, written by one thread and read by others."""

    def __init__(self, path: Path) -> None:
        """Open (or begin) the spool; what a kill left half written is cut off."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        whole = 0
        if path.exists():
            with path.open("rb") as file:
                for _ in _frames(file):
                    whole = file.tell()
            os.truncate(path, whole)
        self._file = path.open("ab", buffering=0)

    def append(self, kind: str, facts: dict[str, Any], payload: bytes | None = None) -> None:
        """Write one frame, whole or not at all."""
        text = json.dumps({"frame": kind, **facts}).encode()
        body = payload if payload is not None else b""
        crc = zlib.crc32(body, zlib.crc32(text))
        head = _HEAD.pack(len(text), len(body) + 1 if payload is not None else 0, crc)
        self._file.write(head + text + body)

    def read(self) -> Iterator[Frame | None]:
        """Yield the frames from the beginning; None whenever there is no further one yet."""
        with self.path.open("rb") as file:
            while True:
                yield from _frames(file)
                yield None

    def written(self) -> Iterator[Frame]:
        """Yield the frames that are there now."""
        return frames_in(self.path)

    def close(self) -> None:
        """Stop writing."""
        self._file.close()


def frames_in(path: Path) -> Iterator[Frame]:
    """Yield the frames that a spool file holds now; what a kill left half written is none."""
    with path.open("rb") as file:
        yield from _frames(file)


def _frames(file: BinaryIO) -> Iterator[Frame]:
    """Yield whole frames; stop at the end or before a frame that is not whole (yet)."""
    while True:
        at = file.tell()
        head = file.read(_HEAD.size)
        if len(head) == _HEAD.size:
            text_bytes, payload_bytes, crc = _HEAD.unpack(head)
            has_payload = payload_bytes > 0
            rest = file.read(text_bytes + max(0, payload_bytes - 1))
            if len(rest) == text_bytes + max(0, payload_bytes - 1) and zlib.crc32(rest) == crc:
                facts = json.loads(rest[:text_bytes])
                payload = rest[text_bytes:] if has_payload else None
                yield Frame(kind=facts.pop("frame"), facts=facts, payload=payload)
                continue
        file.seek(at)
        return


def item_facts(item: RawItem) -> dict[str, Any]:
    """Flatten an item, but for its payload."""
    facts = asdict(item)
    del facts["payload"]
    facts["fetched_at"] = item.fetched_at.isoformat()
    return facts


def item_of(facts: dict[str, Any], payload: bytes | None) -> RawItem:
    """Read an item back."""
    refused = facts.pop("refusal")
    refusal = None
    if refused:
        refusal = Refusal(
            stage=Stage(refused["stage"]),
            reason=Reason(refused["reason"]),
            detail=refused["detail"],
        )
    facts["kind"] = Kind(facts["kind"])
    facts["fetched_at"] = datetime.fromisoformat(facts["fetched_at"])
    return RawItem(payload=payload, refusal=refusal, **facts)
