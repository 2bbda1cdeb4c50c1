"""`replay --diff`: what a replay would change, before anything is."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from rich.text import Text

from flows.cli import DONE
from flows.commands import output
from flows.commands.deciding import existing_desk
from flows.settings import Settings, load_settings
from flows.sources import treatments
from tasks.comparison.tally import LINE_CHANGES, Tallied, Tally, Turned, Worst
from tasks.comparison.words import COME, GONE, SKIPPED
from tasks.errors import UsageError
from tasks.model import RULES_VERSION

_SHOWN = 10
_SHOWN_CHARS = 1_500
_STYLES = {GONE: "red", COME: "green", SKIPPED: "dim"}
_MARKS = {GONE: ("[-", "-]"), COME: ("{+", "+}")}
"""As in the word diffs of version control, so that it is read without colours, too."""
_DOES = {
    "removed": "would be removed",
    "restored": "would come back",
    "retaken": "would be taken by another rule",
    "extracted": "would be extracted",
    "not_extracted": "would not be extracted",
}


def diff(arguments: argparse.Namespace) -> int:
    """Read kept payloads anew, and say what would change; publish and record nothing."""
    if arguments.batch is not None or arguments.from_raw:
        raise UsageError("--diff makes no batch", "leave out --batch and --from-raw")
    if arguments.sample is not None and arguments.sample < 1:
        raise UsageError("--sample must be 1 or more", "leave it out to read all anew")
    settings = load_settings(arguments.home)
    began = time.monotonic()
    tally = _compare(arguments, settings)
    page = _write_page(arguments, tally)
    if arguments.json:
        output.print_json(object_of(tally) | _how(arguments, began) | {"page": str(page)})
        return DONE
    _show(tally)
    output.say(f"report: {page}")
    output.say(f"done in {time.monotonic() - began:.1f} s; nothing was published or recorded")
    return DONE


def _compare(arguments: argparse.Namespace, settings: Settings) -> Tally:
    # The stages are Prefect tasks, called here as functions: only its console must stay silent.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from flows.commands.progress import progress
    from tasks.replay_diff import Trial, compare
    from tasks.sandbox import Sandbox, default_workers

    desk = existing_desk(arguments)
    trial = Trial(
        batches=tuple(arguments.batches),
        site=arguments.site,
        sample=arguments.sample,
        without_rules=tuple(arguments.without_rule),
        treatments=treatments(settings),
    )
    limits = settings.extract
    with (
        Sandbox(
            workers=limits.workers or default_workers(),
            cpu_seconds=limits.cpu_seconds,
            memory_mb=limits.memory_mb,
        ) as sandbox,
        progress(),
    ):
        return compare(desk, sandbox, trial)


def _write_page(arguments: argparse.Namespace, tally: Tally) -> Path:
    from tasks.acquire import now_utc
    from tasks.report_site.trial import write_trial

    settings = [f"rules {RULES_VERSION}", *(f"without {rule}" for rule in arguments.without_rule)]
    settings += [f"batch {batch}" for batch in arguments.batches]
    settings += [f"site {arguments.site}"] if arguments.site else []
    settings += [f"a sample of {arguments.sample}"] if arguments.sample else []
    return write_trial(existing_desk(arguments), tally, settings=settings, made_at=now_utc())


def _how(arguments: argparse.Namespace, began: float) -> dict[str, Any]:
    return {
        "batches": list(arguments.batches),
        "site": arguments.site,
        "sample": arguments.sample,
        "without_rules": list(arguments.without_rule),
        "rules_version": RULES_VERSION,
        "seconds": round(time.monotonic() - began, 3),
    }


def object_of(tally: Tally) -> dict[str, Any]:
    """Return what a trial found, as JSON has it."""
    return {
        "documents": tally.documents,
        "changed": tally.changed,
        "payloads_gone": tally.missing,
        "gained": _turned(tally.gained),
        "lost": _turned(tally.lost),
        "refused_otherwise": [
            {"before": before, "after": after, "documents": count}
            for (before, after), count in tally.otherwise.most_common()
        ],
        "checks": {
            "refusing": dict(tally.checks_refusing.most_common()),
            "passing": dict(tally.checks_passing.most_common()),
            "holding": dict(tally.checks_holding.most_common()),
        },
        "lines": {
            kind: [
                {"rule": change.rule, "before": change.before, "after": change.after}
                | {"lines": change.tallied.count, "documents": change.tallied.documents}
                | {"samples": [(s.document_id, s.before) for s in change.tallied.samples]}
                for change in changes
            ]
            for kind, changes in tally.lines().items()
        },
        "fields": {
            name: {"documents": tallied.documents, "samples": _samples(tallied)}
            for name, tallied in sorted(tally.facts.items())
        },
        "worst": [_worst(worst) for worst in tally.worst()],
    }


def _turned(turned: Turned) -> dict[str, Any]:
    return {
        "documents": turned.reasons.total(),
        "reasons": dict(turned.reasons.most_common()),
        "listed": [document.named() for document in turned.listed],
    }


def _samples(tallied: Tallied) -> list[dict[str, Any]]:
    return [
        {"document_id": s.document_id, "before": s.before, "after": s.after}
        for s in tallied.samples
    ]


def _worst(worst: Worst) -> dict[str, Any]:
    return worst.document.named() | {
        "share": round(worst.share, 4),
        "words_gone": worst.words_gone,
        "words_come": worst.words_come,
        "fields": list(worst.facts),
        "diff": [[span.what, span.text] for span in worst.diff()],
    }


def _show(tally: Tally) -> None:
    """Show what was found, and the worst of it word by word."""
    console = output.console()
    gained, lost = tally.gained.reasons.total(), tally.lost.reasons.total()
    console.print(
        Text(
            f"{tally.documents} documents read anew: {tally.changed} would change, "
            f"{gained} articles gained, {lost} lost"
        )
    )
    if tally.missing:
        output.say(f"the payloads of {tally.missing} documents are gone: they were not compared")
    turned = [
        (what, reason, count)
        for what, counted in (("gained", tally.gained), ("lost", tally.lost))
        for reason, count in counted.reasons.most_common()
    ] + [
        ("refused otherwise", f"{before}, now {after}", count)
        for (before, after), count in tally.otherwise.most_common()
    ]
    if turned:
        output.print_table(("articles", "reason", "documents"), turned)
    checks = [
        (check, does, count)
        for does, counted in (
            ("would refuse", tally.checks_refusing),
            ("would refuse no longer", tally.checks_passing),
            ("would hold the batch for", tally.checks_holding),
        )
        for check, count in counted.most_common()
    ]
    if checks:
        output.print_table(("check", "change", "documents"), checks)
    found = tally.lines()
    lines = [
        (_DOES[kind], c.before, c.after, c.tallied.count, c.tallied.documents, _first(c.tallied))
        for kind in LINE_CHANGES
        for c in found[kind]
    ]
    if lines:
        names = ("change", "from", "to", "lines", "documents", "for instance")
        output.print_table(names, lines)
    if tally.facts:
        facts = [
            (name, tallied.documents, s.before, s.after)
            for name, tallied in sorted(tally.facts.items())
            for s in tallied.samples[:1]
        ]
        output.print_table(("field", "documents", "was, for instance", "would be"), facts)
    for worst in tally.worst()[:_SHOWN]:
        _show_worst(worst)


def _first(tallied: Tallied) -> object:
    return tallied.samples[0].before if tallied.samples else None


def _show_worst(worst: Worst) -> None:
    document = worst.document
    console = output.console()
    head = f"{document.title or 'untitled'} ({document.locator})"
    console.print(Text(output.printable(f"\n{head}"), style="bold"))
    said = f"{worst.share:.1%} of its words: {worst.words_gone} would go, {worst.words_come} come"
    if document.after.text is None:
        said += f"; would be refused: {document.after.reason} ({document.after.detail})"
    if worst.facts:
        said += f"; fields: {', '.join(worst.facts)}"
    console.print(Text(output.printable(said)))
    shown = Text()
    for span in worst.diff():
        text = output.printable(span.text)[: _SHOWN_CHARS - len(shown)]
        if text:
            opens, closes = _MARKS.get(span.what, ("", ""))
            shown.append(f"{opens}{text}{closes}", style=_STYLES.get(span.what))
    if shown:
        console.print(shown, soft_wrap=True)
