"""What a comparison found, added up: bounded, however many documents there are."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks.cleaning.words import word_count
from tasks.comparison.lines import NOWHERE, TEXT, moves
from tasks.comparison.words import Span, word_diff
from tasks.model import CHECK_FAILED

FACTS = (
    "url",
    "canonical_url",
    "site",
    "site_name",
    "title",
    "authors",
    "published_at",
    "published_on",
    "date_flag",
    "modified_at",
    "language",
    "section",
    "tags",
    "image_url",
)
"""What a page tells beside its text. In a replay a change of one alone makes a new revision."""
WORST = 50
SAMPLES = 5
LISTED = 50
SAMPLE_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reading made of a payload: an article, or a refusal with its reason.

    `removed` are (rule, line). `facts` are those of an article, by the names in FACTS. `holding`
    are checks that would hold its whole batch.
    """

    text: str | None
    removed: Sequence[tuple[str, str]]
    facts: Mapping[str, object]
    reason: str | None = None
    detail: str | None = None
    holding: Sequence[str] = ()

    @property
    def failed_check(self) -> str | None:
        """The check that refuses it, the first of them; None where it is no check that does."""
        made, _, check = (self.reason or "").partition(":")
        return check if made == CHECK_FAILED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A document read twice. `private`: it waits for a person, so none of its text is quoted."""

    document_id: str
    batch_id: str
    locator: str
    before: Reading
    after: Reading
    private: bool = False

    @property
    def title(self) -> str | None:
        """The title it has now, or would have."""
        title = self.before.facts.get("title") or self.after.facts.get("title")
        return None if title is None or self.private else str(title)

    @property
    def facts_changed(self) -> tuple[str, ...]:
        """The facts that would make a revision: of equal texts that wait for a person, none."""
        before, after = self.before, self.after
        if self.private and before.text == after.text:
            return ()  # a replay leaves it alone
        return tuple(name for name in FACTS if before.facts.get(name) != after.facts.get(name))

    @property
    def is_revision(self) -> bool:
        """Whether a replay would stage it, for the checks to judge."""
        if self.after.text is None:
            return False
        return self.before.text != self.after.text or bool(self.facts_changed)

    def named(self) -> dict[str, str | None]:
        """Tell which document it is, and why it is or would be refused."""
        return {
            "document_id": self.document_id,
            "batch_id": self.batch_id,
            "locator": self.locator,
            "title": self.title,
            "reason": self.after.reason or self.before.reason,
            "detail": self.after.detail or self.before.detail,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A value that changed, with the document it is of: what it was and what it would be."""

    document_id: str
    before: object
    after: object


@dataclass(slots=True)
class Tallied:
    """How often something changed, in how many documents, and the first few cases."""

    count: int = 0
    documents: int = 0
    samples: list[Sample] = field(default_factory=list)

    def add(self, sample: Sample, *, private: bool) -> None:
        """Count one case."""
        self.count += 1
        if len(self.samples) < SAMPLES and not private:
            self.samples.append(sample)


@dataclass(slots=True)
class Turned:
    """Documents that would become articles, or be none any longer: by reason, and some."""

    reasons: Counter[str] = field(default_factory=Counter)
    listed: list[Compared] = field(default_factory=list)

    def add(self, document: Compared, reason: str) -> None:
        """Count one document."""
        self.reasons[reason] += 1
        if len(self.listed) < LISTED:
            self.listed.append(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """A document with what it would lose and gain; `share` of its words, 0 to 1."""

    document: Compared
    share: float
    words_gone: int
    words_come: int
    facts: tuple[str, ...]

    def diff(self) -> list[Span]:
        """Return the changed passages, word by word; nothing of what waits for a person."""
        if self.document.private:
            return []
        return word_diff(self.document.before.text or "", self.document.after.text or "")


LINE_CHANGES = ("removed", "restored", "retaken", "extracted", "not_extracted")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """Lines that move from one place to another: a rule's name, TEXT or NOWHERE."""

    before: str
    after: str
    tallied: Tallied

    @property
    def kind(self) -> str:
        """Name the change: what is nowhere before or after is extraction's doing."""
        if NOWHERE in (self.before, self.after):
            return "extracted" if self.before == NOWHERE else "not_extracted"
        if TEXT in (self.before, self.after):
            return "removed" if self.before == TEXT else "restored"
        return "retaken"

    @property
    def rule(self) -> str:
        """Name the rule that takes or took the lines, else where extraction put them."""
        return self.after if self.before in (TEXT, NOWHERE) else self.before


@dataclass(slots=True)
class Tally:
    """The sum of all comparisons. `missing` counts documents whose payload is gone.

    Of the row checks, by name: documents that they would refuse and do not now, that they refuse
    and would no longer, and that would hold their batch.
    """

    documents: int = 0
    changed: int = 0
    missing: int = 0
    gained: Turned = field(default_factory=Turned)
    lost: Turned = field(default_factory=Turned)
    otherwise: Counter[tuple[str, str]] = field(default_factory=Counter)
    checks_refusing: Counter[str] = field(default_factory=Counter)
    checks_passing: Counter[str] = field(default_factory=Counter)
    checks_holding: Counter[str] = field(default_factory=Counter)
    moved: defaultdict[tuple[str, str], Tallied] = field(
        default_factory=lambda: defaultdict(Tallied)
    )
    facts: defaultdict[str, Tallied] = field(default_factory=lambda: defaultdict(Tallied))
    _heap: list[tuple[tuple[float, int, int], int, Worst]] = field(default_factory=list)

    def add(self, document: Compared) -> None:
        """Compare the two readings of a document, and count what changed."""
        self.documents += 1
        before, after = document.before, document.after
        self._add_checks(before, after)
        if before.text is None:
            self._add_refused(document)
        elif after.text is None:
            self.changed += 1
            self.lost.add(document, after.reason or "")
            self._rank(document, (), gone=word_count(before.text), come=0)
        else:
            self._add_article(document, before.text, after.text)

    def _add_checks(self, before: Reading, after: Reading) -> None:
        was, would = before.failed_check, after.failed_check
        if was != would:
            self.checks_passing.update([was] if was else [])
            self.checks_refusing.update([would] if would else [])
        self.checks_holding.update(after.holding)

    def _add_refused(self, document: Compared) -> None:
        before, after = document.before.reason or "", document.after.reason or ""
        if document.after.text is not None:
            self.changed += 1
            self.gained.add(document, before)
        elif before != after:
            self.changed += 1
            self.otherwise[before, after] += 1

    def _add_article(self, document: Compared, before: str, after: str) -> None:
        private = document.private
        found = list(moves(before, document.before.removed, after, document.after.removed))
        for move in found:
            sample = Sample(
                document_id=document.document_id, before=move.line[:SAMPLE_CHARS], after=None
            )
            self.moved[move.before, move.after].add(sample, private=private)
        for pair in {(move.before, move.after) for move in found}:
            self.moved[pair].documents += 1
        facts = document.facts_changed
        for name in facts:
            sample = Sample(
                document_id=document.document_id,
                before=document.before.facts.get(name),
                after=document.after.facts.get(name),
            )
            self.facts[name].add(sample, private=private)
            self.facts[name].documents += 1
        if found or facts or before != after:
            self.changed += 1
            gone = sum(word_count(move.line) for move in found if move.before == TEXT)
            come = sum(word_count(move.line) for move in found if move.after == TEXT)
            self._rank(document, facts, gone=gone, come=come)

    def _rank(self, document: Compared, facts: tuple[str, ...], *, gone: int, come: int) -> None:
        """Keep the worst: what would lose or gain the largest share of its words comes first."""
        words = word_count(document.before.text or "") + word_count(document.after.text or "")
        share = (gone + come) / words if words else 0.0
        worst = Worst(document=document, share=share, words_gone=gone, words_come=come, facts=facts)
        entry = ((share, gone + come, len(facts)), -self.documents, worst)
        (heapq.heappush if len(self._heap) < WORST else heapq.heappushpop)(self._heap, entry)

    def lines(self) -> dict[str, list[LineChange]]:
        """Return how lines move, by kind of change, the most frequent first."""
        found: dict[str, list[LineChange]] = {kind: [] for kind in LINE_CHANGES}
        for (before, after), tallied in self.moved.items():
            change = LineChange(before=before, after=after, tallied=tallied)
            found[change.kind].append(change)
        for changes in found.values():
            changes.sort(key=lambda change: (-change.tallied.count, change.before, change.after))
        return found

    def worst(self) -> list[Worst]:
        """Return the documents that change most, the worst first."""
        return [worst for _, _, worst in sorted(self._heap, key=lambda e: e[:2], reverse=True)]
