"""The forests are bound to their features and answer as their trees say."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from tasks.extraction import engine_trafilatura
from tasks.extraction.agreement import FURNITURE_BELOW, furniture, merge
from tasks.extraction.blocks import layout_of
from tasks.extraction.evidence import Evidence, Opinion, names_after, names_before
from tasks.extraction.forest import forest_after, forest_before, read_forest
from tasks.extraction.parse import parse
from tasks.model import Mode

PAGE = (
    "<html><body><nav><a href='/'>Home</a></nav><article><h1>Ferry returns</h1>"
    "<p>The ferry sails again from Monday.</p><p>Bring coins, the clerk said.</p></article>"
    "</body></html>"
)


def test_the_forests_that_come_with_copydesk_fit_the_features() -> None:
    assert forest_before().features == names_before()
    assert forest_after().features == names_before() + names_after()


def test_a_tree_is_walked_as_written() -> None:
    tree = [[0, 1], [0.5, 2.0], [-1, -2], [1, -3], [-2.0, 0.0, 2.0]]
    forest = read_forest(json.dumps({"features": ["a", "b"], "trees": [tree]}))
    rows = np.array([[0, 9], [1, 1], [1, 3]], dtype=np.float32)
    likely = forest.likelihood(rows)
    assert np.allclose(likely, 1 / (1 + np.exp([2.0, 0.0, -2.0])))


def test_every_block_has_one_row_and_no_feature_is_missing() -> None:
    page = parse(PAGE)
    assert page is not None
    blocks = layout_of(page.tree).blocks
    evidence = Evidence.of(blocks, Opinion.of(""), None)
    rows = evidence.with_first(Opinion.of("The ferry sails again from Monday."))
    assert evidence.rows.shape == (len(blocks), len(names_before()))
    assert rows.shape == (len(blocks), len(names_before()) + len(names_after()))
    assert np.isfinite(rows).all()


def test_the_outermost_elements_of_which_all_is_furniture_are_hidden_from_the_engine() -> None:
    page = parse(
        "<html><body><div><nav><ul><li>Home</li><li>Sport</li></ul></nav>"
        "<div><p>Share this</p><p>The ferry sails again.</p></div></div></body></html>"
    )
    assert page is not None
    layout = layout_of(page.tree)
    assert [b.text for b in layout.blocks] == [
        "Home", "Sport", "Share this", "The ferry sails again."
    ]  # fmt: skip
    sure, doubted = FURNITURE_BELOW - 0.01, FURNITURE_BELOW
    hidden = furniture(layout, np.array([sure, sure, sure, doubted]))
    assert [(e.tag, e.text_content()) for e in hidden] == [
        ("nav", "HomeSport"),
        ("p", "Share this"),
    ]
    assert furniture(layout, np.full(4, doubted)) == []


def test_the_engine_sees_nothing_of_what_is_hidden_and_leaves_the_tree_as_it_was() -> None:
    sentences = " ".join(f"The ferry number {n} sails again from Monday." for n in range(20))
    page = parse(
        f"<html><body><article><p id='cut'>{sentences}</p>"
        f"<p>{sentences.replace('ferry', 'tram')}</p></article></body></html>"
    )
    assert page is not None
    before = html.tostring(page.tree)
    shown = engine_trafilatura.main_text(page.tree, url=None, fast=True)
    cut = engine_trafilatura.main_text(
        page.tree, url=None, fast=True, without=[page.tree.get_element_by_id("cut")]
    )
    assert "ferry" in shown
    assert "ferry" not in cut
    assert "tram" in cut
    assert html.tostring(page.tree) == before


def test_merging_keeps_the_page_order_and_accounts_for_each_line() -> None:
    page = parse(PAGE)
    assert page is not None
    blocks = layout_of(page.tree).blocks
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
    blocks = layout_of(page.tree).blocks
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
    blocks = layout_of(page.tree).blocks
    agreed = merge([blocks[1].text, blocks[2].text], blocks, np.full(len(blocks), 0.45))
    assert agreed.lines == (blocks[1].text, blocks[2].text)
    assert agreed.dropped == ()


def test_a_row_or_cell_of_data_is_not_hidden_without_its_table() -> None:
    rows = (
        "<table><tr><td>Year</td><td>Flow</td></tr><tr><td>1998</td><td>41.5</td></tr></table>"
        "<p>The weir holds.</p>"
    )
    layout = layout_of(html.document_fromstring(rows))
    sure, doubted = FURNITURE_BELOW / 2, FURNITURE_BELOW
    assert furniture(layout, np.array([doubted, sure, sure, sure, doubted])) == []
    whole = furniture(layout, np.array([sure, sure, sure, sure, doubted]))
    assert [element.tag for element in whole] == ["table"]


def test_a_cell_of_links_is_hidden() -> None:
    menu = "<table><tr><td><a href='/a'>News</a></td><td>The weir holds.</td></tr></table>"
    layout = layout_of(html.document_fromstring(menu))
    hidden = furniture(layout, np.array([FURNITURE_BELOW / 2, FURNITURE_BELOW]))
    assert [element.tag for element in hidden] == ["td"]
