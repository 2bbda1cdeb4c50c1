"""UTF-8 that was read as Latin-1 or Windows-1252 on its way into a page: told, and read again.

Publishing systems do this to whole archives ("itâ€™s"), and the page's own bytes are then wrong
however well they are decoded. What was garbled by a rule can be read back by the same rule, but
only where nothing else explains it: `é…”` ends a French quotation, and is a Chinese character as
well.
"""

from __future__ import annotations

import re

_CONTINUATION = "".join(chr(byte) for byte in range(0x80, 0xC0)) + "".join(
    bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in b"\x81\x8d\x8f\x90\x9d"
)
"""What the second and later bytes of a character become in either code page."""
_BYTE = {character: byte for byte, character in enumerate(map(chr, range(256)))} | {
    bytes([byte]).decode("cp1252"): byte
    for byte in range(0x80, 0xA0)
    if byte not in b"\x81\x8d\x8f\x90\x9d"
}
_GARBLED = re.compile(
    f"[\u00c2-\u00df][{_CONTINUATION}]"
    f"|[\u00e0-\u00ef][{_CONTINUATION}]{{2}}"
    f"|[\u00f0-\u00f4][{_CONTINUATION}]{{3}}"
)
_CERTAIN = re.compile(
    "\u00e2\u20ac"  # quotation marks and dashes begin so
    "|\u00f0\u0178"  # pictographs begin so
    "|[\u00c2-\u00f4][\u00a0-\u00bf]{0,2}[\u0080-\u009f]"  # control characters are in no text
)


def reread(line: str) -> str:
    """Read a garbled line again; a line without certain evidence comes back as it is.

    Where one place is certain, all places of the line that can be read as UTF-8 are. What cannot
    stays. Reading twice changes nothing.
    """
    while _CERTAIN.search(line):
        again = _GARBLED.sub(_as_utf8, line)
        if again == line:
            return line
        line = again
    return line


def garbled_count(text: str) -> int:
    """Count the places of a text that can be read as garbled UTF-8, certain or not."""
    return sum(_as_utf8(found) != found.group() for found in _GARBLED.finditer(text))


def _as_utf8(found: re.Match[str]) -> str:
    try:
        return bytes(_BYTE[character] for character in found.group()).decode("utf-8")
    except UnicodeDecodeError:
        return found.group()
