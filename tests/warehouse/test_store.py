from __future__ import annotations

import pytest

from tests.warehouse.conftest import House, make_clean
from warehouse import ledger, staging, store
from warehouse.connect import translated
from warehouse.errors import DiskFull, UnknownBatch
from warehouse.sql import query

STAGING = ("document", "article", "removed_line")
BOOKS = ("published", "unchanged", "duplicate", "quarantined", "failed", "held")


def staged(house: House) -> dict[str, list[tuple[object, ...]]]:
    return {t: house.rows(f"SELECT * FROM staging.{t} ORDER BY ALL") for t in STAGING}


def everything(house: House) -> dict[str, list[tuple[object, ...]]]:
    tables = house.rows(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE NOT internal AND NOT temporary"
    )
    return {str(t): house.rows(f"SELECT * FROM {t} ORDER BY ALL") for (t,) in tables}


def test_loading_twice_is_loading_once(house: House) -> None:
    documents = [make_clean(n, "b") for n in range(3)] + [make_clean(3, "b", refused=True)]
    assert house.load("b", documents) == 4
    once = staged(house)
    assert house.load("b", documents, again=2) == 4
    assert staged(house) == once
    assert len(once["article"]) == 3
    assert len(once["removed_line"]) == 4


def test_a_batch_that_is_loaded_leaves_the_staging_of_another(house: House) -> None:
    house.load("a", [make_clean(0, "a")])
    house.load("b", [make_clean(1, "b")])
    house.load("b", [make_clean(1, "b")])
    assert [row[0] for row in house.rows("SELECT batch_id FROM staging.article ORDER BY 1")] == [
        "a",
        "b",
    ]


def test_what_is_published_is_out_of_staging_and_in_the_views(house: House) -> None:
    house.load("b", [make_clean(0, "b"), make_clean(1, "b", refused=True)])
    house.publish("b")
    assert all(not rows for rows in staged(house).values())
    assert house.rows("SELECT title, revision FROM articles") == [("Story 0", 1)]
    assert house.rows("SELECT reason FROM quarantine") == [("too_short",)]
    assert house.rows("SELECT status, documents FROM batches") == [("published", 2)]


def test_publishing_a_batch_again_changes_nothing(house: House) -> None:
    house.load("b", [make_clean(0, "b")])
    house.publish("b")
    before = house.rows("SELECT * EXCLUDE (batch_sequence) FROM published.article_revision")
    house.load("b", [make_clean(0, "b")])
    house.publish("b")
    after = house.rows("SELECT * EXCLUDE (batch_sequence) FROM published.article_revision")
    assert after == before
    assert house.rows("SELECT count(*) FROM checks") == [(1,)]


@pytest.mark.parametrize(
    "at", ["publish_revisions", "publish_documents", "publish_removed_lines", "record_checks"]
)
def test_a_publish_that_stops_half_way_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    house.load("a", [make_clean(0, "a")])
    house.publish("a")
    house.load("b", [make_clean(0, "b", text="Another text."), make_clean(1, "b")])
    before = everything(house)

    def stop(*_: object) -> None:
        raise RuntimeError(at)

    if at == "record_checks":
        monkeypatch.setattr(store, at, stop)
    else:
        monkeypatch.setattr(store, "query", lambda name: query(name) if name != at else stop())
    with pytest.raises(RuntimeError, match=at):
        house.publish("b")
    assert everything(house) == before
    assert house.rows("SELECT status FROM batches ORDER BY batch_id") == [
        ("published",),
        ("running",),
    ]
    monkeypatch.undo()
    house.publish("b")
    assert house.rows("SELECT count(*) FROM articles") == [(2,)]


def test_a_load_that_stops_half_way_leaves_what_was_staged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.load("b", [make_clean(0, "b")])
    before = staged(house)

    def stop(name: str) -> str:
        if name == "load_removed_lines":
            raise RuntimeError(name)
        return query(name)

    monkeypatch.setattr(staging, "query", stop)
    with pytest.raises(RuntimeError):
        house.load("b", [make_clean(5, "b")])
    assert staged(house) == before


def test_the_books_of_every_batch_balance(house: House) -> None:
    house.load("b", [make_clean(n, "b", refused=n % 2 == 1) for n in range(7)])
    house.publish("b")
    books = store.counts(house.connection, "b")
    assert books["documents"] == sum(books[name] for name in BOOKS) == 7
    assert (books["published"], books["quarantined"]) == (4, 3)


def test_an_edited_place_is_a_new_revision_and_the_newest_is_shown(house: House) -> None:
    house.load("a", [make_clean(0, "a")])
    house.publish("a")
    house.load("b", [make_clean(0, "b", text="A new text altogether.")])
    house.publish("b")
    assert house.rows("SELECT revision, text FROM articles") == [(2, "A new text altogether.")]
    assert house.rows("SELECT revision FROM article_revisions ORDER BY 1") == [(1,), (2,)]


def test_held_articles_are_in_no_view(house: House) -> None:
    house.load("b", [make_clean(0, "b")])
    house.publish("b", gate="held")
    assert house.rows("SELECT count(*) FROM article_revisions") == [(0,)]
    assert house.rows("SELECT outcome FROM documents") == [("held",)]
    assert store.status_of(house.connection, "b")[0] == "held"


def test_an_unknown_batch_is_named(house: House) -> None:
    with pytest.raises(UnknownBatch, match="nowhere"):
        ledger.find_batch(house.connection, "nowhere")


def test_a_full_disk_is_named_with_the_file() -> None:
    import duckdb

    with pytest.raises(DiskFull, match=r"/h/warehouse\.duckdb"), translated("/h/warehouse.duckdb"):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")
