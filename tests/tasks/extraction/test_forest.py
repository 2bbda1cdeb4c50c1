"""The forest is bound to its features and answers as its trees say."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tasks.extraction.agreement import merge
from tasks.extraction.blocks import blocks_of
from tasks.extraction.evidence import Opinion, feature_names, features
from tasks.extraction.forest import block_forest, read_forest
from tasks.extraction.parse import parse
from tasks.model import Mode

PAGE = (
    "<html><body><nav><a href='/'>Home</a></nav><article><h1>Ferry returns</h1>"
    "<p>The ferry sails again from Monday.</p><p>Bring coins, the clerk said.</p></article>"
    "</body></html>"
)


def test_the_forest_that_comes_with_copydesk_fits_the_features() -> None:
    assert block_forest().features == feature_names()


def test_a_tree_is_walked_as_written() -> None:
    tree = [[0, 1], [0.5, 2.0], [-1, -2], [1, -3], [-2.0, 0.0, 2.0]]
    forest = read_forest(json.dumps({"features": ["a", "b"], "trees": [tree]}))
    rows = np.array([[0, 9], [1, 1], [1, 3]], dtype=np.float32)
    likely = forest.likelihood(rows)
    assert np.allclose(likely, 1 / (1 + np.exp([2.0, 0.0, -2.0])))


def test_every_block_has_one_row_and_no_feature_is_missing() -> None:
    page = parse(PAGE)
    assert page is not None
    blocks = blocks_of(page.tree)
    rows = features(blocks, Opinion.of("The ferry sails again from Monday."), Opinion.of(""), None)
    assert rows.shape == (len(blocks), len(feature_names()))
    assert np.isfinite(rows).all()


def test_merging_keeps_the_page_order_and_accounts_for_each_line() -> None:
    page = parse(PAGE)
    assert page is not None
    blocks = blocks_of(page.tree)
    texts = [b.text for b in blocks]
    likely = np.array([0.0 if t in ("Home", texts[-1]) else 1.0 for t in texts])
    agreed = merge([texts[0], texts[-1]], blocks, likely)
    assert agreed.lines == tuple(texts[1:-1])
    assert agreed.dropped == (texts[0], texts[-1])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=4))
def test_precision_keeps_nothing_that_auto_drops_nor_auto_what_recall_drops(
    facts: list[tuple[float, bool]],
) -> None:
    page = parse(PAGE)
    assert page is not None
    blocks = blocks_of(page.tree)
    lines = [block.text for block, (_, found) in zip(blocks, facts, strict=True) if found]
    likely = np.array([likelihood for likelihood, _ in facts])
    precise, usual, full = (
        set(merge(lines, blocks, likely, mode).lines)
        for mode in (Mode.PRECISION, Mode.AUTO, Mode.RECALL)
    )
    assert precise <= usual <= full


def test_what_is_neither_likely_nor_unlikely_stays_as_the_engine_has_it() -> None:
    page = parse(PAGE)
    assert page is not None
    blocks = blocks_of(page.tree)
    agreed = merge([blocks[1].text, blocks[2].text], blocks, np.full(len(blocks), 0.45))
    assert agreed.lines == (blocks[1].text, blocks[2].text)
    assert agreed.dropped == ()
