"""Read names out of what pages write where an author is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tasks.extraction.metadata.calendar import MONTHS

_MAX_NAME_CHARS = 60
_MAX_WORDS = 6
_MAX_SINGLE_CHARS = 25

# How a byline opens in the languages that the desk meets most: "By", and "Written by".
_BY = r"by|von|vom|par|por|di|door|av|af|przez|oleh|від|от"
_ROLE = (
    r"written|posted|published|reported|words|text|story|article|guest post|contributed|authors?|"
    r"geschrieben|verfasst|veröffentlicht|gespeichert|eingetragen|beitrag|artikel|autor(?:in|en)?|"
    r"interview|redaktion|texto|texte|écrit|publié|escrito|publicado|scritto|pubblicato|auteurs?|"
    r"autore|autores|skrevet|skriven|tekst|foto und text|text und foto"
)
_CLAIM_OPENING = re.compile(
    rf"^(?:(?:{_ROLE})\s*:\s*|(?:(?:{_ROLE})\s+)?(?:{_BY})\b\s*:?\s+)", re.IGNORECASE
)
_BYLINE_OPENING = re.compile(
    rf"(?:^|[\s|·•,.:–—-])(?:(?:{_ROLE})\s*:\s*|(?:{_BY})(?:\s*:\s*|\s+|$))", re.IGNORECASE
)
_GLUED_OPENING = re.compile(r"^By(?=[A-Z])")
# What ends the names in a byline: a date, a bar, a place in the site, a second job.
_BYLINE_END = re.compile(
    rf"\d|[\s,●]+(?:{MONTHS})\.?,?\s+\d|"
    r"[|·•()\[\]\n–—]|\s-\s|\s(?:on|in|at|am|im|für|for|le|el|il|den|vom|from|the|reviewed|"
    r"updated|published|edited|aktualisiert|bei|last)\b|\.\s",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|•·⋅]|,|/|\n)\s*|\s+(?:&|\+|and|und|et|y|och|og|en|with|mit|i)\s+", re.IGNORECASE
)
_AND_FIRST = re.compile(r"^(?:and|und|et|y|&)\s+", re.IGNORECASE)
_NOISE = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|(?<!\w)@\w+|\([^()]*\)|\[[^\[\]]*\]")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w+")
# Degrees and honours after a comma belong to the name before it and are not names.
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|m\.?\s?d|d\.?\s?v\.?\s?m|r\.?\s?n|r\.?\s?d|m\.?\s?sc?|b\.?\s?a|m\.?\s?a|m\.?\s?b\.?\s?a|"
    r"j\.?\s?d|esq|jr|sr|cfp|cpa|faclm|mrcgp|mph)\.?",
    re.IGNORECASE,
)
# Letters behind a name are those of a degree, a licence or an agency.
_LETTERS = re.compile(r"[A-Z][A-Z.-]{1,7}")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
_SURNAME_FIRST = re.compile(
    r"\s*((?:[a-z]\S*\s+){0,3}[^\W\d_][^\s,]*)\s*,\s*([^\s,]+(?:\s+[^\s,]+){0,2})\s*"
)
# So does what somebody does for the paper, where a name stands before it.
_OFFICE = re.compile(
    r"(?:[\w’'-]+\s+){0,4}(?:analyst|columnist|correspondent|editor(?:[- ]in[- ]chief)?|founder|"
    r"journalist|producer|reporter|writer|korrespondent(?:in)?|redakteur(?:in)?|journaliste|"
    r"periodista|giornalista|corrispondente)s?",
    re.IGNORECASE,
)
# Account names that systems give out; nobody is called so.
_ACCOUNTS = frozenset(
    ["admin", "administrator", "wordpressadmin", "webmaster", "root", "user", "test", "guest"]
)
_PARTICLES = frozenset(
    "de da do dos del della der den van von zu zur la le el al bin ibn di du of the".split()  # noqa: SIM905
)


def key_of(name: str) -> str:
    """Reduce a name to its words, case-folded, for comparing."""
    return " ".join(_WORD.findall(name.casefold()))


def names_in_claim(claims: Iterable[str]) -> tuple[str, ...]:
    """Read the names in values that are said to be authors, each once; order kept.

    Addresses, handles, account names and remarks in brackets are no names.
    """
    seen: dict[str, str] = {}
    for claim in claims:
        text = _CLAIM_OPENING.sub("", _GLUED_OPENING.sub("", " ".join(claim.split())))
        is_first = True
        for part in _SPLIT.split(_NOISE.sub(" ", text)):
            name = _AND_FIRST.sub("", " ".join(part.split())).strip(" .:-–—,\"'*†®™")
            if _is_name(name) and (is_first or not _adds_to_a_name(name)):
                seen.setdefault(key_of(name), name)
                is_first = False
    names = [name for name in seen.values() if not _HOST.fullmatch(name)]
    return tuple(names or seen.values())


def name_turned(claim: str) -> str:
    """Turn a name that has its surname first, as catalogues have it: "Quill, Ada" is Ada Quill."""
    match = _SURNAME_FIRST.fullmatch(claim)
    return f"{match[2]} {match[1]}" if match is not None else claim


def names_in_byline(text: str, *, follows: str, opened: bool = False) -> tuple[str, ...]:
    """Read the names in a line of the page; empty where it is no byline.

    `follows` is the next line: a lone "By" is about that one. With `opened`, the line is known
    to be a byline and needs no opening word.
    """
    line = " ".join(_GLUED_OPENING.sub("By ", text).split())
    match = _BYLINE_OPENING.search(line)
    if match is None and not opened:
        return ()
    rest = line[match.end() :] if match is not None else line
    if match is not None and not rest:
        rest = follows
    end = _BYLINE_END.search(rest)
    names = names_in_claim([rest[: end.start()] if end is not None else rest])
    return names if names and all(_is_proper(n) for n in names) else ()


def _adds_to_a_name(part: str) -> bool:
    """Say whether what follows a name tells a degree, a body or a job: letters or an office."""
    return bool(_LETTERS.fullmatch(part) or _OFFICE.fullmatch(part))


def _is_name(name: str) -> bool:
    words = name.split()
    return (
        1 <= len(words) <= _MAX_WORDS
        and 1 < len(name) <= (_MAX_NAME_CHARS if len(words) > 1 else _MAX_SINGLE_CHARS)
        and not _DIGIT.search(name)
        and not _DEGREE.fullmatch(name)
        and name.casefold() not in _ACCOUNTS
    )


def _is_proper(name: str) -> bool:
    """Say whether each word of a name opens with a capital, small particles aside."""
    first, *others = name.split()
    return not first[0].islower() and all(
        not word[0].islower() or word.casefold() in _PARTICLES for word in others
    )
