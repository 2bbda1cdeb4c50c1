"""Make text dumps of invented articles, with what must be left of each after cleaning.

Forty of them: ten shapes in four languages. Names, places, figures, dates and line ends are drawn
with a printed seed, so that no rule can lean on the words of one sample. All of it is fiction.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

SEED = 20241119
DUMPS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """A dump as it arrives, and the article it holds.

    `lines` are the article's own lines, in order; `rules` the rules that must have taken the rest.
    """

    name: str
    raw: str
    lines: tuple[str, ...]
    rules: tuple[str, ...]
    title: str | None
    site_name: str | None
    published_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words that a dump's page had in one language."""

    code: str
    people: tuple[str, ...]
    places: tuple[str, ...]
    sites: tuple[str, ...]
    headlines: tuple[str, ...]
    sentences: tuple[str, ...]
    root: str
    path: str
    icon: str
    exit: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date_bar: str


ENGLISH = Language(
    code="en",
    people=("Orla Fennimore", "Tobias Crake", "Ines Waldock", "Percy Ashdown"),
    places=("Harrowmere", "Little Tansley", "Port Edrith", "Coldwater Bay"),
    sites=("Harrowmere Courier", "Tansley Post", "The Edrith Observer", "Bay Dispatch"),
    headlines=(
        "{person} To Lead Harbour Board In {place}, Council Confirms",
        "{place} Closes {n} Bridges After Storm",
        "Why {place} Is Counting Its Swifts Again",
        "Ferry To {place} Returns, Fares Rise By {n} Percent",
    ),
    sentences=(
        "{person} will visit {place} in the coming weeks, the harbour office confirmed on Monday.",
        "The council of {place} set aside {n} million crowns for the repair of the old sea wall.",
        "“We hope to begin before the first frost,” {person} told the local radio station.",
        "Residents of {place} have waited {n} years for the road that now lies before their doors.",
        "According to the harbour master, {n} boats left the basin before the storm reached it.",
        "Home is where the vote was won, {person} said after the count in {place}.",
        "The bridge had been closed since {n} cracks were found in its northern pillar.",
        "A second reading is due next month, and the outcome is open, officials in {place} said.",
    ),
    root="Home",
    path="Home > News > {place}",
    icon="Site icon {site}",
    exit="Exit mobile version",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
    date_bar="{weekday}, {month} {day}, {year}",
)
GERMAN = Language(
    code="de",
    people=("Hedda Brunnthal", "Lorenz Kaspar", "Mirja Oldekamp", "Veit Sonnleitner"),
    places=("Grünhafen", "Niedertal", "Bad Ellernau", "Steinmünde"),
    sites=("Grünhafener Bote", "Niedertaler Zeitung", "Ellernau Aktuell", "Mündener Anzeiger"),
    headlines=(
        "{person} übernimmt den Hafen von {place}",
        "{place} sperrt nach dem Sturm {n} Brücken",
        "Warum {place} wieder Mauersegler zählt",
        "Fähre nach {place} fährt wieder, Preise steigen um {n} Prozent",
    ),
    sentences=(
        "{person} reist in den kommenden Wochen nach {place}, teilte das Hafenamt am Montag mit.",
        "Der Rat von {place} stellt {n} Millionen Kronen für die alte Ufermauer bereit.",
        "„Wir wollen vor dem ersten Frost anfangen“, sagte {person} dem örtlichen Radio.",
        "Die Anwohner in {place} warten seit {n} Jahren auf die Straße vor ihren Türen.",
        "Nach Angaben des Hafenmeisters liefen {n} Boote aus, ehe der Sturm das Becken erreichte.",
        "Die Brücke war gesperrt worden, als {n} Risse im nördlichen Pfeiler gefunden wurden.",
        "Eine zweite Lesung folgt im nächsten Monat, der Ausgang in {place} ist offen.",
        "Wer den Newsletter der Stadt abonniert, erfährt es zuerst, heißt es im Rathaus.",
    ),
    root="Startseite",
    path="Startseite » Politik » {place}",
    icon="Website-Icon {site}",
    exit="Mobile Version verlassen",
    weekdays=(*("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),),
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August"),
        *("September", "Oktober", "November", "Dezember"),
    ),
    date_bar="{weekday}, {day}. {month} {year}",
)
FRENCH = Language(
    code="fr",
    people=("Solène Marchebois", "Aubin Terrasson", "Maëlle Roqueville", "Cyprien Dault"),
    places=("Valbrune", "Port-Cendré", "Sainte-Orgue", "Moulinfroid"),
    sites=("Le Courrier de Valbrune", "Cendré Infos", "La Voix d'Orgue", "Moulinfroid Matin"),
    headlines=(
        "{person} prend la tête du port de {place}",
        "{place} ferme {n} ponts après la tempête",
        "Pourquoi {place} compte de nouveau ses martinets",
        "Le bac de {place} revient, les tarifs montent de {n} pour cent",
    ),
    sentences=(
        "{person} se rendra à {place} dans les semaines à venir, a confirmé lundi le port.",
        "Le conseil de {place} a réservé {n} millions de couronnes à la vieille digue.",
        "« Nous espérons commencer avant les premières gelées », a expliqué {person} à la radio.",
        "Les habitants de {place} attendent depuis {n} ans la route qui passe devant chez eux.",
        "Selon le maître de port, {n} bateaux ont quitté le bassin avant l'arrivée de la tempête.",
        "Le pont était fermé depuis que {n} fissures avaient été trouvées dans le pilier nord.",
        "Une seconde lecture est prévue le mois prochain et l'issue reste ouverte à {place}.",
        "À lire aussi les lignes entre les chiffres, on comprend pourquoi {person} a hésité.",
    ),
    root="Accueil",
    path="Accueil / Actualités / {place}",
    icon="Icône du site {site}",
    exit="Quitter la version mobile",
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    months=(
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
        *("septembre", "octobre", "novembre", "décembre"),
    ),
    date_bar="{weekday} {day} {month} {year}",
)
SPANISH = Language(
    code="es",
    people=("Nerea Villaclara", "Ciro Montalbán", "Jimena Oteruelo", "Lucio Barrasal"),
    places=("Puertoálamo", "Villaceniza", "Santa Brena", "Aguasfrías"),
    sites=("El Faro de Puertoálamo", "Diario Ceniza", "La Voz de Brena", "Aguasfrías Hoy"),
    headlines=(
        "{person} dirigirá el puerto de {place}",
        "{place} cierra {n} puentes tras el temporal",
        "Por qué {place} vuelve a contar sus vencejos",
        "¿Volverá el transbordador a {place}?",
    ),
    sentences=(
        "{person} visitará {place} en las próximas semanas, confirmó el lunes el puerto.",
        "El concejo de {place} reservó {n} millones de coronas para el viejo malecón.",
        "«Esperamos empezar antes de la primera helada», dijo {person} a la radio local.",
        "Los vecinos de {place} llevan {n} años esperando la carretera que pasa ante sus puertas.",
        "Según el capitán del puerto, {n} barcos dejaron la dársena antes del temporal.",
        "El puente estaba cerrado desde que se hallaron {n} grietas en su pilar norte.",
        "La segunda lectura será el mes que viene y el resultado está abierto en {place}.",
        "Quien quiera leer más libros tendrá que esperar, añadió {person} al salir.",
    ),
    root="Inicio",
    path="Inicio > Noticias > {place}",
    icon="Icono del sitio {site}",
    exit="Salir de la versión móvil",
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
        *("septiembre", "octubre", "noviembre", "diciembre"),
    ),
    date_bar="{weekday}, {day} de {month} de {year}",
)


class Draw:
    """What one dump is made of, drawn from its language."""

    def __init__(self, language: Language, chance: random.Random) -> None:
        person, place = chance.choice(language.people), chance.choice(language.places)
        n = chance.randint(3, 97)
        told = [s.format(person=person, place=place, n=n) for s in language.sentences]
        chance.shuffle(told)
        self.site = chance.choice(language.sites)
        self.title = chance.choice(language.headlines).format(person=person, place=place, n=n)
        self.on = date(2023, 1, 1) + timedelta(days=chance.randrange(700))
        self.head = f" date {self.on.isoformat()} "
        crawled = self.on + timedelta(days=chance.randint(0, 3))
        self.bar = language.date_bar.format(
            weekday=language.weekdays[crawled.weekday()],
            month=language.months[crawled.month - 1],
            day=crawled.day,
            year=crawled.year,
        )
        self.root = language.root
        self.path = language.path.format(place=place)
        self.icon = language.icon.format(site=self.site)
        self.exit = language.exit
        self.opening = told[0]
        self.body = (f"{told[1]} {told[2]}", told[3], f"{told[4]} {told[5]}", told[6])


Made = tuple[list[str], list[str], tuple[str, ...], str | None, str | None, date | None]
"""Raw lines, the article's lines, rules, title, site name, day."""


def _as_it_is(d: Draw) -> Made:
    return [d.opening, *d.body], [d.opening, *d.body], (), None, None, None


def _amp(d: Draw) -> Made:
    raw = [d.icon, "", d.opening, "", *d.body, "", "", d.exit]
    rules = ("site_icon", "exit_mobile_version")
    return raw, [d.opening, *d.body], rules, None, d.site, None


def _standfirst_twice(d: Draw) -> Made:
    first = f"{d.opening} {d.body[0]}"
    raw = [d.head + d.opening, "", first, "", *d.body[1:], ""]
    rules = ("dump_date_head", "standfirst_repeat")
    return raw, [first, *d.body[1:]], rules, None, None, d.on


def _headline(d: Draw) -> Made:
    raw = [d.head + d.root, d.bar, d.title, "", d.opening, "", *d.body]
    rules = ("dump_date_head", "breadcrumb", "date_bar", "title_copy")
    return raw, [d.opening, *d.body], rules, d.title, None, d.on


def _opening_only(d: Draw) -> Made:
    opening = d.opening.rstrip(".")
    last = f"{d.opening} {d.body[3]}"
    lines = [opening, *d.body[:3], last]
    return [d.head + opening, "", *d.body[:3], last], lines, ("dump_date_head",), None, None, d.on


def _headline_in_one_line(d: Draw) -> Made:
    raw = [f"{d.head}{d.root} {d.bar} {d.title}", "", d.opening, *d.body]
    rules = ("dump_date_head", "breadcrumb", "date_bar", "title_copy")
    return raw, [d.opening, *d.body], rules, d.title, None, d.on


def _amp_with_head(d: Draw) -> Made:
    raw = [d.head + d.icon, d.opening, "", *d.body, d.exit]
    rules = ("dump_date_head", "site_icon", "exit_mobile_version")
    return raw, [d.opening, *d.body], rules, None, d.site, d.on


def _path_and_bar(d: Draw) -> Made:
    raw = ["", d.path, d.bar, d.title, d.opening, *d.body]
    rules = ("breadcrumb", "date_bar", "title_copy")
    return raw, [d.opening, *d.body], rules, d.title, None, None


def _standfirst_cut_short(d: Draw) -> Made:
    words = d.body[0].split()
    raw = [d.head + " ".join(words[: len(words) // 2]) + "…", "", *d.body]
    return raw, list(d.body), ("dump_date_head", "standfirst_repeat"), None, None, d.on


def _root_without_bar(d: Draw) -> Made:
    title = d.title.rstrip("?")
    lines = [title, d.opening, *d.body]
    return [d.head + d.root, *lines], lines, ("dump_date_head", "breadcrumb"), None, None, d.on


SHAPES: tuple[Callable[[Draw], Made], ...] = (
    _as_it_is,
    _amp,
    _standfirst_twice,
    _headline,
    _opening_only,
    _headline_in_one_line,
    _amp_with_head,
    _path_and_bar,
    _standfirst_cut_short,
    _root_without_bar,
)


def generate(seed: int = SEED) -> list[Dump]:
    """Make the forty dumps: each shape in each language, every second one with CRLF."""
    chance = random.Random(seed)
    dumps: list[Dump] = []
    for language in (ENGLISH, GERMAN, FRENCH, SPANISH):
        for shape in SHAPES:
            raw, lines, rules, title, site_name, on = shape(Draw(language, chance))
            end = "\r\n" if len(dumps) % 2 else "\n"
            dumps.append(
                Dump(
                    name=f"{language.code}{shape.__name__}",
                    raw=end.join(raw),
                    lines=tuple(lines),
                    rules=tuple(sorted(rules)),
                    title=title,
                    site_name=site_name,
                    published_on=on,
                )
            )
    return dumps
