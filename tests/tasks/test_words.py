"""Words of plain ASCII are found on a shorter way, and are the same words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tasks.cleaning.words import word_count
from tasks.extraction.blocks import words_of

ASCII = st.text(st.characters(max_codepoint=127))


@given(ASCII)
def test_words_of_ascii_text_are_what_the_pattern_of_words_finds(text: str) -> None:
    found = re.findall(r"\w+", text)
    assert words_of(text) == " ".join(found).casefold()
    assert word_count(text) == len(found)


@given(ASCII)
def test_a_text_has_the_same_words_beside_a_sign_that_is_not_ascii(text: str) -> None:
    assert words_of(f"{text} …") == words_of(text)
    assert word_count(f"{text} …") == word_count(text)
