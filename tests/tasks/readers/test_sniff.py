"""What bytes are, from their beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.readers.sniff import BINARY, HTML, JSON, JSONL, TEXT, WARC, binary_type, sniff


@pytest.mark.parametrize(
    ("prefix", "name", "expected"),
    [
        (b"WARC/1.0\r\nWARC-Type: warcinfo", "", WARC),
        (b"WARC/1.1\r\n", "page.html", WARC),
        (b"WARC files are archives of web pages.", "", TEXT),
        (b'{"text": "x"}\n{"text": "y"}\n', "", JSONL),
        (b'{"text": "x"}', "one.json", JSON),
        (b'{"text": "x"}\n{"text": "y"}\n', "many.json", JSONL),
        (b'{\n  "text": "x"\n}', "one.json", JSON),
        (b'{"text": "' + b"x" * 70_000, "", JSONL),
        (b"{Draft} The minister said", "", TEXT),
        (b"not one line is JSON", "a.jsonl", JSONL),
        (b"BM is how this headline begins", "", TEXT),
        (b"BM" + bytes(range(60)) * 3, "", "image/bmp"),
        (b"PAR1" + bytes(40), "", "application/vnd.apache.parquet"),
        (b"PK\3\4" + bytes(40), "report.docx", "application/zip"),
        (b"{\\rtf1 text", "", "application/rtf"),
        (b"<svg xmlns='x'/>", "", "application/xml"),
        (b"<b>Bold</b> claim in a text", "", HTML),
        (b"Prices: a < b > c", "", TEXT),
        (b"The tag <table> is explained here.", "story.txt", TEXT),
        (b"words\n" * 400 + b"<html>", "", TEXT),
        (b"a\0b\0c\0" + b"text " * 400, "", TEXT),
        (b"", "", TEXT),
    ],
)
def test_content_tells_what_it_is(prefix: bytes, name: str, expected: str) -> None:
    assert sniff(prefix, name).media_type == expected


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "windows-1251", "gb18030", "utf-16"])
def test_text_in_no_encoding_is_taken_for_binary(encoding: str) -> None:
    text = "Müller, Приве́т, 新闻报道说, “quoted” — façade. " * 20
    assert binary_type(text.encode(encoding, "ignore")) is None


def test_compressed_and_random_bytes_are_binary() -> None:
    assert binary_type(bytes(range(256)) * 20) == BINARY


@given(st.binary(max_size=3000), st.sampled_from(["", "a.html", "a.json", "a.jsonl", "a.css"]))
def test_sniffing_never_raises(prefix: bytes, name: str) -> None:
    assert sniff(prefix, name).media_type
