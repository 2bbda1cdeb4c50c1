"""The language is the text's own; what the page declares only breaks known confusions."""

from __future__ import annotations

import pytest

from tasks.enrichment.language import detect_language

TEXTS = {
    "en": "The ferry to the island sails again from Monday, the harbour board said on Thursday.",
    "de": "Die Fähre zur Insel fährt ab Montag wieder, sagte der Hafenmeister am Donnerstag.",
    "fr": "Le bac pour l'île reprendra la mer lundi, a annoncé jeudi la direction du port.",
    "es": "El transbordador a la isla volverá a salir el lunes, dijo el jueves la junta.",
    "it": "Il traghetto per l'isola riparte da lunedì, ha detto giovedì la direzione del porto.",
    "tr": "Adaya giden vapur pazartesi gününden itibaren yeniden kalkacak, dedi liman müdürü.",
    "ja": "島へ向かうフェリーは月曜日から再び運航すると、港の管理者が木曜日に発表した。",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_enough(code: str) -> None:
    assert detect_language(None, TEXTS[code], None) == code


def test_the_text_outweighs_what_the_page_declares() -> None:
    assert detect_language("Die Fähre fährt wieder", TEXTS["de"], "en") == "de"


def test_what_the_page_declares_decides_between_languages_easily_confused() -> None:
    found = detect_language(None, "Feri ke pulau akan berlayar semula", "ms")
    assert found == "ms"


@pytest.mark.parametrize("text", ["", "12 34 56", "!? ...", "—"])
def test_where_there_is_nothing_to_judge_by_there_is_no_language(text: str) -> None:
    assert detect_language(None, text, "en") is None


def test_what_the_source_is_written_in_holds_where_the_text_leaves_it_in_doubt() -> None:
    assert detect_language("Elections 2026", "Photo: Reuters", "en", expected="fr") == "fr"
    assert detect_language(None, "12 34 56", None, expected="fr") == "fr"
    assert detect_language(None, "Feri ke pulau akan berlayar semula", "ms", expected="id") == "id"


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_that_is_surely_in_another_language_than_its_source_is_in_that_one(
    code: str,
) -> None:
    expected = "nl" if code != "nl" else "fr"
    assert detect_language(None, TEXTS[code], expected, expected=expected) == code


def test_the_same_text_gives_the_same_language() -> None:
    assert len({detect_language("", TEXTS["it"], None) for _ in range(5)}) == 1
