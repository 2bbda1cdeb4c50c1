"""Which SOURCEs are addresses, of what, and which streams are lists of them."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from tasks.readers.kinds import DATA, URLS
from tasks.readers.sniff import PREFIX_BYTES
from tasks.readers.streams import ByteStream
from tasks.readers.web.rules import WEB_KINDS

_DATA_NAME = re.compile(
    r"\.(?:warc|wacz|zip|tar|tgz|tbz2|txz|parquet|arrow|arrows|feather|csv|tsv|jsonl|ndjson)"
    r"(?:\.(?:gz|zst|bz2|xz))?$",
    re.I,
)
"""How files are named that are too large to be taken for a page."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_WEB_SCHEME = re.compile(r"https?://", re.I)
_WEB_ADDRESS = re.compile(r"https?://\S+", re.I)


def is_address(locator: str) -> bool:
    """Say whether a source is an address of the web, and no file that is named like one."""
    return _WEB_SCHEME.match(locator) is not None and not os.path.lexists(locator)


def is_data_set(locator: str, kind: str | None) -> bool:
    """Say whether an address is that of an archive or data set, to be had as a whole."""
    if not is_address(locator) or kind in WEB_KINDS or kind == URLS:
        return False
    path = urlsplit(locator).path
    return kind in DATA or (kind is None and _DATA_NAME.search(path) is not None)


def is_remote(locator: str) -> bool:
    """Say whether a source has a scheme, as of an object store, and no file is named so."""
    return _ADDRESS.match(locator) is not None and not os.path.lexists(locator)


def addresses_in(stream: ByteStream, kind: str | None) -> list[str]:
    """Return the addresses that a stream consists of, one a line; nothing for anything else.

    The first lines decide: all of them are addresses, but for blank ones and comments (`#`).
    Later lines that are none are returned too, to be refused one by one. With the kind `urls` any
    text is a list; with another kind none is, but for the kinds of the web.
    """
    if kind is not None and kind != URLS and kind not in WEB_KINDS:
        return []
    prefix = stream.peek(PREFIX_BYTES)
    lines = prefix.decode("utf-8-sig", "replace").split("\n")
    if len(prefix) == PREFIX_BYTES:
        lines.pop()  # cut off, perhaps in the middle of an address
    written = [line for line in map(str.strip, lines) if line and not line.startswith("#")]
    is_list = bool(written) and all(_WEB_ADDRESS.fullmatch(line) for line in written)
    if not is_list and kind != URLS:
        return []
    found = bytearray()
    while piece := stream.take(PREFIX_BYTES):
        found += piece
    lines = found.decode("utf-8-sig", "replace").split("\n")
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]
