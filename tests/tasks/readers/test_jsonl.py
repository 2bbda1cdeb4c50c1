"""Lines in, records out: each line that is not blank is one document, good or bad."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.model import Kind, Outcome, RawItem, Reason, Source
from tasks.readers.by_kind import read
from tasks.readers.streams import compression_of

from .conftest import NOW

Take = Callable[..., list[RawItem]]


def reason_of(item: RawItem) -> Reason | None:
    return item.refusal.reason if item.refusal else None


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.txt", "a"])
@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_each_line_is_a_record_whatever_the_name_and_compression(
    tmp_path: Path, take: Take, name: str, compress: Callable[[bytes], bytes]
) -> None:
    lines = [b'{"text": "one", "url": "https://example.org/1"}', b'{"text": "two"}']
    (tmp_path / name).write_bytes(compress(b"\r\n".join(lines)))
    items = take(tmp_path / name)
    assert [item.payload for item in items] == lines
    assert [item.locator for item in items] == [f"{tmp_path / name}#1", f"{tmp_path / name}#2"]
    assert {item.kind for item in items} == {Kind.RECORD}
    assert items[0].url == "https://example.org/1"


def test_blank_lines_count_in_locators_and_are_no_documents(tmp_path: Path, take: Take) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'\n{"text": "one"}\n\n  \n{"text": "two"}')
    assert [item.locator.rpartition("#")[2] for item in take(file)] == ["2", "5"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", Reason.BAD_LINE),
        (b"\xff\xfe\xfd", Reason.BAD_LINE),
        (b"[" * 100_000, Reason.BAD_LINE),
        (b'{"text": ' + b"9" * 5000 + b"}", Reason.BAD_LINE),
        (b"[1, 2]", Reason.BAD_RECORD),
        (b"null", Reason.BAD_RECORD),
        (b'{"title": "No text"}', Reason.BAD_RECORD),
        (b'{"text": null}', Reason.BAD_RECORD),
        (b'{"text": " "}', Reason.EMPTY_BODY),
    ],
)
def test_a_bad_line_is_quarantined_with_its_bytes_and_the_rest_goes_on(
    tmp_path: Path, take: Take, line: bytes, reason: Reason
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"text": "one"}\n' + line + b'\n{"text": "three"}\n')
    first, bad, last = take(file)
    assert (reason_of(first), reason_of(bad), reason_of(last)) == (None, reason, None)
    assert bad.payload == line
    assert bad.refusal is not None
    assert bad.refusal.outcome is Outcome.QUARANTINED


def test_a_line_over_the_limit_is_refused_and_the_rest_goes_on(tmp_path: Path, take: Take) -> None:
    file = tmp_path / "a.jsonl"
    long = json.dumps({"text": "0" * 500_000}).encode()
    file.write_bytes(b'{"text": "one"}\n' + long + b'\n{"text": "three"}\n' + long)
    items = take(file, max_bytes=200_000)
    assert [reason_of(i) for i in items] == [None, Reason.TOO_LARGE, None, Reason.TOO_LARGE]
    assert [i.locator.rpartition("#")[2] for i in items] == ["1", "2", "3", "4"]
    assert items[1].payload is None


@pytest.mark.parametrize("field", ["id", "_id", "uuid", "guid"])
def test_the_place_of_a_record_is_its_own_id(tmp_path: Path, take: Take, field: str) -> None:
    file = tmp_path / "a.jsonl"
    records = [{field: 7, "text": "seven"}, {field: "x/8", "text": "eight"}]
    file.write_text("\n".join(map(json.dumps, records)))
    before = {item.payload: item.place for item in take(file)}
    file.write_text("\n".join(map(json.dumps, reversed(records))))
    after = {item.payload: item.place for item in take(file)}
    assert before == after
    assert set(after.values()) == {f"{file}#id:7", f"{file}#id:x/8"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(b'{"text": "one"}\n' * 9)[:-12], Reason.TRUNCATED_INPUT),
        (gzip.compress(b'{"text": "one"}\n') + b"rubbish", Reason.BAD_FILE),
    ],
)
def test_lines_before_the_break_are_kept_and_the_break_is_a_failed_document(
    tmp_path: Path, take: Take, content: bytes, reason: Reason
) -> None:
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(content)
    *lines, end = take(file)
    assert lines
    assert all(item.refusal is None for item in lines)
    assert (end.locator, reason_of(end)) == (f"{file}#end", reason)
    assert end.refusal is not None
    assert end.refusal.outcome is Outcome.FAILED


def test_a_line_that_was_cut_off_is_not_passed_as_a_line(tmp_path: Path, take: Take) -> None:
    file = tmp_path / "a.jsonl.gz"
    noise = [json.dumps({"text": "x", "n": n * 7919}) for n in range(4000)]
    whole = "\n".join(noise).encode()
    packed = gzip.compress(whole)
    file.write_bytes(packed[: len(packed) // 2])
    *lines, end = take(file)
    assert reason_of(end) is Reason.TRUNCATED_INPUT
    assert [item.payload for item in lines] == whole.split(b"\n")[: len(lines)]


@given(
    st.lists(st.one_of(st.just(b""), st.binary(max_size=300).map(lambda b: b.replace(b"\n", b""))))
)
def test_every_line_that_is_not_blank_is_one_document(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    content = b"\n".join(lines)
    assume(compression_of(content) is None)  # a file that begins like an archive is read as one
    file = tmp_path_factory.mktemp("lines") / "a.jsonl"
    file.write_bytes(content)
    source = Source(locator=str(file), kind="jsonl")
    items = list(read(source, max_bytes=200, now=lambda: NOW))
    expected = [n for n, line in enumerate(lines, 1) if line.strip() or len(line) > 200]
    if content:
        assert [int(item.locator.rpartition("#")[2]) for item in items] == expected
