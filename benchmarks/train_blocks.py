"""Train the forests that weigh blocks (`tasks/extraction/blocks_*.json`) on labelled pages.

    python -m benchmarks.train_blocks SETDIR [--check]

SETDIR holds `gold.jsonl` and `html/<id>.html.gz`. Needs lightgbm beside the project's own
dependencies. Forests are trained five times on four fifths of the sites, so that the furniture that
is hidden from the first engine is told by one that has not seen the site. `--check` prints the
text's F1 of such forests; without it those of all pages are written.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from benchmarks.quality import Gold, page_scores, summed_f1
from tasks.extraction import engine_resiliparse
from tasks.extraction.agreement import ask_first, furniture, is_dump, merge
from tasks.extraction.blocks import Block, Layout, layout_of, lines_of, words_of
from tasks.extraction.decode import decode
from tasks.extraction.evidence import Evidence, Opinion, names_after, names_before
from tasks.extraction.forest import AFTER_FILE, BEFORE_FILE
from tasks.extraction.metadata import site, structured, title
from tasks.extraction.parse import Page, drop_unseen, parse

ROUNDS_BEFORE = 60
ROUNDS_AFTER = 150
PARAMETERS = {
    "objective": "cross_entropy",
    "learning_rate": 0.07,
    "num_leaves": 15,
    "min_data_in_leaf": 150,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10,
    "seed": 1,
    "deterministic": True,
    "verbosity": -1,
}
FOLDS = 5
_FEWEST_SHINGLED = 6  # words; shorter blocks are article or not, longer ones may be so in part
_SEGMENT_WEIGHT = 0.9  # of a page of which only a few segments are labelled


@dataclass(slots=True)
class Example:
    """One labelled page: its blocks, what is known of them, their labels (-1: unknown)."""

    gold: Gold
    page: Page
    url: str | None
    layout: Layout
    second: str
    evidence: Evidence
    labels: np.ndarray


@dataclass(slots=True)
class Answer:
    """What the first engine says of an example: its lines, and the rows that follow from them."""

    lines: list[str]
    rows: np.ndarray


def read_example(gold: Gold, html: str) -> Example | None:
    """Measure one page; None where it has no block."""
    page = parse(html)
    if page is None:
        return None
    url = str(gold["url"]) if str(gold.get("url") or "").startswith("http") else None
    claims = structured.gather(page.tree, url=url)
    headline, _ = title.decide_title(claims, site_name=site.site_name_of(claims), url=url)
    layout = layout_of(page.tree)
    drop_unseen(page.tree)
    if not layout.blocks:
        return None
    second = engine_resiliparse.main_text(page.source)
    evidence = Evidence.of(layout.blocks, Opinion.of(second), headline)
    return Example(gold, page, url, layout, second, evidence, label(layout.blocks, gold))


def ask(example: Example, likelihood: np.ndarray) -> Answer:
    """Ask the first engine, which does not see what is unlikely beyond doubt."""
    hidden = furniture(example.layout, likelihood)
    first = ask_first(example.page, hidden, example.second, url=example.url)
    lines = [line for line in lines_of(first) if not is_dump(line, example.layout.blocks)]
    return Answer(lines, example.evidence.with_first(Opinion.of("\n".join(lines))))


def label(blocks: list[Block], gold: Gold) -> np.ndarray:
    """Give the share of each block that is article text, -1 where the truth does not say."""
    labels = np.full(len(blocks), -1.0)
    if gold.get("text"):
        truth = Opinion.of(str(gold["text"]))
        words = truth.joined.split()
        shingles = set(zip(words, words[1:], words[2:], words[3:], strict=False))
        for index, block in enumerate(blocks):
            own = block.words.split()
            if truth.has(block.words):
                labels[index] = 1.0
            elif len(own) < _FEWEST_SHINGLED:
                labels[index] = 0.0
            else:
                runs = list(zip(own, own[1:], own[2:], own[3:], strict=False))
                labels[index] = sum(run in shingles for run in runs) / len(runs)
        return labels
    for value, segments in ((1.0, gold.get("withs")), (0.0, gold.get("withouts"))):
        for segment in segments or []:
            for index, block in enumerate(blocks):
                if f" {words_of(segment)} " in f" {block.words} ":
                    labels[index] = value
    return labels


def train(examples: list[Example], rows: list[np.ndarray], rounds: int) -> lightgbm.Booster:
    """Train on pages of equal weight; within a page a block weighs the root of its words."""
    known_rows, labels, weights = [], [], []
    for example, measured in zip(examples, rows, strict=True):
        known = example.labels >= 0
        if not known.any():
            continue
        sizes = np.array([b.words.count(" ") + 1.0 for b in example.layout.blocks])[known] ** 0.5
        share = 1.0 if example.gold.get("text") else _SEGMENT_WEIGHT
        known_rows.append(measured[known])
        labels.append(example.labels[known])
        weights.append(share * sizes / (sizes.sum() + 50))
    weight = np.concatenate(weights)
    data = lightgbm.Dataset(
        np.concatenate(known_rows), label=np.concatenate(labels), weight=weight / weight.mean()
    )
    return lightgbm.train(PARAMETERS, data, rounds)


def unseen(examples: list[Example], rows: list[np.ndarray], rounds: int) -> list[np.ndarray]:
    """Give the likelihoods of each example's blocks by a forest that has not seen its site."""
    folds = [fold_of(example.gold) for example in examples]
    likelihoods: dict[int, np.ndarray] = {}
    for fold in range(FOLDS):
        others = [n for n, its in enumerate(folds) if its != fold]
        booster = train([examples[n] for n in others], [rows[n] for n in others], rounds)
        for n in (n for n, its in enumerate(folds) if its == fold):
            likelihoods[n] = np.asarray(booster.predict(rows[n]))
    return [likelihoods[n] for n in range(len(examples))]


def exported(booster: lightgbm.Booster, names: tuple[str, ...]) -> str:
    """Write a forest as `tasks.extraction.forest.read_forest` reads it."""
    trees = []
    for info in booster.dump_model()["tree_info"]:
        splits: dict[int, tuple[int, float, int, int]] = {}
        leaves: dict[int, float] = {}

        def walk(
            node: dict[str, Any],
            splits: dict[int, tuple[int, float, int, int]] = splits,
            leaves: dict[int, float] = leaves,
        ) -> int:
            if "split_index" not in node:
                index = int(node.get("leaf_index", 0))
                leaves[index] = round(float(node["leaf_value"]), 5)
                return ~index
            index = int(node["split_index"])
            left, right = walk(node["left_child"]), walk(node["right_child"])
            splits[index] = (node["split_feature"], float(f"{node['threshold']:.6g}"), left, right)
            return index

        walk(info["tree_structure"])
        columns = zip(*(splits[i] for i in range(len(splits))), strict=True)
        trees.append([*map(list, columns), [leaves[i] for i in range(len(leaves))]])
    model = {"features": list(names), "trees": trees}
    return json.dumps(model, separators=(",", ":"))


def fold_of(gold: Gold) -> int:
    """Put all pages of a site into one fold, the same on every machine."""
    name = str(gold.get("site") or gold["id"])
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def main() -> None:
    """Train and write, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("setdir", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    examples = []
    for line in (options.setdir / "gold.jsonl").read_text("utf-8").split("\n"):
        gold = json.loads(line or "null")
        if gold is None:
            continue
        if gold["gold_kind"] != "regression-snapshot":
            payload = gzip.decompress(
                (options.setdir / "html" / f"{gold['id']}.html.gz").read_bytes()
            )
            example = read_example(gold, decode(payload, charset=None, html=True).text)
            if example is not None:
                examples.append(example)
    before = [example.evidence.rows for example in examples]
    looks = unseen(examples, before, ROUNDS_BEFORE)
    answers = [ask(example, look) for example, look in zip(examples, looks, strict=True)]
    after = [answer.rows for answer in answers]
    if options.check:
        check(examples, answers, unseen(examples, after, ROUNDS_AFTER))
        return
    target = Path(__file__).resolve().parents[1] / "tasks" / "extraction"
    for name, rows, rounds, names in (
        (BEFORE_FILE, before, ROUNDS_BEFORE, names_before()),
        (AFTER_FILE, after, ROUNDS_AFTER, names_before() + names_after()),
    ):
        (target / name).write_text(exported(train(examples, rows, rounds), names), "utf-8")
        print(f"{len(examples)} pages -> {name}", file=sys.stderr)


def check(examples: list[Example], answers: list[Answer], likelihoods: list[np.ndarray]) -> None:
    """Print the F1 of the text, of all pages and by the kind of their truth."""
    scores: dict[str, list[tuple[float | None, float]]] = {}
    for example, answer, likelihood in zip(examples, answers, likelihoods, strict=True):
        if example.gold.get("text"):
            merged = merge(answer.lines, example.layout.blocks, likelihood)
            score = page_scores(str(example.gold["text"]), "\n".join(merged.lines))
            for kind in ("all", str(example.gold["gold_kind"])):
                scores.setdefault(kind, []).append(score)
    for kind, pages in scores.items():
        print(f"{kind:12s} n={len(pages)} f1={summed_f1(pages):.4f}")


if __name__ == "__main__":
    main()
