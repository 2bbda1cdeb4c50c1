"""What a text must be, and must not hold: the net under extraction and cleaning."""

from __future__ import annotations

from expectations import patterns
from expectations.check import around, between, condition, free_of, literal, present

MIN_CHARS = 25
"""A news flash is one short sentence; less is a fragment. (A sentence of Chinese has about 20.)"""
MAX_CHARS = 1_000_000
"""Ten times the longest article of a thousand sampled pages; more is a dump, not an article."""

FEW = 3
"""One or two of a kind are quoted or slipped in; three are a pattern."""
DAMAGE_CHARS = 200
"""Damage is dense from five in a thousand characters on: wrongly decoded accents come at 20 to
50 in a thousand, other scripts at hundreds; a few broken quotes stay below."""
ENTITY_CHARS = 500
"""References are dense from two in a thousand characters on, about as often as apostrophes."""


def _hits(pattern: str) -> str:
    return f"len(regexp_extract_all(text, {literal(pattern)}))"


def _dense(pattern: str, chars: int) -> str:
    return f"({_hits(pattern)} >= {FEW} AND {_hits(pattern)} * {chars} >= length(text))"


_DAMAGE = f"{patterns.MOJIBAKE}|{patterns.REPLACEMENT}"
_NOT_ASCII = "strlen(text) > length(text)"
_HAS_REPLACEMENT = f"contains(text, {literal(patterns.REPLACEMENT)})"
_HAS_MOJIBAKE = (
    f"CASE WHEN {_NOT_ASCII} THEN regexp_matches(text, {literal(patterns.MOJIBAKE)}) ELSE false END"
)
_MOJIBAKE = (
    f"CASE WHEN {_HAS_MOJIBAKE} THEN {_dense(patterns.MOJIBAKE, DAMAGE_CHARS)} ELSE false END"
)
_REPLACEMENT = (
    f"CASE WHEN {_HAS_REPLACEMENT} THEN {_dense(patterns.REPLACEMENT, DAMAGE_CHARS)} ELSE false END"
)
_FRAMED = "(chr(10) || text || chr(10))"
_NOT_NFC = (
    f"CASE WHEN {_NOT_ASCII} THEN CASE WHEN regexp_matches(text, {literal(patterns.MAY_COMPOSE)})"
    " THEN nfc_normalize(text) <> text ELSE false END ELSE false END"
)
_LINES = "string_split(text, chr(10))"
_FIRST_LINE = "split_part(text, chr(10), 1)"

TEXT = (
    present("text_present", "text", "quarantine", "Every article has a text."),
    between(
        "text_length_in_bounds",
        "text_chars",
        "quarantine",
        f"A text has {MIN_CHARS} to {MAX_CHARS:,} characters.",
        at_least=MIN_CHARS,
        at_most=MAX_CHARS,
    ),
    condition(
        "text_chars_is_true",
        "text",
        "hold",
        "The stored length is the length of the text, so that the bounds judge the text.",
        fails_when="text_chars <> length(text)",
        excerpt="CAST(text_chars AS VARCHAR) || ' for ' || CAST(length(text) AS VARCHAR)",
    ),
    free_of(
        "text_has_no_control_chars",
        "text",
        "quarantine",
        "No control character but the newline between paragraphs.",
        pattern=patterns.CONTROL,
    ),
    free_of(
        "text_has_no_template_lines",
        "text",
        "quarantine",
        'No "Site icon NAME" or "Exit mobile version" as the first or last line.',
        pattern=patterns.TEMPLATE_LINE,
        only_if="contains(text, 'ite icon ') OR contains(text, 'xit mobile version')",
    ),
    condition(
        "text_has_no_share_bars",
        "text",
        "warn",
        "No line that only offers to share.",
        fails_when=f"regexp_matches({_FRAMED}, {literal(patterns.SHARE_BAR)})",
        excerpt=f"trim(regexp_extract({_FRAMED}, {literal(patterns.SHARE_BAR)}), chr(10))",
    ),
    condition(
        "text_has_no_markup",
        "text",
        "quarantine",
        "No prose inside HTML tags, plain or escaped; quoted tags and code samples are let be.",
        fails_when="CASE WHEN contains(text, '<') OR contains(text, '&lt;')"
        f" THEN {_hits(patterns.MARKUP)} >= 2 ELSE false END",
        excerpt=around("text", patterns.MARKUP),
    ),
    condition(
        "text_has_no_entities",
        "text",
        "quarantine",
        "Fewer than three undecoded character references that touch a word, or fewer than two in a"
        " thousand characters.",
        fails_when="CASE WHEN contains(text, '&') AND contains(text, ';')"
        f" THEN {_dense(patterns.ENTITY, ENTITY_CHARS)} ELSE false END",
        excerpt=around("text", patterns.ENTITY),
    ),
    condition(
        "text_has_no_mojibake",
        "text",
        "quarantine",
        "Not decoded with the wrong character set: fewer than three broken sequences, or fewer"
        " than five in a thousand characters.",
        fails_when=_MOJIBAKE,
        excerpt=around("text", patterns.MOJIBAKE),
    ),
    condition(
        "text_has_no_replacement_chars",
        "text",
        "quarantine",
        "Fewer than three U+FFFD, or fewer than five in a thousand characters.",
        fails_when=_REPLACEMENT,
        excerpt=around("text", patterns.REPLACEMENT),
    ),
    condition(
        "text_has_no_stray_damage",
        "text",
        "warn",
        "Not even one broken sequence or U+FFFD (dense damage is the two checks above).",
        fails_when=f"CASE WHEN {_HAS_REPLACEMENT} OR ({_HAS_MOJIBAKE})"
        f" THEN NOT ({_MOJIBAKE}) AND NOT ({_REPLACEMENT}) ELSE false END",
        excerpt=around("text", _DAMAGE),
    ),
    free_of(
        "text_has_no_shortcodes",
        "text",
        "warn",
        "No unexpanded shortcode of a content system ([caption id=1]).",
        pattern=patterns.SHORTCODE,
        only_if="contains(text, '[')",
    ),
    free_of(
        "text_is_no_wall",
        "text",
        "quarantine",
        f"Not a script wall, robot check, error page or filler of under {patterns.WALL_CHARS}"
        " characters.",
        pattern=patterns.WALL,
        only_if=f"length(text) < {patterns.WALL_CHARS}",
    ),
    condition(
        "text_lines_vary",
        "text",
        "warn",
        "Of ten lines or more at least half are different.",
        fails_when=f"CASE WHEN len({_LINES}) >= 10"
        f" THEN len(list_distinct({_LINES})) * 2 < len({_LINES}) ELSE false END",
        excerpt=f"len({_LINES}) || ' lines, ' || len(list_distinct({_LINES})) || ' different'",
    ),
    condition(
        "text_is_in_normal_form",
        "text",
        "warn",
        "One newline between paragraphs, no space around them, Unicode NFC.",
        fails_when="contains(text, chr(10) || chr(10)) OR contains(text, chr(10) || ' ')"
        " OR contains(text, ' ' || chr(10)) OR starts_with(text, ' ') OR ends_with(text, ' ')"
        " OR starts_with(text, chr(10)) OR ends_with(text, chr(10))"
        f" OR {_NOT_NFC}",
        excerpt=_FIRST_LINE,
    ),
)
