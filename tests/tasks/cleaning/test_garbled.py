from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.cleaning.characters import normalise_line
from tasks.cleaning.garbled import garbled_count, reread


@pytest.mark.parametrize("code_page", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    "text",
    [
        "It’s the mayor’s – not the town’s – “bridge”.",
        "Für Jahre gesperrt – so hieß es.",
        "Fire 🔥!",
    ],
)
def test_what_a_code_page_garbled_is_read_again(text: str, code_page: str) -> None:
    garbled = text.encode().decode(code_page, errors="replace")
    if "\ufffd" in garbled:
        garbled = "".join(
            bytes([byte]).decode(code_page, errors="ignore") or chr(byte) for byte in text.encode()
        )
    assert garbled != text
    assert reread(garbled) == text
    assert normalise_line(garbled) == text


def test_what_was_garbled_twice_is_read_twice() -> None:
    text = "It’s here"
    assert reread(text.encode().decode("latin-1").encode().decode("latin-1")) == text


@pytest.mark.parametrize(
    "text",
    [
        "« Il est tombé…” dit-elle",
        "AMANHÃ… SERÁ TARDE, IRMÃ”",
        "L’Âge d’or, à 20 °C, 3 m² ± 5 %",
        "Ð and Ñ are letters, Â too",
        "naïve café, señor, Ærø",
        "中文和日本語",
    ],
)
def test_what_may_be_meant_stays(text: str) -> None:
    assert reread(text) == text


@given(st.text(st.characters(max_codepoint=0x2122), max_size=30))
def test_reading_twice_changes_nothing(text: str) -> None:
    once = reread(text)
    assert reread(once) == once
    assert normalise_line(normalise_line(text)) == normalise_line(text)


def test_places_that_are_not_certain_are_counted() -> None:
    assert garbled_count("BÃ¼rgermeisterin der BrÃ¼cke") == 2
    assert garbled_count("Bürgermeisterin der Brücke") == 0
