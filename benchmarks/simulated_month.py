"""A simulated month of twelve sites, with known faults: does the gate find them, and nothing else?

Every site lives three weeks, then a month in which each of nine faults befalls it once, on a day
of its own. Days are staged as rows, measured and published by the warehouse; with `--thorough` each
goes through the whole audit, Great Expectations and all, and the reading copy is renewed. Fetching
and extraction are left out. All text is made up here.

Two sites more have no fault: one rests at weekends, one gives something on little over half of the
days. To call either of them silent is a false alarm.

    python benchmarks/simulated_month.py --seed 1 --seeds 5

A fault is found when its site is held in the batch that has it, or named where it is missing from
it. A false alarm is a site held or named on a day without fault; the second figure counts the days
on which any site was.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from expectations.sites.profiles import SiteProfiles, measured_of
from expectations.sites.rules import BaselineRules
from expectations.sites.suite import SILENCE, SITE_CHECKS, WHOLE_BATCH
from tasks.desk import Desk
from warehouse import ledger, staging, store
from warehouse.connect import Connection

FIRST_DAY = date(2026, 3, 2)
PAST_DAYS = 21
MONTH_DAYS = 30
SITES = 12
FAULTS = (
    "menus left in",
    "bodies cut to teasers",
    "dates gone",
    "wrong language",
    "volume down to a fifth",
    "volume ten-fold",
    "consent wall as text",
    "one paragraph on every page",
    "site gone silent",
)
RULES = BaselineRules()
_TELLING = {check.name for check in SITE_CHECKS if check.severity == "hold"} | {SILENCE.name}
_LANGUAGES = ("en", "de", "fr", "es", "pt", "pl")
_REASONS = ("link_list", "too_short", "paywall", "not_article")
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "ro", "su", "ta", "ve", "ki", "mol")


def _prose(chance: random.Random, chars: int) -> str:
    """Write so many characters of words that no language has."""
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(4000)]
    return " ".join(chance.choices(words, k=chars // 6))[:chars]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A newsroom and its habits, drawn once."""

    name: str
    volume: float
    wobble: float
    weekend: tuple[float, float]
    chars: float
    briefs: float
    title: float
    dated: float
    author: float
    weekend_author: float
    languages: tuple[str, str]
    second: float
    refused: float
    repeats: float
    unchanged: float
    removed: float
    sign_off: str | None
    sign_off_share: float
    rests: bool = False
    shown_days: float = 1.0


def _site(number: int, chance: random.Random) -> Site:
    sign_off = f"{_prose(chance, 70)}." if chance.random() < 0.3 else None
    author = chance.uniform(0.3, 0.97)
    return Site(
        name=f"site{number:02d}.example",
        volume=min(260.0, max(14.0, chance.lognormvariate(math.log(45), 0.7))),
        wobble=chance.uniform(0.08, 0.25),
        weekend=(chance.uniform(0.45, 0.85), chance.uniform(0.35, 0.75)),
        chars=chance.uniform(1500, 4500),
        briefs=chance.uniform(0.0, 0.25),
        title=chance.uniform(0.96, 1.0),
        dated=chance.uniform(0.75, 1.0),
        author=author,
        weekend_author=author * chance.uniform(0.7, 1.0),
        languages=(chance.choice(_LANGUAGES), chance.choice(_LANGUAGES)),
        second=chance.choice((0.0, 0.0, 0.03, 0.1)),
        refused=chance.uniform(0.01, 0.15),
        repeats=chance.uniform(0.0, 0.06),
        unchanged=chance.uniform(0.1, 0.5),
        removed=chance.uniform(0.0, 5.0),
        sign_off=sign_off,
        sign_off_share=chance.uniform(0.4, 0.9),
    )


@dataclass(slots=True)
class World:
    """All sites, the stream their prose is cut from, and a count of the pages that ever were.

    `irregular` sites have no fault.
    """

    chance: random.Random
    sites: list[Site]
    irregular: list[Site]
    stream: str
    pages: int = 0

    @classmethod
    def made(cls, seed: int) -> World:
        """Draw a world."""
        chance = random.Random(seed)  # noqa: S311 - a world, not a secret
        return cls(
            chance=chance,
            sites=[_site(number, chance) for number in range(1, SITES + 1)],
            irregular=[
                replace(_site(SITES + 1, chance), rests=True),
                replace(_site(SITES + 2, chance), shown_days=0.55),
            ],
            stream=_prose(chance, 3_000_000),
        )

    def line(self, chars: int) -> str:
        """Cut a paragraph that was never there before."""
        start = self.chance.randrange(len(self.stream) - chars)
        return self.stream[start : start + chars].strip() + "."

    def body(self, site: Site) -> list[str]:
        """Write the paragraphs of an article of a site."""
        chars = self.chance.lognormvariate(math.log(site.chars), 0.55)
        if self.chance.random() < site.briefs:
            chars = self.chance.uniform(300, 700)
        lines = []
        while chars > 0:
            length = self.chance.randint(120, 420)
            lines.append(self.line(length))
            chars -= length
        return lines


def _volume(site: Site, day: date, chance: random.Random) -> int:
    """Draw how much is new on a day: the weekday's share, a gamma wobble, a burst now and then."""
    weekday = day.weekday()
    usual = site.volume * (site.weekend[weekday - 5] if weekday >= 5 else 1.0)
    burst = 1.6 if chance.random() < 0.03 else 1.0
    shape = 1 / site.wobble**2
    return max(
        1,
        round(
            chance.gauss(0, math.sqrt(usual)) * 0.5
            + usual * burst * chance.gammavariate(shape, 1 / shape)
        ),
    )


@dataclass(slots=True)
class Rows:
    """A day's batch, as rows of the two staging tables."""

    batch_id: str
    sequence: int
    day: date
    documents: list[dict[str, Any]] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)

    def add(self, world: World, site: Site, outcome: str, reason: str | None = None) -> str:
        """Take a document in; return its id."""
        world.pages += 1
        url = f"https://{site.name}/{world.pages}"
        document_id = sha256(f"{self.batch_id} {url}".encode()).hexdigest()[:24]
        self.documents.append(
            {
                "document_id": document_id,
                "batch_id": self.batch_id,
                "batch_sequence": self.sequence,
                "position": len(self.documents),
                "source": "simulated",
                "locator": url,
                "place": url,
                "kind": "html",
                "url": url,
                "site": site.name,
                "payload_bytes": 1,
                "fetched_at": _noon(self.day),
                "shard_path": "none",
                "own_key": url,
                "outcome": outcome,
                "stage": "extract" if reason else None,
                "reason": reason,
                "article_id": document_id if outcome == "staged" else None,
                "rules_version": "simulated",
            }
        )
        return document_id

    def stage(self, world: World, site: Site, fault: str | None, shape: Shape) -> None:
        """Take an article in, damaged as the day's fault will have it."""
        chance = world.chance
        weekend = self.day.weekday() >= 5
        lines = world.body(site)
        if site.sign_off and chance.random() < site.sign_off_share:
            lines.append(site.sign_off)
        if shape.campaign and chance.random() < shape.campaign_share:
            lines.append(shape.campaign)
        title = world.line(60) if chance.random() < site.title else None
        dated = chance.random() < site.dated
        language = site.languages[int(chance.random() < site.second)]
        if fault and chance.random() < shape.reach:
            lines, dated, language = shape.damaged(fault, world, lines, dated, language, title)
            if fault == "bodies cut to teasers" and chance.random() < shape.refused:
                self.add(world, site, "quarantined", "too_short")
                return
        text = "\n".join(lines)
        digest = sha256(text.encode()).hexdigest()
        if digest in shape.texts:
            self.add(world, site, "duplicate")
            return
        shape.texts.add(digest)
        document_id = self.add(world, site, "staged")
        document = self.documents[-1]
        named = chance.random() < (site.weekend_author if weekend else site.author)
        self.articles.append(
            {
                "batch_id": self.batch_id,
                "document_id": document_id,
                "position": document["position"],
                "article_id": document_id,
                "locator": document["locator"],
                "fetched_at": document["fetched_at"],
                "url": document["url"],
                "own_key": document["url"],
                "site": site.name,
                "title": title,
                "authors": ["Ilo Renn"] if named else [],
                "published_on": self.day if dated else None,
                "date_source": "json-ld" if dated else None,
                "language": language,
                "text": text,
                "text_sha256": digest,
                "text_chars": len(text),
                "text_words": text.count(" ") + 1,
                "lines_removed": min(40, int(chance.expovariate(1 / (site.removed + 0.01)))),
                "extractor": "simulated",
            }
        )


@dataclass(slots=True)
class Shape:
    """What all pages of a site have in common on a day."""

    reach: float
    refused: float
    other_language: str
    menu: list[str]
    paragraph: str
    wall: list[str]
    wall_names_title: bool
    campaign: str | None
    campaign_share: float
    texts: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, world: World, site: Site) -> Shape:
        """Draw a day's shape."""
        chance = world.chance
        return cls(
            reach=chance.uniform(0.85, 1.0),
            refused=chance.uniform(0.0, 0.4),
            other_language=next(x for x in _LANGUAGES if x not in site.languages),
            menu=[world.line(chance.randint(6, 22)) for _ in range(chance.randint(12, 25))],
            paragraph=world.line(chance.randint(80, 300)),
            wall=[world.line(chance.randint(80, 200)) for _ in range(4)],
            wall_names_title=chance.random() < 0.5,
            campaign=world.line(50) if chance.random() < 0.1 else None,
            campaign_share=chance.uniform(0.1, 0.3),
        )

    def damaged(
        self,
        fault: str,
        world: World,
        lines: list[str],
        dated: bool,
        language: str,
        title: str | None,
    ) -> tuple[list[str], bool, str]:
        """Damage one article; faults of volume damage none."""
        if fault == "menus left in":
            cut = world.chance.randint(0, 2)
            return self.menu[cut:] + lines, dated, language
        if fault == "bodies cut to teasers":
            return [lines[0][: world.chance.randint(110, 260)]], dated, language
        if fault == "dates gone":
            return lines, False, language
        if fault == "wrong language":
            return lines, dated, self.other_language
        if fault == "consent wall as text":
            return [*([title] if title and self.wall_names_title else []), *self.wall], dated, "en"
        if fault == "one paragraph on every page":
            where = world.chance.randint(0, len(lines))
            return [*lines[:where], self.paragraph, *lines[where:]], dated, language
        return lines, dated, language


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _fill(rows: Rows, world: World, site: Site, fault: str | None) -> None:
    chance = world.chance
    rests = site.rests and rows.day.weekday() >= 5
    if fault == "site gone silent" or rests or chance.random() >= site.shown_days:
        return
    shape = Shape.of(world, site)
    fresh = _volume(site, rows.day, chance)
    if fault == "volume down to a fifth":
        fresh = max(1, round(fresh / 5))
    elif fault == "volume ten-fold":
        fresh *= 10
    refused_share = min(0.6, site.refused * chance.lognormvariate(0, 0.4))
    for _ in range(fresh):
        draw = chance.random()
        if draw < refused_share:
            rows.add(world, site, "quarantined", chance.choice(_REASONS))
        elif draw < refused_share + site.repeats:
            rows.add(world, site, "duplicate")
        else:
            rows.stage(world, site, fault, shape)
    for _ in range(round(fresh * site.unchanged * chance.uniform(0.5, 1.5))):
        rows.add(world, site, "unchanged")


def _stage(connection: Connection, rows: Rows) -> None:
    for table, found in (("document", rows.documents), ("article", rows.articles)):
        described = connection.execute(f"SELECT * FROM staging.{table} LIMIT 0").description or []
        names = [name for name, *_ in described if any(name in row for row in found[:1])]
        arrow = pa.table({name: [row[name] for row in found] for name in names})
        connection.register("simulated", arrow)
        connection.execute(f"INSERT INTO staging.{table} BY NAME SELECT * FROM simulated")
        connection.unregister("simulated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the gate said in one simulated month."""

    seed: int
    found: Counter[str]
    missed: tuple[str, ...]
    seeded: Counter[str]
    clean_site_days: int
    false_alarms: tuple[str, ...]
    clean_days: int
    alarmed_days: int
    whole_batches_held: int
    seconds: float

    @property
    def found_share(self) -> float:
        """Of the faults, how many were found."""
        return self.found.total() / self.seeded.total()

    @property
    def false_share(self) -> float:
        """Of the days of a site without fault, on how many it was held or named."""
        return len(self.false_alarms) / self.clean_site_days

    @property
    def alarmed_day_share(self) -> float:
        """Of all days judged, on how many any site without fault was held or named."""
        return self.alarmed_days / self.clean_days


def simulate(seed: int, home: Path, *, sites: int = SITES, thorough: bool = False) -> Outcome:
    """Live the past and the month of one world on a desk of its own."""
    began = time.monotonic()
    world = World.made(seed)
    world.sites = world.sites[:sites]
    faults = {
        site.name: dict(
            zip(
                world.chance.sample(range(PAST_DAYS, PAST_DAYS + MONTH_DAYS), len(FAULTS)),
                world.chance.sample(FAULTS, len(FAULTS)),
                strict=True,
            )
        )
        for site in world.sites
    }
    found: Counter[str] = Counter()
    missed: list[str] = []
    false: list[str] = []
    clean = alarmed = whole = 0
    desk = Desk(home=home)
    desk.create()
    with desk.writing("simulation") as connection:
        for number in range(PAST_DAYS + MONTH_DAYS):
            day = FIRST_DAY + timedelta(days=number)
            rows = _day(connection, world, number, day, faults)
            gate = _audited if thorough else _measured
            why = gate(connection, desk, rows)
            whole += why is None
            told = why or {}
            before = len(false)
            for site in (*world.sites, *world.irregular):
                fault = faults.get(site.name, {}).get(number)
                if fault is None:
                    clean += number >= RULES.min_batches
                    if site.name in told:
                        false.append(f"{day} {site.name}: {told[site.name]}")
                elif site.name in told:
                    found[fault] += 1
                else:
                    missed.append(f"{day} {site.name} ({site.volume:.0f} a day): {fault}")
            alarmed += len(false) > before
    return Outcome(
        seed=seed,
        found=found,
        missed=tuple(missed),
        seeded=Counter(fault for days in faults.values() for fault in days.values()),
        clean_site_days=clean,
        false_alarms=tuple(false),
        clean_days=PAST_DAYS + MONTH_DAYS - RULES.min_batches,
        alarmed_days=alarmed,
        whole_batches_held=whole,
        seconds=time.monotonic() - began,
    )


def _day(
    connection: Connection,
    world: World,
    number: int,
    day: date,
    faults: dict[str, dict[int, str]],
) -> Rows:
    """Live one day: open its batch and stage what the sites gave."""
    batch = ledger.open_batch(
        connection,
        f"day-{number:03d}",
        kind="run",
        rules_version="simulated",
        options="{}",
        sources=[("simulated", None, None)],
    )
    connection.execute(
        "UPDATE ops.batch SET started_at = $at WHERE batch_id = $b",
        {"at": _noon(day), "b": batch.batch_id},
    )
    rows = Rows(batch_id=batch.batch_id, sequence=batch.sequence, day=day)
    for site in (*world.sites, *world.irregular):
        _fill(rows, world, site, faults.get(site.name, {}).get(number))
    _stage(connection, rows)
    return rows


def _measured(connection: Connection, desk: Desk, rows: Rows) -> dict[str, str] | None:
    """Measure and publish; return the sites told of and why. What `_audited` does, by its heart."""
    from tasks.audit import calendar_of

    profiles = SiteProfiles(
        now=staging.profile_sites(connection, rows.batch_id, refused={}),
        history=staging.site_history(
            connection, batch_sequence=rows.sequence, batches=RULES.window
        ),
        calendar=calendar_of(connection, ledger.find_batch(connection, rows.batch_id), RULES),
    )
    told: dict[str, str] = {}
    for site, measures in measured_of(profiles, RULES).items():
        for measure in measures:
            outside = not measure.band.low <= measure.value <= measure.band.high
            if outside and measure.check in _TELLING and site != WHOLE_BATCH:
                told[site] = f"{measure.check} ({measure.value:.2f}, usually {measure.band})"
    held = told.keys() & {str(profile["site"]) for profile in profiles.now}
    store.publish(
        connection,
        batch_id=rows.batch_id,
        batch_sequence=rows.sequence,
        rules_version="simulated",
        gate="partly_held" if held else "published",
        why=None,
        held_sites=held,
        checks=[],
        balanced=lambda books: None,
    )
    return told


def _audited(connection: Connection, desk: Desk, rows: Rows) -> dict[str, str] | None:
    """Audit and publish; return the sites told of and why, None where the whole batch was held."""
    from tasks.audit import GateRules, audit
    from tasks.publish import publish

    gate = GateRules(min_documents=20, max_refused_share=0.5, keep_runs=5, baselines=RULES)
    batch = ledger.find_batch(connection, rows.batch_id)
    taken = len(rows.documents)
    gated = audit.fn(connection, desk, batch, taken, gate)
    publish.fn(connection, desk, batch, taken, gated, nothing_read=False)
    return None if gated.hold else {**gated.silent_sites, **gated.held_sites}


def main(words: Sequence[str] | None = None) -> int:
    """Print what was found and missed; exit 1 where the bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many months")
    parser.add_argument("--thorough", action="store_true", help="through the whole audit")
    arguments = parser.parse_args(words)
    passed = True
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        with tempfile.TemporaryDirectory(prefix="copydesk-month-") as folder:
            said = simulate(seed, Path(folder), thorough=arguments.thorough)
        print(
            f"seed {seed}: found {said.found.total()} of {said.seeded.total()}"
            f" ({said.found_share:.1%}), false alarms {len(said.false_alarms)} of"
            f" {said.clean_site_days} site-days ({said.false_share:.2%}), on {said.alarmed_days}"
            f" of {said.clean_days} days ({said.alarmed_day_share:.1%});"
            f" whole batches held {said.whole_batches_held}; {said.seconds:.0f} s"
        )
        for line in said.missed:
            print(f"  missed: {line}")
        for line in said.false_alarms:
            print(f"  false:  {line}")
        passed &= said.found_share >= 0.9 and said.alarmed_day_share <= 0.02
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
