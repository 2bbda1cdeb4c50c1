"""Read dates as people and machines write them; nothing is completed, nothing is guessed.

A date needs a day, a month and a year of its own. `1/2/2024` names two days, depending on who
reads it, and is given as both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tasks.cleaning.words import one_of

EARLIEST_YEAR = 1995  # before that, no page was published on the web
_WIDEST_OFFSET = timedelta(hours=14)  # no zone on Earth lies further from UTC

# Names and abbreviations of months in the languages the desk meets most, as they stand in dates.
# "listopada" is November, as in Polish; in Croatian, which far fewer pages are in, it is October.
_MONTHS = (
    """
january jan januar jänner jaenner janvier janv enero ene gennaio gen janeiro januari styczeń
  stycznia ocak januára ledna leden январь января ianuarie január gener tammikuuta jaanuar
  siječnja ιανουαρίου січня януари јануар يناير جانفي جنوری जनवरी ינואר בינואר
february feb februar feber février fevrier févr fevr febrero febbraio fevereiro fev februari
  lutego luty şubat subat února únor февраль февраля februarie február februára febrer
  helmikuuta veebruar veljače φεβρουαρίου лютого февруари фебруар فبراير فيفري فروری फरवरी
  फ़रवरी פברואר בפברואר
march mar märz maerz mrz mars marzo março marco maart marca marzec mart březen března март
  марта martie marts március març marec maaliskuuta märts ožujka μαρτίου березня مارس مارچ मार्च
  מרץ במרץ
april apr avril avr abril abr aprile kwietnia kwiecień nisan dubna duben апрель апреля
  aprilie április apríla huhtikuuta aprill travnja απριλίου квітня април أبريل ابريل أفريل اپریل
  अप्रैल אפריל באפריל
may mai mayo maggio mag maio mei maja maj mayıs mayis května květen мая май május mája maig
  toukokuuta svibnja μαΐου μαίου травня мај مايو ماي مئی मई מאי במאי
june jun juni juin junio giugno giu junho czerwca czerwiec haziran června červen июнь июня
  iunie június júna juny junij kesäkuuta juuni lipnja ιουνίου червня юни јун يونيو جوان جون जून
  יוני ביוני
july jul juli juillet juil julio luglio lug julho lipca lipiec temmuz července červenec июль
  июля iulie július júla juliol julij heinäkuuta juuli srpnja ιουλίου липня юли јул يوليو جويلية
  يوليوز جولائی जुलाई יולי ביולי
august aug août aout agosto ago augustus augusti sierpnia sierpień ağustos agustos srpna
  srpen август августа agustus augusztus augusta agost avgust elokuuta kolovoza αυγούστου серпня
  أغسطس اغسطس أوت غشت اگست अगस्त אוגוסט באוגוסט
september sep sept septembre septiembre settembre set setembro września wrzesień eylül eylul
  září сентябрь сентября septembrie szeptember septembra setembre septembar syyskuuta rujna
  σεπτεμβρίου вересня септември септембар سبتمبر شتنبر ستمبر सितंबर सितम्बर ספטמבר בספטמבר
october oct oktober okt octobre octubre ottobre ott outubro out października
  październik ekim října říjen октябрь октября octombrie október októbra oktobar lokakuuta
  oktoober οκτωβρίου жовтня октомври октобар أكتوبر اكتوبر اکتوبر अक्टूबर अक्तूबर אוקטובר
  באוקטובר
november nov novembre noviembre novembro listopada listopad listopadu kasım kasim ноябрь
  ноября noiembrie novembra novembar marraskuuta studenoga νοεμβρίου листопада ноември новембар
  نوفمبر نونبر نومبر नवंबर नवम्बर נובמבר בנובמבר
december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia
  grudzień aralık aralik prosince prosinec декабрь декабря decembrie desember des decembra
  decembar desembre joulukuuta detsember δεκεμβρίου грудня декември децембар ديسمبر دجنبر دسمبر
  दिसंबर दिसम्बर דצמבר בדצמבר
""".strip("\n")
    .replace("\n  ", " ")
    .split("\n")
)  # a month a line; indented lines go on
_MONTH_OF = {name: n for n, names in enumerate(_MONTHS, start=1) for name in names.split()}
MONTHS = one_of(_MONTH_OF)
"""A pattern of every name of a month, case-folded."""
_MONTH = f"(?P<name>{MONTHS})(?!\\w)"

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
        + _MONTH
        + r"\.?,?\s*(?:de\s+|del\s+|-)?\s*(?P<y>(?:19|20)\d{2})(?!\d)" + _TIME,
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)" + _MONTH
        + r"\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(?P<y>(?:19|20)\d{2})(?!\d)" + _TIME,
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\d){_YEAR}\.?\s+" + _MONTH + r"\.?\s+(?P<d>\d{1,2})(?!\d)\.?" + _TIME,
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
# The digits of all scripts, for what computes with ours: ٢٠٢٦ and २०२६ are 2026.
_DIGITS = {
    code: str(unicodedata.digit(chr(code)))
    for code in range(0x80, 0x10000)
    if unicodedata.category(chr(code)) == "Nd"
}
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


def may_state_a_date(text: str) -> bool:
    """Say at little cost whether a text has a year in it, without which it states no date."""
    text = _in_our_digits(text)
    return "19" in text or "20" in text


def _in_our_digits(text: str) -> str:
    return text if text.isascii() else text.translate(_DIGITS)


def dates_in(text: str) -> Iterator[Stated]:
    """Yield the dates that a text states, in no particular order."""
    text = _in_our_digits(text)
    for shape in _SHAPES:
        for match in shape.finditer(text):
            stated = _read(match)
            if stated is not None:
                yield stated


def read_one(text: str) -> Stated | None:
    """Read the date that a short text states first, or None."""
    packed = _PACKED.fullmatch(_in_our_digits(text.strip()))
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
