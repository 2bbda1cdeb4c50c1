"""Train the forest that weighs blocks (`tasks/extraction/blocks.json`) on labelled pages.

    python -m benchmarks.train_blocks SETDIR [--check]

SETDIR holds `gold.jsonl` and `html/<id>.html.gz`. Needs lightgbm beside the project's own
dependencies. `--check` trains five times on four fifths of the sites and prints the text's F1 on
the rest, so that no page is judged by a forest that has seen its site; without it the forest of
all pages is written.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np

from benchmarks.quality import page_scores, summed_f1
from tasks.extraction.agreement import ask_engines, is_dump, merge
from tasks.extraction.blocks import Block, blocks_of, lines_of, words_of
from tasks.extraction.decode import decode
from tasks.extraction.evidence import Opinion, feature_names, features
from tasks.extraction.metadata import site, structured, title
from tasks.extraction.parse import drop_unseen, parse

ROUNDS = 150
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
    """One labelled page: features and labels of its blocks (-1: unknown), and what to merge."""

    gold: dict[str, object]
    rows: np.ndarray
    labels: np.ndarray
    blocks: list[Block]
    lines: list[str]


def read_example(gold: dict[str, object], html: str) -> Example | None:
    """Measure one page; None where it has no block."""
    page = parse(html)
    if page is None:
        return None
    url = gold["url"] if str(gold.get("url") or "").startswith("http") else None
    claims = structured.gather(page.tree, url=url)
    headline, _ = title.decide_title(claims, site_name=site.site_name_of(claims), url=url)
    blocks = blocks_of(page.tree)
    drop_unseen(page.tree)
    if not blocks:
        return None
    first, second = ask_engines(page, url=url)
    lines = [line for line in lines_of(first) if not is_dump(line, blocks)]
    rows = features(blocks, Opinion.of("\n".join(lines)), Opinion.of(second), headline)
    return Example(gold, rows, label(blocks, gold), blocks, lines)


def label(blocks: list[Block], gold: dict[str, object]) -> np.ndarray:
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
    for value, key in ((1.0, "withs"), (0.0, "withouts")):
        for segment in gold.get(key) or []:
            for index, block in enumerate(blocks):
                if f" {words_of(segment)} " in f" {block.words} ":
                    labels[index] = value
    return labels


def train(examples: list[Example]) -> lightgbm.Booster:
    """Train on pages of equal weight; within a page a block weighs the root of its words."""
    rows, labels, weights = [], [], []
    for example in examples:
        known = example.labels >= 0
        if not known.any():
            continue
        sizes = np.array([b.words.count(" ") + 1.0 for b in example.blocks])[known] ** 0.5
        share = 1.0 if example.gold.get("text") else _SEGMENT_WEIGHT
        rows.append(example.rows[known])
        labels.append(example.labels[known])
        weights.append(share * sizes / (sizes.sum() + 50))
    weight = np.concatenate(weights)
    data = lightgbm.Dataset(
        np.concatenate(rows), label=np.concatenate(labels), weight=weight / weight.mean()
    )
    return lightgbm.train(PARAMETERS, data, ROUNDS)


def exported(booster: lightgbm.Booster) -> str:
    """Write a forest as `tasks.extraction.forest.read_forest` reads it."""
    trees = []
    for info in booster.dump_model()["tree_info"]:
        splits: dict[int, tuple[int, float, int, int]] = {}
        leaves: dict[int, float] = {}

        def walk(
            node: dict[str, object],
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
    model = {"features": list(feature_names()), "trees": trees}
    return json.dumps(model, separators=(",", ":"))


def fold_of(gold: dict[str, object]) -> int:
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
    if not options.check:
        target = Path(__file__).resolve().parents[1] / "tasks" / "extraction" / "blocks.json"
        target.write_text(exported(train(examples)), "utf-8")
        print(f"{len(examples)} pages -> {target.name}", file=sys.stderr)
        return
    scores: dict[str, list[tuple[float | None, float]]] = {}
    for fold in range(FOLDS):
        booster = train([e for e in examples if fold_of(e.gold) != fold])
        for example in examples:
            if fold_of(example.gold) == fold and example.gold.get("text"):
                merged = merge(example.lines, example.blocks, booster.predict(example.rows))
                score = page_scores(str(example.gold["text"]), "\n".join(merged.lines))
                for kind in ("all", str(example.gold["gold_kind"])):
                    scores.setdefault(kind, []).append(score)
    for kind, pages in scores.items():
        print(f"{kind:12s} n={len(pages)} f1={summed_f1(pages):.4f}")


if __name__ == "__main__":
    main()
