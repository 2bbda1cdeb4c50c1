"""What is refused after cleaning, and above all what is not."""

from __future__ import annotations

import pytest

from tasks.cleaning.refusals import refuse
from tasks.cleaning.text import clean
from tasks.model import Extraction, Outcome, Reason, Stage

P1 = "The council of the small town voted on Monday evening to close the old bridge for good."
P2 = "Nobody in the hall spoke against the plan, although many had come to do just that."
TITLE = "Town closes its oldest bridge"
LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
    "Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip.",
)
FLASHES = (
    "EILMELDUNG: Der Rat von Grünhafen wählt Hedda Brunnthal zur Bürgermeisterin.",
    "【速報】港町の議会は月曜日、古い橋の閉鎖を決めた。",
    "Harrowmere (HC) - A fire broke out in the old town. Nobody was hurt.",
)
GARBLED = "Die BÃ¼rgermeisterin sagte, die BrÃ¼cke bleibe fÃ¼r Jahre gesperrt, wÃ¤hrend sie fÃ¤llt."


def verdict(*lines: str, title: str | None = TITLE) -> Reason | None:
    extraction = Extraction(text="\n".join(lines), extractor="test 1", title=title)
    refusal = refuse(clean(extraction), extraction)
    if refusal is None:
        return None
    assert refusal.stage is Stage.CLEAN
    assert refusal.outcome is Outcome.QUARANTINED
    assert refusal.detail
    assert "\n" not in refusal.detail
    return refusal.reason


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((), Reason.NO_MAIN_TEXT),
        (("Home", "Exit mobile version"), Reason.NO_MAIN_TEXT),
        ((TITLE,), Reason.TITLE_ONLY),
        (("Home", TITLE, "Share this article"), Reason.TITLE_ONLY),
        (("The ferry stays.",), Reason.TOO_SHORT),
        (LOREM, Reason.PLACEHOLDER_TEXT),
        ((*LOREM, *LOREM, P1), Reason.PLACEHOLDER_TEXT),
        (
            ("This is your first post. Edit or delete it, then start writing!",),
            Reason.PLACEHOLDER_TEXT,
        ),
        ((P1, *["Please enable the player to watch."] * 9), Reason.REPETITION),
        (tuple(f"https://courier.example/{n}" for n in range(9)), Reason.LINK_LIST),
        (
            tuple(line for n in range(6) for line in (f"Bridge {n} closes", f"{n + 1} May 2024")),
            Reason.LINK_LIST,
        ),
        ((P1, "\x00\x01\x02\x03" * 9), Reason.CONTROL_CHARS),
        ((P1, "\ufffd" * 9), Reason.ENCODING_SUSPECT),
        ((GARBLED, GARBLED + " Mehr"), Reason.ENCODING_SUSPECT),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(
    lines: tuple[str, ...], reason: Reason
) -> None:
    assert verdict(*lines) is reason


@pytest.mark.parametrize("flash", FLASHES)
def test_a_flash_is_an_article(flash: str) -> None:
    assert verdict(flash) is None


@pytest.mark.parametrize(
    "lines",
    [
        (P1, P2),
        (P1, "Lorem ipsum dolor sit amet, read the sign over the printer's door.", P2, P1 + P2),
        ("Row, row, row your boat", "Gently down the stream", "Row, row, row your boat", P1, P2),
        (
            "1. Ashdown 12:03",
            "2. Crake 12:07",
            "3. Waldock 12:11",
            "4. Fennimore 12:12",
            "5. Dault",
        ),
        (P1, "https://courier.example/1", P2),
        (P1, "He wrote â€œhelloâ€\x9d on the wall.", P2, P1, P2),
        (P1 + "\x07", P2),
        (P1, "The sign was unreadable: \ufffd\ufffd.", P2),
        ("Ø Ã… Â is how the island spells it, and SÃO is a saint in the harbour chapel.",),
    ],
)
def test_a_readable_text_is_not_refused(lines: tuple[str, ...]) -> None:
    assert verdict(*lines) is None


def test_a_title_over_a_text_is_no_title_only() -> None:
    assert verdict(TITLE, P1, title=TITLE) is None
    assert verdict(P1, title=None) is None
