"""A small forest of decision trees that says how likely a block is article text.

Trained on labelled pages by `benchmarks/train_blocks.py`, kept as JSON beside this module, and
evaluated here with numpy alone, so that the line needs no learning library. Same input, same
answer, on every machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

MODEL_FILE = "blocks.json"


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees as arrays; every tree is padded to the same number of splits and leaves.

    `paths[t, s, l]` is +1 where leaf `l` of tree `t` needs split `s` to go left, -1 for right, 0
    where the split is not above the leaf; `depths[t, l]` counts the splits above it.
    """

    features: tuple[str, ...]
    split_features: NDArray[np.int64]
    thresholds: NDArray[np.float32]
    paths: NDArray[np.float32]
    depths: NDArray[np.float32]
    values: NDArray[np.float32]

    def likelihood(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give the likelihood, 0 to 1, for each row of `features`."""
        trees, splits = self.split_features.shape
        if len(rows) == 0:
            return np.zeros(0)
        goes_left = rows[:, self.split_features.ravel()] <= self.thresholds.ravel()
        signs = np.where(goes_left, np.float32(1), np.float32(-1))
        by_tree = signs.reshape(len(rows), trees, splits).transpose(1, 0, 2)
        reached = by_tree @ self.paths == self.depths[:, None, :]
        score = np.einsum("tnl,tl->n", reached, self.values, dtype=np.float64)
        likelihood: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-score))
        return likelihood


@cache
def block_forest() -> Forest:
    """Read the forest that comes with copydesk."""
    source = resources.files("tasks.extraction").joinpath(MODEL_FILE).read_text("utf-8")
    return read_forest(source)


def read_forest(source: str) -> Forest:
    """Read a forest from JSON: `features`, and `trees` of five lists each.

    The lists: features, thresholds, lefts and rights of the splits; values of the leaves.
    A child of zero or more is a split of the tree, a negative one the leaf with that complement.
    """
    model = json.loads(source)
    trees = model["trees"]
    splits = max(len(tree[0]) for tree in trees)
    shape = (len(trees), splits)
    split_features = np.zeros(shape, dtype=np.int64)
    thresholds = np.zeros(shape, dtype=np.float32)
    paths = np.zeros((*shape, splits + 1), dtype=np.float32)
    depths = np.full((len(trees), splits + 1), -1.0, dtype=np.float32)  # padding is never reached
    values = np.zeros((len(trees), splits + 1), dtype=np.float32)
    for number, (chosen, limits, lefts, rights, leaves) in enumerate(trees):
        split_features[number, : len(chosen)] = chosen
        thresholds[number, : len(limits)] = limits
        values[number, : len(leaves)] = leaves
        ways: list[tuple[int, list[tuple[int, int]]]] = [(0, [])]
        while ways:
            node, way = ways.pop()
            if node >= 0:
                ways.append((lefts[node], [*way, (node, 1)]))
                ways.append((rights[node], [*way, (node, -1)]))
                continue
            for split, side in way:
                paths[number, split, ~node] = side
            depths[number, ~node] = len(way)
    return Forest(tuple(model["features"]), split_features, thresholds, paths, depths, values)
