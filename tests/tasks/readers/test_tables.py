"""Tables: each row a record, columns guessed or stated, memory flat."""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.extraction.record import Record, parse_record
from tasks.model import Kind, RawItem, Reason, Source
from tasks.readers.by_kind import read
from tasks.readers.tables import guess_columns
from warehouse.errors import QueryRefused
from warehouse.foreign import rows_of

Take = Callable[..., list[RawItem]]
Pack = Callable[[list[dict[str, Any]]], bytes]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = [
    {"id": "1", "Headline": "A bridge", "Body": "It opens,\nat last.", "Link": "https://x.org/1"},
    {"id": "2", "Headline": "A ferry", "Body": "It sails.", "Link": "https://x.org/2"},
]


def as_csv(rows: list[dict[str, Any]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def as_arrow(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    with pa.ipc.new_file(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def as_arrow_stream(rows: list[dict[str, Any]], *, at_once: int = 64) -> bytes:
    buffer = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(buffer, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=at_once)
    return buffer.getvalue()


def record_of(item: RawItem) -> Record:
    record = parse_record(item.payload or b"")
    assert isinstance(record, Record)
    return record


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.csv", as_csv),
        ("a.parquet", as_parquet),
        ("a.arrow", as_arrow),
        ("b.arrow", as_arrow_stream),
        ("a.arrows", as_arrow_stream),
        ("a.bin", as_arrow_stream),
    ],
)
def test_each_row_is_a_record_whose_columns_are_guessed(
    name: str, pack: Pack, take: Take, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(pack(ROWS))
    items = take(path)
    assert [(i.locator, i.place, i.kind, i.url) for i in items] == [
        (f"{path}#1", f"{path}#id:1", Kind.RECORD, "https://x.org/1"),
        (f"{path}#2", f"{path}#id:2", Kind.RECORD, "https://x.org/2"),
    ]
    record = record_of(items[0])
    assert (record.title, record.text) == ("A bridge", "It opens,\nat last.")
    assert [i.locator for i in take(path, skip={f"{path}#1"})] == [f"{path}#2"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_delimiters_and_encodings_of_spreadsheets_are_read(
    delimiter: str, encoding: str, take: Take, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(as_csv([{"title": "Brücke", "text": "Größe, überall"}], delimiter, encoding))
    (item,) = take(path)
    assert (record_of(item).title, record_of(item).text) == ("Brücke", "Größe, überall")


@pytest.mark.parametrize(("name", "pack"), [("a.csv", as_csv), ("a.parquet", as_parquet)])
def test_a_table_without_an_article_is_one_row_that_names_its_columns(
    name: str, pack: Pack, take: Take, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(pack([{"price": "1", "colour": "red"}] * 3))
    (item,) = take(path)
    assert item.refusal is not None
    assert item.refusal.reason is Reason.BAD_RECORD
    assert "price, colour" in item.refusal.detail


def test_columns_may_be_stated_and_one_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(as_parquet([{"korpus": "Es war einmal.", "adresse": "https://x.org/1"}]))

    def taken(**columns: str) -> list[RawItem]:
        source = Source(locator=str(path))
        return list(read(source, max_bytes=10**6, now=lambda: NOW, columns=columns))

    (item,) = taken(text="korpus", url="adresse")
    assert (item.url, item.refusal) == ("https://x.org/1", None)
    (item,) = taken(text="corpus")
    assert item.refusal is not None
    assert item.refusal.detail == "no column is named corpus; there are: korpus, adresse"


def test_a_bad_row_is_refused_and_the_rest_goes_on(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"title,text\nA,one\nB,two,three\nC,four\n")
    found = [item.refusal.reason if item.refusal else None for item in take(path)]
    assert found == [None, Reason.BAD_LINE, None]


@pytest.mark.parametrize(("name", "pack"), [("a.parquet", as_parquet), ("a.arrow", as_arrow)])
def test_a_broken_table_is_one_failed_document(
    name: str, pack: Pack, take: Take, tmp_path: Path
) -> None:
    path = tmp_path / name
    packed = pack(ROWS)
    path.write_bytes(packed[: len(packed) // 2])
    (item,) = take(path)
    assert item.refusal is not None
    assert item.refusal.reason is Reason.BAD_FILE


def test_an_arrow_stream_that_is_cut_off_keeps_the_rows_before(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    packed = as_arrow_stream(ROWS * 4, at_once=2)
    whole = [item.locator for item in take_bytes(take, path, packed)]
    assert len(whole) == 8
    for cut in range(len(packed) // 4, len(packed) - 8, 97):
        items = take_bytes(take, path, packed[:cut])
        *rows, last = items
        assert [item.locator for item in rows] == whole[: len(rows)]
        assert last.refusal is None or last.refusal.reason in {
            Reason.TRUNCATED_INPUT,
            Reason.BAD_FILE,
        }


def take_bytes(take: Take, path: Path, content: bytes) -> list[RawItem]:
    path.write_bytes(content)
    return take(path)


def test_a_compressed_arrow_stream_that_breaks_says_so(take: Take, tmp_path: Path) -> None:
    packed = gzip.compress(as_arrow_stream([{"text": f"{n} words"} for n in range(3000)]))
    items = take_bytes(take, tmp_path / "a.arrow.gz", packed[: len(packed) // 2])
    assert len(items) > 1
    assert items[-1].locator.endswith("#end")
    assert items[-1].refusal is not None
    assert items[-1].refusal.reason is Reason.TRUNCATED_INPUT


def test_an_arrow_stream_whose_places_lie_is_refused_not_obeyed(take: Take, tmp_path: Path) -> None:
    """Arrow itself believes a text that begins beyond its column, and ends the process."""
    table = pa.table({"text": ["It opens at last.", "It sails.", "It lands."]})
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    places = b"".join(n.to_bytes(4, "little") for n in (0, 17, 26, 35))
    lying = places.replace((26).to_bytes(4, "little"), b"\xff\xff\xff\x7f")
    assert places in buffer.getvalue()
    path = tmp_path / "lying.arrows"
    path.write_bytes(buffer.getvalue().replace(places, lying))
    [item] = take(path)
    assert item.refusal is not None
    assert item.refusal.reason is Reason.TRUNCATED_INPUT


def test_an_arrow_message_may_not_be_larger_than_any_machine(take: Take, tmp_path: Path) -> None:
    bomb = b"\xff\xff\xff\xff" + (2**31 - 8).to_bytes(4, "little") + bytes(10_000)
    (item,) = take_bytes(take, tmp_path / "a.arrow", bomb)
    assert item.refusal is not None
    assert item.refusal.reason is Reason.TOO_LARGE


def test_cells_that_are_no_text_become_text(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    row = {"html": "<p>Grüße</p>".encode(), "date": datetime(2026, 11, 2, tzinfo=UTC), "n": None}
    path.write_bytes(as_parquet([row]))
    (item,) = take(path)
    record = record_of(item)
    assert (record.html, record.date) == ("<p>Grüße</p>", "2026-11-02T00:00:00+00:00")


def test_a_cell_that_python_has_no_value_for_costs_no_row(take: Take, tmp_path: Path) -> None:
    """A year beyond 9999, an unknown zone and text that is no UTF-8 are what writers let pass."""
    texts = pa.array([b"It opens.", b"It opens, as caf\xe9s do.", b"It sails."])
    table = pa.table({
        "text": pa.Array.from_buffers(pa.string(), 3, texts.buffers()),
        "url": [f"https://x.org/{n}" for n in range(3)],
        "day": pa.array([19_000, 19_001, 10_000_000], pa.date32()),
        "date": pa.array([0, 2**60, 0], pa.timestamp("us", tz="Nowhere/Atlantis")),
    })  # fmt: skip
    path = tmp_path / "odd.parquet"
    pq.write_table(table, path)
    records = [parse_record(item.payload or b"") for item in take(path)]
    assert [record.text for record in records if isinstance(record, Record)] == [
        "It opens.",
        "It opens, as cafés do.",
        "It sails.",
    ]


def test_a_cell_that_nothing_can_be_made_of_refuses_its_row(take: Take, tmp_path: Path) -> None:
    days = pa.array([[19_000], [10_000_000], None], pa.list_(pa.date32()))
    table = pa.table({"text": ["It opens.", "It closes.", "It sails."], "days": days})
    path = tmp_path / "nested.parquet"
    pq.write_table(table, path)
    items = take(path)
    refused = [item.refusal for item in items if item.refusal]
    assert len(items) == 3
    assert [refusal.reason for refusal in refused] == [Reason.BAD_LINE]
    assert "under days" in refused[0].detail


def test_a_query_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(as_parquet(ROWS))

    def taken(sql: str) -> list[RawItem]:
        source = Source(locator=sql, kind="query", name="mine")
        return list(read(source, max_bytes=10**6, now=lambda: NOW, query=rows_of))

    (item,) = taken(f"SELECT Body AS text, Link AS url FROM '{tmp_path}/a.parquet' WHERE id = '2'")
    assert (item.locator, item.url) == ("query:mine#1", "https://x.org/2")
    with pytest.raises(QueryRefused):
        taken("SELECT nothing FROM nowhere")


def test_object_stores_are_read_like_folders(take: Take, page: bytes) -> None:
    import fsspec

    store = fsspec.filesystem("memory")
    store.pipe({"/desk/a.html": page, "/desk/b.csv": as_csv(ROWS), "/desk/.hidden": b"x"})
    found = [item.locator for item in take("memory://desk")]
    assert found == ["memory:///desk/a.html", "memory:///desk/b.csv#1", "memory:///desk/b.csv#2"]
    assert [item.locator for item in take("memory://desk/*.html")] == found[:1]


def test_guesses_can_be_shown() -> None:
    assert guess_columns(["Body", "Link", "colour"]) == {"Body": "text", "Link": "url"}


_MEASURE = """
import re, sys
from pathlib import Path
from datetime import UTC, datetime
from tasks.model import Source
from tasks.readers.by_kind import read
source = Source(locator=sys.argv[1])
count = sum(1 for _ in read(source, max_bytes=10**6, now=lambda: datetime.now(UTC)))
print(count, re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.csv", as_csv), ("a.parquet", as_parquet), ("a.arrow", as_arrow_stream)],
)
def test_memory_does_not_grow_with_the_table(name: str, pack: Pack, tmp_path: Path) -> None:
    peaks = []
    for count in (100, 10_000):
        rows = [{"title": f"T{n}", "text": f"{n} words " * 300} for n in range(count)]
        path = tmp_path / f"{count}-{name}"
        path.write_bytes(pack(rows))
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True
        )
        found, peak = map(int, done.stdout.split())
        assert found == count
        peaks.append(peak)
    assert peaks[1] <= 1.3 * peaks[0]
