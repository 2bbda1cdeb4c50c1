from __future__ import annotations

from tasks.identity.agreement import agreement
from tasks.identity.decide import (
    STAGED,
    ArticleKnown,
    Candidate,
    Memory,
    PlaceKnown,
    article_id_of,
    article_ids_of,
    contested,
    decide,
)
from tasks.model import Outcome, Reason, Refusal, Stage

LONG = (
    "The council of Harrow Bay voted on Tuesday to rebuild the pier that the storm took in March."
)
OTHER = (
    "Farmers above Orrindale say that the new dairy pays them late and takes their milk at dawn."
)


def candidate(
    name: str,
    *,
    place: str | None = None,
    payload: str | None = "payload",
    text: str | None = "text",
    own: str | None = None,
    canonical: str | None = None,
    refusal: Refusal | None = None,
) -> Candidate:
    place = place or f"/in/{name}"
    return Candidate(
        document_id=name,
        place=place,
        payload_sha256=payload,
        refusal=refusal,
        own_key=own or f"place:{place}",
        canonical_key=canonical,
        text_sha256=text,
    )


def place(*, payload: str = "payload", text: str = "text", article: str) -> PlaceKnown:
    return PlaceKnown(
        payload_sha256=payload,
        text_sha256=text,
        article_id=article,
        own_key=None,
        canonical_key=None,
    )


REFUSED = Refusal(stage=Stage.CLEAN, reason=Reason.TOO_SHORT, detail="12 characters")
FAILED = Refusal(stage=Stage.ACQUIRE, reason=Reason.UNREADABLE, detail="no such file")


def test_new_text_is_staged_under_the_article_of_its_own_address() -> None:
    (verdict,) = decide([candidate("a", own="site.example/a")], Memory())
    assert (verdict.outcome, verdict.article_id) == (STAGED, article_id_of("site.example/a"))


def test_a_plausible_canonical_address_names_the_article() -> None:
    (verdict,) = decide([candidate("a", own="x", canonical="site.example/a")], Memory())
    assert verdict.article_id == article_id_of("site.example/a")


def test_a_refusal_keeps_its_outcome_and_reason() -> None:
    refused, failed = decide(
        [
            candidate("a", text=None, refusal=REFUSED),
            candidate("b", text=None, payload=None, refusal=FAILED),
        ],
        Memory(),
    )
    assert (refused.outcome, refused.refusal) == (Outcome.QUARANTINED, REFUSED)
    assert (failed.outcome, failed.refusal) == (Outcome.FAILED, FAILED)


def test_a_payload_refused_before_by_the_same_rules_is_unchanged() -> None:
    memory = Memory(refused={("/in/a", "payload"): False})
    (verdict,) = decide([candidate("a", text=None, refusal=REFUSED)], memory)
    assert verdict.outcome == Outcome.UNCHANGED


def test_a_refusal_without_a_payload_is_unchanged_when_the_reason_is_the_same() -> None:
    too_large = Refusal(stage=Stage.ACQUIRE, reason=Reason.TOO_LARGE, detail="150 MB")
    refused = candidate("a", payload=None, text=None, refusal=too_large)
    memory = Memory(refused={("/in/a", "reason:too_large"): False})
    (again,) = decide([refused], memory)
    assert again.outcome == Outcome.UNCHANGED
    (other,) = decide([refused], Memory(refused={("/in/a", "reason:robots_denied"): False}))
    assert other.outcome == Outcome.QUARANTINED


def test_a_known_payload_that_was_passed_by_is_unchanged_and_names_its_article() -> None:
    memory = Memory(places={"/in/a": place(article="art")})
    (verdict,) = decide([candidate("a", text=None)], memory)
    assert (verdict.outcome, verdict.article_id) == (Outcome.UNCHANGED, "art")


def test_the_newest_text_of_a_place_again_is_unchanged() -> None:
    memory = Memory(places={"/in/a": place(payload="old", article="art")})
    (verdict,) = decide([candidate("a", payload="new")], memory)
    assert (verdict.outcome, verdict.article_id) == (Outcome.UNCHANGED, "art")


def test_the_same_text_at_another_place_is_a_duplicate_of_the_first() -> None:
    first, second = decide([candidate("a", payload="1"), candidate("b", payload="2")], Memory())
    assert first.outcome == STAGED
    assert (second.outcome, second.article_id, second.twin_of) == (
        Outcome.DUPLICATE,
        first.article_id,
        "a",
    )


def test_an_edited_page_is_a_new_revision_of_its_article() -> None:
    article = article_id_of("site.example/a")
    memory = Memory(
        places={"/in/a": place(text="old", article=article)},
        articles={article: ArticleKnown(text_sha256="old", own_keys=frozenset({"site.example/a"}))},
    )
    (verdict,) = decide([candidate("a", text="new", own="site.example/a")], memory)
    assert (verdict.outcome, verdict.article_id) == (STAGED, article)


def test_other_facts_of_a_known_text_are_a_new_revision_of_the_article_that_it_gave() -> None:
    memory = Memory(places={"/in/a": place(article="art")}, corrected={"a": "art"})
    (verdict,) = decide([candidate("a")], memory)
    assert (verdict.outcome, verdict.article_id) == (STAGED, "art")


def test_older_text_that_comes_back_is_a_new_revision() -> None:
    first, second, third = decide(
        [
            candidate("a1", place="/a", own="k", text="one"),
            candidate("a2", place="/a", own="k", text="two"),
            candidate("a3", place="/a", own="k", text="one"),
        ],
        Memory(),
    )
    assert [v.outcome for v in (first, second, third)] == [STAGED] * 3
    assert len({v.article_id for v in (first, second, third)}) == 1


def test_two_addresses_that_claim_one_canonical_are_one_article_when_their_texts_agree() -> None:
    one = candidate("a", own="site.example/a?page=1", canonical="site.example/a", text="1")
    two = candidate("b", own="site.example/b", canonical="site.example/a", text="2")
    memory = Memory()
    disputed, documents = contested([one, two], memory)
    assert disputed == {article_id_of("site.example/a")}
    assert documents == {"a", "b"}
    memory.document_texts = {"a": LONG, "b": LONG + " It will cost four million."}
    first, second = decide([one, two], memory)
    assert first.article_id == second.article_id


def test_two_addresses_that_claim_one_canonical_are_two_articles_when_their_texts_differ() -> None:
    one = candidate("a", own="site.example/a", canonical="site.example/all", text="1")
    two = candidate("b", own="site.example/b", canonical="site.example/all", text="2")
    memory = Memory(document_texts={"a": LONG, "b": OTHER})
    first, second = decide([one, two], memory)
    assert first.article_id == article_id_of("site.example/all")
    assert second.article_id == article_id_of("site.example/b")


def test_a_withdrawn_article_taken_in_again_is_refused_once_and_then_unchanged() -> None:
    article = article_id_of("place:/in/a")
    withdrawn = ArticleKnown(text_sha256=None, own_keys=frozenset({"place:/in/a"}), withdrawn=True)
    memory = Memory(articles={article: withdrawn})
    (verdict,) = decide([candidate("a", text="edited")], memory)
    assert verdict.refusal is not None
    assert verdict.refusal.reason == Reason.WITHDRAWN
    memory = Memory(articles={article: withdrawn}, refused={("/in/a", "payload"): True})
    (again,) = decide([candidate("a", text="edited")], memory)
    assert again.outcome == Outcome.UNCHANGED


def test_a_copy_of_a_withdrawn_text_at_another_place_is_refused() -> None:
    memory = Memory(banned_texts={"text": "art"})
    (verdict,) = decide([candidate("elsewhere")], memory)
    assert verdict.refusal is not None
    assert verdict.refusal.reason == Reason.WITHDRAWN


def test_a_rejected_payload_stays_refused_whatever_the_rules_make_of_it() -> None:
    memory = Memory(banned_payloads={("/in/a", "payload"): "art"})
    (verdict,) = decide([candidate("a", text="quite another text")], memory)
    assert verdict.outcome == Outcome.QUARANTINED


def test_every_article_that_a_batch_may_be_about_is_looked_up() -> None:
    memory = Memory(places={"/p": place(article="known")}, article_of_text={"t": ("holder", None)})
    found = article_ids_of([candidate("a", own="o", canonical="c")], memory)
    assert {"known", "holder", article_id_of("o"), article_id_of("c")} <= found


def test_agreement_is_one_for_equal_texts_and_nothing_for_foreign_ones() -> None:
    assert agreement(LONG, LONG) == 1.0
    assert agreement(LONG, OTHER) == 0.0
    assert agreement("東京で新しい橋が開通した", "東京で新しい橋が開通した。市長が語る") > 0.5
