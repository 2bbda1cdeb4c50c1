"""Read dates as people and machines write them; nothing is completed, nothing is guessed.

A date needs a day, a month and a year of its own. `1/2/2024` names two days, depending on who
reads it, and is given as both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

EARLIEST_YEAR = 1995  # before that, no page was published on the web
_WIDEST_OFFSET = timedelta(hours=14)  # no zone on Earth lies further from UTC

# Names and abbreviations of months in the languages the desk meets most, as they stand in dates.
_MONTHS = (
    """
january jan januar jänner jaenner janvier janv enero ene gennaio gen janeiro januari styczeń
  stycznia ocak januára ledna leden январь января ianuarie
february feb februar feber février fevrier févr fevr febrero febbraio fevereiro fev februari
  lutego luty şubat subat února únor февраль февраля februarie
march mar märz maerz mrz mars marzo março marco maart marca marzec mart března březen март
  марта martie
april apr avril avr abril abr aprile kwietnia kwiecień nisan dubna duben апрель апреля
  aprilie
may mai mayo maggio mag maio mei maja maj mayıs mayis května květen мая май
june jun juni juin junio giugno giu junho czerwca czerwiec haziran června červen июнь июня
  iunie
july jul juli juillet juil julio luglio lug julho lipca lipiec temmuz července červenec июль
  июля iulie
august aug août aout agosto ago augustus augusti sierpnia sierpień ağustos agustos srpna
  srpen август августа agustus
september sep sept septembre septiembre settembre set setembro września wrzesień eylül eylul
  září сентябрь сентября septembrie
october oct oktober okt octobre octubre ottobre ott outubro out oktober października
  październik ekim října říjen октябрь октября octombrie
november nov novembre noviembre novembro listopada listopad kasım kasim ноябрь ноября
  noiembrie
december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia
  grudzień aralık aralik prosince prosinec декабрь декабря decembrie desember des
""".strip("\n")
    .replace("\n  ", " ")
    .split("\n")
)  # a month a line; indented lines go on
_MONTH_OF = {name: n for n, names in enumerate(_MONTHS, start=1) for name in names.split()}
_MONTH = "(?P<{0}>" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")\b"

_YEAR = r"(?P<y>(?:19|20)\d{2})"
_TIME = (
    r"(?:(?:T|\s+|\s*[,|@-]\s*)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_SHAPES = (
    re.compile(
        rf"(?<![\d/.-]){_YEAR}[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?!\d)" + _TIME
    ),
    re.compile(
        r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|°)?\.?\s*(?:de\s+|of\s+|-)?\s*"
        + _MONTH.format("name")
        + r"\.?,?\s*(?:de\s+|del\s+|-)?\s*(?P<y>(?:19|20)\d{2})(?!\d)" + _TIME,
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)" + _MONTH.format("name")
        + r"\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(?P<y>(?:19|20)\d{2})(?!\d)" + _TIME,
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\d./-])(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?{_YEAR}(?!\d)" + _TIME
    ),
    re.compile(
        rf"(?<![\d./-])(?P<a>\d{{1,2}})(?P<s>[/-])(?P<b>\d{{1,2}})(?P=s){_YEAR}(?!\d)" + _TIME
    ),
    re.compile(
        rf"{_YEAR}\s?[年년]\s?(?P<m>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})\s?[日일]" + _TIME
    ),
)  # fmt: skip
_PACKED = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:T.*)?")


@dataclass(frozen=True, slots=True)
class Stated:
    """A date as written: `days` (one; two where the order is open; none if no calendar has it).

    `at` is the instant, aware UTC, where a time and a possible zone stand beside the day.
    `start` is where it stood in its text. `in_utc` says that the day is UTC's, not a place's.
    """

    days: tuple[date, ...]
    at: datetime | None
    start: int
    in_utc: bool = False


def dates_in(text: str) -> Iterator[Stated]:
    """Yield the dates that a text states, in no particular order."""
    for shape in _SHAPES:
        for match in shape.finditer(text):
            stated = _read(match)
            if stated is not None:
                yield stated


def read_one(text: str) -> Stated | None:
    """Read the date that a short text states first, or None."""
    packed = _PACKED.fullmatch(text.strip())
    if packed is not None:
        return _read(packed)
    return first_in(text[:200])


def first_in(text: str) -> Stated | None:
    """Read the date that stands first in a text, or None."""
    return min(dates_in(text), key=lambda s: s.start, default=None)


def _read(match: re.Match[str]) -> Stated | None:
    part = match.groupdict()
    year = int(part["y"])
    if year < EARLIEST_YEAR:
        return None
    if "a" in part:
        a, b = int(part["a"]), int(part["b"])
        orders = [(a, b), (b, a)] if a != b else [(a, b)]
    else:
        # A letter that only folds to one of ours (a dotless i) names no month.
        month = _MONTH_OF.get(part["name"].lower()) if "name" in part else int(part["m"])
        if month is None:
            return None
        orders = [(month, int(part["d"]))]
    days = tuple(d for m, n in orders if (d := _day(year, m, n)) is not None)
    at = _instant(days[0], part) if len(days) == 1 else None
    zone = part.get("zone")
    return Stated(days, at, match.start(), bool(at and zone and zone.upper() in _UTC_NAMES))


_UTC_NAMES = frozenset({"Z", "UTC", "GMT", "+00:00", "+0000", "+00", "-00:00"})


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _instant(on: date, part: dict[str, str]) -> datetime | None:
    hour, zone = part.get("hour"), part.get("zone")
    if not hour or not zone:
        return None
    digits = zone.replace(":", "")
    offset = "+00:00" if zone.upper() in _UTC_NAMES else f"{digits[:3]}:{digits[3:] or '00'}"
    clock = f"{int(hour):02}:{part['minute']}:{part.get('second') or '00'}"
    try:
        stated = datetime.fromisoformat(f"{on.isoformat()}T{clock}{offset}")
        if abs(stated.utcoffset() or timedelta()) > _WIDEST_OFFSET:
            return None
        return stated.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
