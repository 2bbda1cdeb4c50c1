from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tasks.comparison.lines import NOWHERE, TEXT, Move, moves
from tasks.comparison.tally import FACTS, LISTED, SAMPLES, WORST, Compared, Reading, Tally
from tasks.comparison.words import COME, GONE, KEPT, SKIPPED, Span, word_diff
from warehouse.sql import query

WORDS = st.lists(st.sampled_from(["tide", "boat", "gull", "crab", "rope"]), max_size=4)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=12).map("\n".join)
REMOVED = st.lists(st.tuples(st.sampled_from(["share", "date"]), st.sampled_from("abc")))


def article(text: str, *removed: tuple[str, str], **facts: object) -> Reading:
    known = dict.fromkeys(FACTS) | {"title": "A title"} | facts
    return Reading(text=text, removed=removed, facts=known)


def refused(reason: str) -> Reading:
    return Reading(text=None, removed=(), facts={}, reason=reason, detail="why")


def compared(
    before: Reading, after: Reading, *, name: str = "d", private: bool = False
) -> Compared:
    return Compared(
        document_id=name,
        batch_id="b",
        locator=f"/in/{name}",
        before=before,
        after=after,
        private=private,
    )


@given(TEXTS, REMOVED)
def test_equal_readings_move_no_line(text: str, removed: list[tuple[str, str]]) -> None:
    assert list(moves(text, removed, text, removed[::-1])) == []


@given(TEXTS, REMOVED, TEXTS, REMOVED)
def test_moves_lead_from_one_reading_to_the_other(
    text: str, removed: list[tuple[str, str]], new: str, taken: list[tuple[str, str]]
) -> None:
    def places(of: str, rules: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(line, TEXT) for line in of.split("\n") if line] + [(t, r) for r, t in rules]

    state = places(text, removed)
    for move in moves(text, removed, new, taken):
        assert move.before != move.after
        if move.before != NOWHERE:
            state.remove((move.line, move.before))
        if move.after != NOWHERE:
            state.append((move.line, move.after))
    assert sorted(state) == sorted(places(new, taken))


def test_a_line_is_followed_wherever_it_goes() -> None:
    found = moves(
        "kept\nlost\ntwice", [("share", "back"), ("date", "other")],
        "kept\nback\ntwice\ntwice", [("tool", "other")],
    )  # fmt: skip
    assert set(found) == {
        Move(before=TEXT, after=NOWHERE, line="lost"),
        Move(before="share", after=TEXT, line="back"),
        Move(before="date", after="tool", line="other"),
        Move(before=NOWHERE, after=TEXT, line="twice"),
    }


@given(TEXTS, TEXTS)
def test_a_word_diff_shows_words_of_its_side_alone(old: str, new: str) -> None:
    spans = word_diff(old, new)
    if old == new:
        assert all(span.what == SKIPPED for span in spans)
    for side, what in ((old, GONE), (new, COME)):
        shown = "".join(s.text for s in spans if s.what in (KEPT, what)).split()
        missing = side.split()
        for word in shown:
            missing.remove(word)


def test_a_word_diff_names_the_words_and_leaves_out_what_is_far() -> None:
    lines = [f"Line {n}." for n in range(9)]
    edited = [*lines[:4], "Line four.", *lines[5:]]
    spans = word_diff("\n".join(lines), "\n".join(edited))
    assert spans == [
        Span(what=SKIPPED, text="[3 lines]\n"),
        Span(what=KEPT, text="Line 3.\nLine "),
        Span(what=GONE, text="4"),
        Span(what=COME, text="four"),
        Span(what=KEPT, text=".\nLine 5.\n"),
        Span(what=SKIPPED, text="[3 lines]\n"),
    ]


def test_equal_readings_are_no_change() -> None:
    tally = Tally()
    for reading in (article("A text.", ("share", "Share")), refused("too_short")):
        tally.add(compared(reading, reading))
    assert (tally.documents, tally.changed, tally.worst()) == (2, 0, [])
    assert not any(tally.lines().values())


def test_what_is_gained_and_lost_is_counted_by_its_reason() -> None:
    tally = Tally()
    tally.add(compared(refused("too_short"), article("A text.")))
    tally.add(compared(article("A text."), refused("link_list")))
    tally.add(compared(refused("too_short"), refused("paywall")))
    assert dict(tally.gained.reasons) == {"too_short": 1}
    assert dict(tally.lost.reasons) == {"link_list": 1}
    assert dict(tally.otherwise) == {("too_short", "paywall"): 1}
    assert [worst.document.after.reason for worst in tally.worst()] == ["link_list"]


def test_the_worst_is_what_changes_the_largest_share_of_its_words() -> None:
    tally = Tally()
    tally.add(compared(article("one two three four"), article("one two three four", title="New")))
    tally.add(compared(article("one two\nthree four"), article("one two"), name="half"))
    tally.add(compared(article("one two"), refused("paywall"), name="lost"))
    assert [worst.document.document_id for worst in tally.worst()] == ["lost", "half", "d"]
    assert tally.facts["title"].samples[0].after == "New"
    assert tally.worst()[2].facts == ("title",)


def test_what_waits_for_a_person_is_counted_and_never_quoted() -> None:
    tally = Tally()
    old = article("A secret line\nand prose", title="A secret title")
    new = article("and prose", ("share", "A secret line"), title="Another secret")
    tally.add(compared(old, new, private=True))
    (change,) = tally.lines()["removed"]
    assert (change.rule, change.tallied.count, change.tallied.samples) == ("share", 1, [])
    (worst,) = tally.worst()
    assert (worst.diff(), worst.document.title) == ([], None)
    assert tally.facts["title"].samples == []
    facts_alone = Tally()
    facts_alone.add(compared(old, replace(old, facts=new.facts), private=True))
    assert facts_alone.changed == 0


def test_a_tally_does_not_grow_with_the_documents() -> None:
    tally = Tally()
    for number in range(500):
        line = f"Line {number}"
        tally.add(compared(article(f"Prose\n{line}"), article("Prose", ("share", line))))
        tally.add(compared(refused("too_short"), article("A text.")))
        tally.add(compared(article("Prose", title=line), article("Prose", title="New")))
    assert len(tally.worst()) == len(tally._heap) == WORST
    assert len(tally.gained.listed) == LISTED
    (change,) = tally.lines()["removed"]
    assert (change.tallied.count, len(change.tallied.samples)) == (500, SAMPLES)
    assert len(tally.facts["title"].samples) == SAMPLES


def test_the_facts_compared_are_those_that_make_a_revision() -> None:
    left, _, right = query("corrected").partition("IS DISTINCT FROM")
    for side, table in ((left.rpartition("row(")[2], "c."), (right, "r.")):
        columns = side.partition("row(")[2] or side
        names = [n.strip(" )\n") for n in columns.partition("GROUP")[0].split(",")]
        assert tuple(name.removeprefix(table) for name in names) == FACTS
    assert all(f" r.{name}," in " " + " ".join(query("readings").split()) for name in FACTS)


def test_what_checks_would_refuse_and_no_longer_is_counted_by_check() -> None:
    tally = Tally()
    marked, future = refused("check_failed:title_has_no_markup"), refused("check_failed:too_late")
    tally.add(compared(article("a"), marked))
    tally.add(compared(marked, article("a")))
    tally.add(compared(marked, marked))
    tally.add(compared(marked, future))
    tally.add(compared(refused("too_short"), refused("no_main_text")))
    tally.add(compared(article("a"), replace(article("b"), holding=("extractor_present",))))
    assert tally.checks_refusing == {"title_has_no_markup": 1, "too_late": 1}
    assert tally.checks_passing == {"title_has_no_markup": 2}
    assert tally.checks_holding == {"extractor_present": 1}


def test_a_revision_is_what_a_replay_would_stage() -> None:
    known = article("a")
    assert not compared(known, known).is_revision
    assert compared(known, article("b")).is_revision
    assert compared(known, article("a", title="Another")).is_revision
    assert not compared(known, article("a", title="Another"), private=True).is_revision
    assert compared(refused("too_short"), known).is_revision
    assert not compared(known, refused("too_short")).is_revision
