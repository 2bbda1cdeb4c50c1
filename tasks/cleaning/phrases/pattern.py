"""How a list of phrases becomes a pattern.

A list is written one alternative a line (or several, parted by bars), in lower case, as labels are
folded; `#` opens a comment line. Within a line it is a regular expression, whose groups only group.
`<name>` stands for the part of that name.
"""

from __future__ import annotations

import re

_GROUP = re.compile(r"(?<!\\)\((?!\?)")


def alternatives(block: str, **parts: str) -> str:
    """Give the source of a pattern that stands for any of the phrases."""
    lines = (line.strip() for line in block.splitlines())
    source = "|".join(line for line in lines if line and not line.startswith("#"))
    for name, part in parts.items():
        source = source.replace(f"<{name}>", part)
    return f"(?:{_GROUP.sub('(?:', source)})"


def whole(block: str, **parts: str) -> re.Pattern[str]:
    """Compile phrases that make up a whole label: to be asked with `fullmatch`."""
    return re.compile(alternatives(block, **parts))


def opening(block: str, **parts: str) -> re.Pattern[str]:
    """Compile phrases that open a label, whole words: to be asked with `match`."""
    return re.compile(alternatives(block, **parts) + r"(?!\w)")


def within(block: str, **parts: str) -> re.Pattern[str]:
    """Compile phrases that stand anywhere, whole words: to be asked with `search`."""
    return re.compile(rf"(?<!\w){alternatives(block, **parts)}(?!\w)")


def word_set(block: str) -> frozenset[str]:
    """Collect the words of a block."""
    return frozenset(block.split())
