"""Decide, for each document of a batch in order, its article and its outcome before the gate.

Pure: known content and the batch's own documents in, one verdict a document out. The rules are
those of the contract (docs/architecture.md, "Identity and outcomes").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tasks.identity.agreement import agree
from tasks.model import ArticleId, Reason, Refusal, Stage, short_hash

STAGED = "staged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document of the batch, in a few words. `text_sha256` None: refused, or not looked at."""

    document_id: str
    place: str
    payload_sha256: str | None
    refusal: Refusal | None
    own_key: str | None
    canonical_key: str | None
    text_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceKnown:
    """The newest content that a place gave, in an earlier batch or in this one."""

    payload_sha256: str | None
    text_sha256: str | None
    article_id: str | None
    own_key: str | None
    canonical_key: str | None
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleKnown:
    """The newest text of an article, the own keys it came under, and if a person withdrew it."""

    text_sha256: str | None
    own_keys: frozenset[str]
    withdrawn: bool = False
    document_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Memory:
    """All that is known; deciding a document adds to it, so that a batch sees itself.

    `corrected`: documents (ids) of a replay of which today's rules read other facts than stand in
    the newest revision, whose payload they are -> its article. Of runs there are none: to the
    world, equal text is unchanged.
    """

    places: dict[str, PlaceKnown] = field(default_factory=dict)
    articles: dict[str, ArticleKnown] = field(default_factory=dict)
    article_of_text: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    banned_payloads: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    banned_texts: Mapping[str, str | None] = field(default_factory=dict)
    article_texts: Mapping[str, str] = field(default_factory=dict)
    document_texts: Mapping[str, str] = field(default_factory=dict)
    corrected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a document before the gate: staged, or an outcome with its reason.

    `twin_of` names the document of this batch that it repeats, if it repeats one.
    """

    document_id: str
    outcome: str
    refusal: Refusal | None = None
    article_id: str | None = None
    twin_of: str | None = None


def article_id_of(key: str) -> ArticleId:
    """Name an article by its key (a URL key, or a place)."""
    return ArticleId(short_hash("article", key))


def article_ids_of(candidates: Iterable[Candidate], memory: Memory) -> set[str]:
    """Return every article that a batch may be about, to be looked up before deciding."""
    found: set[str] = set()
    for candidate in candidates:
        found.update(
            article_id_of(key) for key in (candidate.own_key, candidate.canonical_key) if key
        )
        found.add(article_id_of(f"place:{candidate.place}"))
    found.update(known.article_id for known in memory.places.values() if known.article_id)
    found.update(article for article, _ in memory.article_of_text.values())
    return found


def contested(candidates: Iterable[Candidate], memory: Memory) -> tuple[set[str], set[str]]:
    """Return the articles and the documents whose texts must be compared before deciding.

    A key is contested when pages of different addresses claim it.
    """
    claims: dict[str, set[str]] = {}
    documents: dict[str, set[str]] = {}
    for candidate in candidates:
        if candidate.text_sha256 is None or candidate.own_key is None:
            continue
        for key in {candidate.own_key, candidate.canonical_key or candidate.own_key}:
            article = article_id_of(key)
            claims.setdefault(article, set()).add(candidate.own_key)
            documents.setdefault(article, set()).add(candidate.document_id)
    disputed: set[str] = set()
    for claimed, keys in claims.items():
        known = memory.articles.get(claimed)
        if len(keys | (known.own_keys if known else frozenset())) > 1:
            disputed.add(claimed)
    return disputed, set().union(*(documents[article] for article in disputed), set())


def decide(candidates: Iterable[Candidate], memory: Memory) -> list[Verdict]:
    """Decide each document in order. `memory` is consumed."""
    return [_decide(candidate, memory) for candidate in candidates]


def _decide(candidate: Candidate, memory: Memory) -> Verdict:
    if (candidate.place, candidate.payload_sha256 or "") in memory.banned_payloads:
        return _withdrawn(candidate, memory)
    if candidate.text_sha256 is not None:
        return _by_text(candidate, candidate.text_sha256, memory)
    if candidate.refusal is None:
        return _passed_by(candidate, memory)
    if candidate.refusal.reason is Reason.WITHDRAWN:
        return _withdrawn(candidate, memory)
    if memory.refused.get((candidate.place, _refused_as(candidate))) is False:
        return Verdict(document_id=candidate.document_id, outcome="unchanged")
    return Verdict(
        document_id=candidate.document_id,
        outcome=candidate.refusal.outcome,
        refusal=candidate.refusal,
    )


def _refused_as(candidate: Candidate) -> str:
    """Name what was refused: the payload, or where none came the reason."""
    if candidate.payload_sha256 is not None or candidate.refusal is None:
        return candidate.payload_sha256 or ""
    return f"reason:{candidate.refusal.reason}"


def _passed_by(candidate: Candidate, memory: Memory) -> Verdict:
    """Settle a document that was not looked at, because the desk knew its payload.

    Such a payload was refused before, or it gives the newest content of its place, as the newest
    bytes or as others.
    """
    known = memory.places.get(candidate.place)
    payload = candidate.payload_sha256
    was_refused = (candidate.place, payload or "") in memory.refused
    article = None
    if known is not None and (known.payload_sha256 == payload or not was_refused):
        article = known.article_id
    if article is not None and _is_withdrawn(article, memory):
        return _withdrawn(candidate, memory)
    return _repeats(candidate, "unchanged", article, known.document_id if known else None)


def _by_text(candidate: Candidate, text: str, memory: Memory) -> Verdict:
    article = _identify(candidate, memory)
    if text in memory.banned_texts or _is_withdrawn(article, memory):
        return _withdrawn(candidate, memory)
    place = memory.places.get(candidate.place)
    known = memory.articles.get(article)
    if (corrected := memory.corrected.get(candidate.document_id)) is not None:
        verdict = Verdict(document_id=candidate.document_id, outcome=STAGED, article_id=corrected)
    elif place is not None and place.text_sha256 == text:
        verdict = _repeats(candidate, "unchanged", place.article_id, place.document_id)
    elif known is not None and known.text_sha256 == text:
        verdict = _repeats(candidate, "unchanged", article, known.document_id)
    elif text in memory.article_of_text:
        other, document = memory.article_of_text[text]
        if _is_withdrawn(other, memory):
            return _withdrawn(candidate, memory)
        verdict = _repeats(candidate, "duplicate", other, document)
    else:
        verdict = Verdict(document_id=candidate.document_id, outcome=STAGED, article_id=article)
    _remember(candidate, text, verdict, memory)
    return verdict


def _repeats(
    candidate: Candidate, outcome: str, article: str | None, document: str | None
) -> Verdict:
    return Verdict(
        document_id=candidate.document_id, outcome=outcome, article_id=article, twin_of=document
    )


def _remember(candidate: Candidate, text: str, verdict: Verdict, memory: Memory) -> None:
    source = candidate.document_id if verdict.outcome == STAGED else verdict.twin_of
    memory.places[candidate.place] = PlaceKnown(
        payload_sha256=candidate.payload_sha256,
        text_sha256=text,
        article_id=verdict.article_id,
        own_key=candidate.own_key,
        canonical_key=candidate.canonical_key,
        document_id=source,
    )
    if verdict.outcome != STAGED or verdict.article_id is None or candidate.own_key is None:
        return
    before = memory.articles.get(verdict.article_id)
    if before is not None and before.text_sha256 is not None:
        forgotten = memory.article_of_text.get(before.text_sha256)
        if forgotten is not None and forgotten[0] == verdict.article_id:
            del memory.article_of_text[before.text_sha256]
    memory.articles[verdict.article_id] = ArticleKnown(
        text_sha256=text,
        own_keys=(before.own_keys if before else frozenset()) | {candidate.own_key},
        document_id=candidate.document_id,
    )
    memory.article_of_text[text] = (verdict.article_id, candidate.document_id)


def _identify(candidate: Candidate, memory: Memory) -> ArticleId:
    """Choose the article that a document is.

    A place keeps its article as long as it is the same page. Else the canonical URL
    names it, unless another page holds that name whose own address differs in more than form
    and whose text agrees by less than half; then its own address does, and at last its place.
    """
    assert candidate.own_key is not None
    before = memory.places.get(candidate.place)
    if (
        before is not None
        and before.article_id is not None
        and _same_page(before, candidate)
        and _owns(before.article_id, candidate, memory)
    ):
        return ArticleId(before.article_id)
    for key in (candidate.canonical_key, candidate.own_key):
        if key is not None and _may_be(article_id_of(key), candidate, memory):
            return article_id_of(key)
    return article_id_of(f"place:{candidate.place}")


def _same_page(before: PlaceKnown, candidate: Candidate) -> bool:
    """Say whether a place still holds the page that it held.

    A page with an address of its own is known by that. A file is another page when its canonical
    URL has changed: a name such as latest.html may be used for another article every day.
    """
    if before.own_key != candidate.own_key:
        return False
    if not str(candidate.own_key).startswith("place:"):
        return True
    return before.canonical_key in (None, candidate.canonical_key)


def _owns(article: str, candidate: Candidate, memory: Memory) -> bool:
    known = memory.articles.get(article)
    return known is None or candidate.own_key in known.own_keys


def _may_be(article: str, candidate: Candidate, memory: Memory) -> bool:
    known = memory.articles.get(article)
    if known is None or candidate.own_key in known.own_keys:
        return True
    if known.text_sha256 == candidate.text_sha256:
        return True
    theirs = (
        memory.document_texts.get(known.document_id)
        if known.document_id
        else memory.article_texts.get(article)
    )
    ours = memory.document_texts.get(candidate.document_id)
    return theirs is not None and ours is not None and agree(ours, theirs)


def _is_withdrawn(article: str, memory: Memory) -> bool:
    known = memory.articles.get(article)
    return known is not None and known.withdrawn


def _withdrawn(candidate: Candidate, memory: Memory) -> Verdict:
    """Refuse what a person withdrew or rejected; once is enough for the same payload."""
    seen = (candidate.place, candidate.payload_sha256 or "")
    if memory.refused.get(seen):
        return Verdict(document_id=candidate.document_id, outcome="unchanged")
    refusal = Refusal(
        stage=Stage.DEDUPE,
        reason=Reason.WITHDRAWN,
        detail="a person withdrew or rejected this; `copydesk release` turns that round",
    )
    return Verdict(document_id=candidate.document_id, outcome="quarantined", refusal=refusal)
