"""How values are shown: numbers, shares, times and text that strangers wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from markupsafe import Markup

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NOTHING = "–"


def count(value: float | None) -> str:
    """Show a count with thousands apart."""
    return NOTHING if value is None else f"{value:,.0f}"


def counted(value: float, thing: str) -> str:
    """Show how many things there are: 1 batch, 2 batches."""
    ending = "" if value == 1 else "es" if thing.endswith(("ch", "s")) else "s"
    return f"{count(value)} {thing}{ending}"


def share(value: float | None) -> str:
    """Show a share (0 to 1) in per cent; a share that is neither nothing nor all never reads so."""
    if value is None:
        return NOTHING
    percent = 100 * value
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.1f} %"


def count_cells(*values: float | None, minor: bool = False) -> Markup:
    """Show counts as cells of a table; at once, because long tables are most of a page's cost."""
    told = cells([count(value) for value in values], minor=minor)
    return Markup(told)  # noqa: S704 - numbers of ours


def cells(numbers: Iterable[str], *, minor: bool = False) -> str:
    """Return cells of a table, as HTML; `numbers` are escaped already."""
    css = "number minor" if minor else "number"
    return "".join([f'<td class="{css}">{number}</td>' for number in numbers])


def moment(value: datetime | None) -> Markup:
    """Show an instant to the minute, in UTC."""
    if value is None:
        return Markup(NOTHING)  # noqa: S704 - a dash of ours
    at = value.astimezone(UTC)
    stamp = at.isoformat()
    words = f'<time datetime="{stamp[:19]}Z">{stamp[:10]} {stamp[11:16]}</time>'
    return Markup(words)  # noqa: S704 - digits of ours


def day(value: date | None) -> str:
    """Show a day."""
    return NOTHING if value is None else value.isoformat()[:10]


def seconds(value: float | None) -> str:
    """Show a duration with as many digits as it is worth."""
    if value is None:
        return NOTHING
    if value < 10:
        return f"{value:.2f} s"
    if value < 120:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def size(value: float | None) -> str:
    """Show bytes in the unit that fits."""
    if value is None:
        return NOTHING
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def cut(text: object, chars: int) -> str:
    """Return a text of strangers on one line, of so many characters at most."""
    line = " ".join(plain(text).split())
    return line if len(line) <= chars else line[: chars - 1] + "…"


def plain(text: object) -> str:
    """Return a text without characters that no page may hold (escaping is the template's)."""
    words = str(text)
    if words.isprintable():  # as nearly every line; no character that is, is one of the others
        return words
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", words)


def web_address(url: str | None) -> str | None:
    """Return a URL that may become a link: http or https with a host, else None."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def tail(locator: str) -> str:
    """Return the end of a locator, by which a person knows a document again."""
    trimmed = locator.rstrip("/")
    if "://" in locator and locator.count("/") <= 3:
        return trimmed
    end = trimmed.rsplit("/", 1)[-1]
    return end or locator


def headline(title: str | None, locator: str) -> Markup:
    """Show a document's name: its title, else its locator's end; its direction isolated."""
    if title:
        return Markup("<bdi>{}</bdi>").format(cut(title, 160))
    return Markup('<bdi class="untitled">{}</bdi>').format(cut(tail(locator), 120))


_ESCAPES = (("&", 4), ("<", 3), (">", 3), ('"', 4), ("'", 4))
"""Characters that become longer, and by how many bytes (`&lt;` is 3 more than `<`)."""


def escaped_bytes(text: str) -> int:
    """Return how many bytes a text fills in a page."""
    longer = sum(text.count(character) * more for character, more in _ESCAPES)
    return len(text.encode("utf-8", "replace")) + longer
