"""Small forests of decision trees that say how likely a block is article text.

One answers before the first engine is asked, one after. Trained on labelled pages by
`benchmarks/train_blocks.py`, kept as JSON beside this module, and evaluated here with numpy alone,
so that the line needs no learning library. Same input, same answer, on every machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

BEFORE_FILE = "blocks_before.json"
AFTER_FILE = "blocks_after.json"
_MOST_LEAVES = 16


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees as arrays; every tree is padded to the same number of splits and of leaves.

    `split_features`, `thresholds` and `ruled_out` have a row for each split and a column for each
    tree, `values` a row for each tree and a column for each leaf.

    A row's leaf is found as QuickScorer does it (Lucchese et al., SIGIR 2015): the leaves of a tree
    are the bits of a number, left to right from the lowest; each split that a row does not meet
    rules out the leaves below its left child (the bits of `ruled_out`); of those that are left
    the first is the row's.
    """

    features: tuple[str, ...]
    split_features: NDArray[np.int64]
    thresholds: NDArray[np.float32]
    ruled_out: NDArray[np.uint16]
    values: NDArray[np.float32]

    def likelihood(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give the likelihood, 0 to 1, for each row of `features`."""
        columns = np.ascontiguousarray(rows.T)
        trees, leaves = self.values.shape
        gone = np.zeros((trees, len(rows)), dtype=np.uint16)
        for features, limits, ruled_out in zip(
            self.split_features, self.thresholds, self.ruled_out, strict=True
        ):  # one split of all trees at a time: what that needs stays in the processor's cache
            fails = columns.take(features, axis=0) > limits[:, None]
            gone |= fails * ruled_out[:, None]
        places = _first_left().take(gone) + leaves * np.arange(trees)[:, None]
        score = self.values.ravel().take(places).sum(axis=0, dtype=np.float64)
        likelihood: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-score))
        return likelihood


@cache
def _first_left() -> NDArray[np.int64]:
    """Give the place of the lowest bit that is unset, for each number of 16 bits."""
    unset = ~np.arange(1 << _MOST_LEAVES)
    places: NDArray[np.int64] = np.log2(unset & -unset).astype(np.int64)
    return places


@cache
def forest_before() -> Forest:
    """Read the forest that answers before the first engine is asked (`names_before`)."""
    return read_forest(_kept(BEFORE_FILE))


@cache
def forest_after() -> Forest:
    """Read the forest that knows the first engine's answer (`names_before` and `names_after`)."""
    return read_forest(_kept(AFTER_FILE))


def _kept(name: str) -> str:
    return resources.files("tasks.extraction").joinpath(name).read_text("utf-8")


def read_forest(source: str) -> Forest:
    """Read a forest from JSON: `features`, and `trees` of five lists each.

    The lists: features, thresholds, lefts and rights of the splits; values of the leaves.
    A child of zero or more is a split of the tree, a negative one the leaf with that complement.
    """
    model = json.loads(source)
    trees = model["trees"]
    splits = max(len(tree[0]) for tree in trees)
    if splits >= _MOST_LEAVES:
        raise ValueError(f"a tree has {splits + 1} leaves, {_MOST_LEAVES} are the most")
    shape = (splits, len(trees))
    split_features = np.zeros(shape, dtype=np.int64)
    thresholds = np.zeros(shape, dtype=np.float32)
    ruled_out = np.zeros(shape, dtype=np.uint16)
    values = np.zeros((len(trees), splits + 1), dtype=np.float32)
    for number, (chosen, limits, lefts, rights, leaves) in enumerate(trees):
        split_features[: len(chosen), number] = chosen
        thresholds[: len(limits), number] = limits
        order = _leaves(0, lefts, rights, ruled_out[:, number], 0)
        values[number, : len(order)] = [leaves[leaf] for leaf in order]
    return Forest(tuple(model["features"]), split_features, thresholds, ruled_out, values)


def _leaves(
    node: int, lefts: list[int], rights: list[int], ruled_out: NDArray[np.uint16], first: int
) -> list[int]:
    """List the leaves below a node from left to right, and note what each split rules out.

    `first` is the place of the first of them among the leaves of the tree.
    """
    if node < 0:
        return [~node]
    left = _leaves(lefts[node], lefts, rights, ruled_out, first)
    ruled_out[node] = ((1 << len(left)) - 1) << first
    return left + _leaves(rights[node], lefts, rights, ruled_out, first + len(left))
