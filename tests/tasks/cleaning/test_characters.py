from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.cleaning.characters import normalise_line

GARBLED = st.text(
    st.sampled_from("âa\u0302€\u0080\u0099™\u200bðŸ”¥\u200dÃÂ\u0083¢\u00ad "), max_size=12
)
JOINERS = st.text(
    st.sampled_from(
        "\u200c\u200d\u0301\u094d\u0915\u06cce\u00e9\U0001f469\u200b \u00ad\ud800\ufe0f"
    )
)


@settings(max_examples=1500)
@given(st.one_of(st.text(), JOINERS, GARBLED))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_line(text)
    assert normalise_line(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  a\tb\u00a0 c\u3000", "a b c"),
        ("re\u00adcherche\u200b\ufeff", "recherche"),
        ("cafe\u0301", "café"),
        ("a\x00b\x07c\x9bd", "abcd"),
        ("a\u2028b\x0bc\x85d", "a b c d"),
        ("\u202bשלום\u202c", "שלום"),
        ("Auf\u200clage", "Auflage"),
        ("\ud83d lone", "\ufffd lone"),
        ("\u200d", ""),
    ],
)
def test_what_nobody_sees_goes(raw: str, clean: str) -> None:
    assert normalise_line(raw) == clean


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian: the joiner parts a prefix from its verb
        "क्\u200dष",  # Devanagari: half form instead of the ligature
        "ന്\u200d",  # Malayalam: a final consonant, at the end of the line
        "👩\u200d👩\u200d👧",  # one family, not three people
        "❤\ufe0f\u200d🔥",
        "𝐀 — ½ © ™",
    ],
)
def test_joiners_and_signs_that_carry_meaning_stay(text: str) -> None:
    assert normalise_line(text) == text
