"""Lines that are nothing but a date: the crawl's date bar, a publication stamp, a dump's head.

A line is a date line when every word in it is a piece of a date (month, weekday, number, hour,
"published", "updated") in one of the languages below, so no pattern per language is needed. The
words are those of the calendar, not of any site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tasks.cleaning.phrases.pattern import word_set
from tasks.model import Dated

_MONTHS = word_set(
    """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    januar jänner februar feber märz mai juni juli oktober dezember mär okt dez
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    janv févr avr juil déc
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre ene abr ago dic
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    gen mag giu lug set ott
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro fev mai out
    januari februari maart mei augustus mrt
    januar februar marts maj juli august
    augusti
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta
    lokakuuta marraskuuta joulukuuta
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada
    grudnia
    ledna února března dubna května června července srpna září října listopadu prosince
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
    जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    """
)
_WEEKDAYS = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday
    mon tue tues wed thu thur thurs fri sat sun
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim
    lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom
    lunedì martedì mercoledì giovedì venerdì sabato domenica gio sab
    segunda terça quarta quinta sexta seg ter qua qui sex
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
    mandag tirsdag onsdag torsdag fredag lørdag søndag
    måndag tisdag lördag söndag
    maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai
    poniedziałek wtorek środa czwartek piątek sobota niedziela
    pondělí úterý středa čtvrtek pátek neděle
    pazartesi salı çarşamba perşembe cuma cumartesi pazar
    понедельник вторник среда четверг пятница суббота воскресенье
    понеділок вівторок середа четвер пʼятниця субота неділя
    सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार
    الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
    """
)
_STAMPS = word_set(
    """
    published publish updated update posted modified submitted created issued
    veröffentlicht aktualisiert erstellt stand publiziert
    publié publiée modifié actualisé
    publicado publicada actualizado actualizada atualizado atualizada modificado publicação
    atualização actualización publicación
    pubblicato pubblicata aggiornato aggiornata pubblicazione aggiornamento
    gepubliceerd bijgewerkt geplaatst gewijzigd
    publisert oppdatert publicerad uppdaterad publiceret opdateret julkaistu päivitetty
    opublikowano aktualizacja zaktualizowano publikováno aktualizováno
    güncelleme güncellendi yayınlanma yayın
    опубликовано обновлено опубліковано оновлено
    """
)
_SMALL = word_set(
    """
    date time last first originally on at the of and since a m p
    am pm st nd rd th hrs hours est edt et pst pdt pt cst cdt ct gmt utc bst ist cet cest sast aest
    z t
    datum zuletzt am um der den vom uhr und letzte letztes änderung zeit
    le la à au mis mise jour de du h min er dernière heure
    fecha el las a los del última hora hs y
    data il alle ore dell ultimo ultima
    em às atualizado dia e última feira
    op om het uur laatst laatste van
    kl den d den senast sist sidst
    dnia godz r w dne hod
    tarihi saat son
    в г на о року
    """
)
_PIECE = re.compile(
    r"\d+|[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f]+[^\W\d_]*)*|[^\s\w]"
)
_MARKS = frozenset(".,;:/-–—|•·()[]+'’\"`ʼ@")
_NUMERIC_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}([./-])\s?\d{1,2}\1\s?(?:19|20)?\d{2}|(?:19|20)\d{2}([./-])\d{1,2}\2\d{1,2})(?!\d)"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_EAST_ASIAN = re.compile(
    r"(?:[（(]?\s*(?:\d{4}\s*[年년]|\d{1,2}\s*[月월]|\d{1,2}\s*[日일]|\d{1,2}\s*[時时시点]|"
    r"\d{1,2}\s*[分분]|\d{1,2}:\d{2}(?::\d{2})?|[月火水木金土日一二三四五六]?曜日?|"
    r"星期[一二三四五六日天]|周[一二三四五六日]|[월화수목금토일]요일|オ?前|午前|午後|上午|下午|오전|오후|"
    r"更新|公開|公开|配信|掲載|发布|發布|입력|수정|:|：)\s*[)）]?\s*)+"
)
_AGO = re.compile(
    r"(?:(?:published|posted|updated) )?(?:about )?(?:\d{1,3}|an?|one) "
    r"(?:second|sec|minute|min|hour|hr|day|week|month|year)s? ago"
    r"|vor (?:\d{1,3}|einer|einem) (?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?)"
    r"|il y a (?:\d{1,3}|une?) (?:secondes?|minutes?|heures?|jours?|semaines?|mois)"
    r"|hace (?:\d{1,3}|una?) (?:segundos?|minutos?|horas?|días?|semanas?|mes(?:es)?)"
    r"|há (?:\d{1,3}|uma?) (?:segundos?|minutos?|horas?|dias?|semanas?|mês|meses)"
    r"|(?:\d{1,3}|una?|un') ?(?:secondi|minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]) fa"
    r"|(?:\d{1,3}|een) (?:seconden|minuten|minuut|uur|dag(?:en)?|weken|week|maand(?:en)?) geleden"
)
MAX_DATE_LINE = 120
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """What a line that is nothing but a date holds beside day, month and year."""

    has_weekday: bool
    has_stamp: bool


def read_date_line(text: str) -> DateLine | None:
    """Read a line that is a date and nothing else; None for any other line.

    A day and a month alone are no date line: they need a year, a weekday or a word such as
    "updated" beside them, else "4 July" over a chapter would be one.
    """
    if len(text) > MAX_DATE_LINE or not _DIGIT.search(text):
        return None
    folded = text.casefold()
    if _AGO.fullmatch(folded.strip(" .•|·-–—()")):
        return DateLine(has_weekday=False, has_stamp=True)
    if _EAST_ASIAN.fullmatch(folded):
        full = re.search(r"\d{4}\s*[年년].*[日일]", folded) is not None
        return (
            DateLine(has_weekday="曜" in folded or "星期" in folded, has_stamp=False)
            if full
            else None
        )
    return _read_pieces(folded)


def _read_pieces(folded: str) -> DateLine | None:
    """Judge a line by its pieces: each must belong to a date, and together they must make one."""
    months = weekdays = stamps = days = years = 0
    for piece in _PIECE.findall(folded):
        if piece.isdecimal():
            number = int(piece)
            days += 1 <= number <= 31 and len(piece) <= 2
            years += len(piece) == 4 and piece[:2] in ("19", "20")
        elif piece in _MONTHS:
            months += 1
        elif piece in _WEEKDAYS:
            weekdays += 1
        elif piece in _STAMPS:
            stamps += 1
        elif piece not in _SMALL and piece not in _MARKS:
            return None
    if stamps == 0 and (years > 1 or weekdays > 1):
        return None  # a span of days is the article's, as the dates of an exhibition
    named = months > 0 and days > 0 and (years > 0 or weekdays > 0 or stamps > 0)
    numeric = _NUMERIC_DATE.search(folded) is not None
    stamped_clock = stamps > 0 and _CLOCK.search(folded) is not None
    if not (named or numeric or stamped_clock):
        return None
    return DateLine(has_weekday=weekdays > 0, has_stamp=stamps > 0)


_DUMP_HEAD = re.compile(
    r"(?P<marker>(?:date|[Dd]ate ?:|DATE ?:) ?"
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?P<time>[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?)"
    r"(?=\s|$)\s*"
)
FUTURE_TOLERANCE = timedelta(hours=48)
"""A page may be dated ahead by its time zone and by a scheduled morning edition, hardly by more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpHead:
    """The field that text dumps put before an article: `date 2024-11-19`, then the text itself."""

    marker: str
    stated: str
    rest: str


def read_dump_head(line: str) -> DumpHead | None:
    """Read the date field at the start of a dump's first line, None where there is none.

    The field's name stands in lower case, as no sentence opens, or has a colon after it.
    """
    found = _DUMP_HEAD.match(line.strip())
    if found is None:
        return None
    return DumpHead(
        marker=found["marker"],
        stated=found["date"] + (found["time"] or ""),
        rest=line.strip()[found.end() :],
    )


def dated_by_dump(head: DumpHead, *, fetched_at: datetime) -> Dated:
    """Turn a dump's date field into a date: a day, or an instant where a time zone is given.

    An impossible date is flagged `invalid`; one that begins over 48 hours after the fetch,
    `future`. Both have no value: a wrong day is worse than none.
    """
    try:
        on = date.fromisoformat(head.stated[:10])
        stamp = head.stated[10:].strip(" T").replace(" ", "").replace("UTC", "Z")
        at = datetime.fromisoformat(f"{on.isoformat()}T{stamp}") if stamp else None
    except ValueError:
        return Dated(on=None, at=None, source="dump", flag="invalid")
    if at is not None and at.tzinfo is None:
        at = None
    begins = at or datetime(on.year, on.month, on.day, tzinfo=UTC)
    if begins - fetched_at > FUTURE_TOLERANCE:
        return Dated(on=None, at=None, source="dump", flag="future")
    return Dated(on=on, at=at.astimezone(UTC) if at else None, source="dump")
