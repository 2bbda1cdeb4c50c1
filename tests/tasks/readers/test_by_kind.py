"""What a SOURCE on this machine gives: every document once, every fault on record."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from tasks.errors import SourceUnavailable, UsageError
from tasks.model import Kind, Outcome, RawItem, Reason, Source
from tasks.readers.by_kind import read
from tasks.readers.dispatch import READERS
from tasks.readers.kinds import DATA, DOCUMENTS, KINDS

Take = Callable[..., list[RawItem]]


def reason_of(item: RawItem) -> Reason | None:
    return item.refusal.reason if item.refusal else None


@contextmanager
def unprivileged() -> Iterator[None]:
    """Permissions do not bind root, under which containers run tests."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that others may enter, unlike the one that pytest makes."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


def test_a_page_is_taken_in_as_its_bytes(tmp_path: Path, take: Take, page: bytes) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page)
    (item,) = take(file)
    assert item.payload == page
    assert item.kind is Kind.HTML
    assert item.locator == item.place == str(file)
    assert item.fetched_at == datetime(2024, 11, 20, 12, 0, tzinfo=UTC)
    assert item.refusal is None


def test_locators_are_absolute_and_normalised(
    tmp_path: Path, take: Take, page: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "page.html").write_bytes(page)
    monkeypatch.chdir(tmp_path / "in")
    (item,) = take("../in/.././page.html")
    assert item.locator == str(tmp_path / "page.html")


def test_the_last_link_of_a_path_is_kept_in_its_locator(
    tmp_path: Path, take: Take, page: bytes
) -> None:
    (tmp_path / "2024.html").write_bytes(page)
    (tmp_path / "latest.html").symlink_to(tmp_path / "2024.html")
    (item,) = take(tmp_path / "latest.html")
    assert item.locator == str(tmp_path / "latest.html")


@pytest.mark.parametrize(
    "compress",
    [gzip.compress, zstandard.ZstdCompressor().compress],
    ids=["gzip", "zstd"],
)
def test_compression_of_a_single_file_makes_no_container(
    tmp_path: Path, take: Take, page: bytes, compress: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "page.html.gz"
    file.write_bytes(compress(page))
    (item,) = take(file)
    assert item.locator == str(file)
    assert item.payload == page


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("story.txt", b"<!doctype html><p>Named as a text, written as a page.", Kind.HTML),
        ("story", b"\xef\xbb\xbf  <!-- saved --> <HTML><body>x</body>", Kind.HTML),
        ("story.dat", b'<?xml version="1.0"?>\n<!DOCTYPE html><html><body>x', Kind.HTML),
        ("story.php", b"Warning: cache is cold\n<html><body>x</body></html>", Kind.HTML),
        ("story.html", b"A fragment <br> with a tag and no more.", Kind.HTML),
        ("story.html", b"No tag at all, so this is a text whatever its name.", Kind.TEXT),
        ("www.example.com", b"A text in a file that is named after its site.", Kind.TEXT),
        ("story.md", b"# A headline\n\nAnd a text.", Kind.TEXT),
        ("wide.txt", "Ein Text in UTF-16, ohne Marke davor".encode("utf-16-le"), Kind.TEXT),
        ("wide.htm", "<html><body>Grüße".encode("utf-16"), Kind.HTML),
        ("story.json", b'{\n "title": "x",\n "text": "One record on many lines."\n}', Kind.RECORD),
    ],
)
def test_content_tells_the_kind_and_the_name_only_what_content_leaves_open(
    tmp_path: Path, take: Take, name: str, content: bytes, kind: Kind
) -> None:
    (tmp_path / name).write_bytes(content)
    (item,) = take(tmp_path / name)
    assert (item.kind, item.refusal, item.payload) == (kind, None, content)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("page.html", b"\x89PNG\r\n\x1a\n" + bytes(64), Reason.NOT_HTML),
        ("page.html", bytes(range(256)) * 40, Reason.NOT_HTML),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(64), Reason.UNSUPPORTED_MEDIA_TYPE),
        ("report.pdf", b"%PDF-1.7\n1 0 obj", Reason.UNSUPPORTED_MEDIA_TYPE),
        ("data.bin", bytes(range(256)) * 40, Reason.UNSUPPORTED_MEDIA_TYPE),
        ("feed.xml", b"<?xml version='1.0'?><rss version='2.0'/>", Reason.UNSUPPORTED_MEDIA_TYPE),
        ("style.css", b"body { color: black }", Reason.UNSUPPORTED_MEDIA_TYPE),
        ("list.json", b'[{"text": "one"}, {"text": "two"}]', Reason.BAD_RECORD),
        ("empty.txt", b"", Reason.EMPTY_BODY),
        ("empty.html.gz", gzip.compress(b""), Reason.EMPTY_BODY),
        ("blank.txt", b" \r\n\t\n", Reason.EMPTY_BODY),
    ],
)
def test_what_holds_no_article_is_quarantined_with_its_bytes(
    tmp_path: Path, take: Take, name: str, content: bytes, reason: Reason
) -> None:
    (tmp_path / name).write_bytes(content)
    (item,) = take(tmp_path / name)
    assert reason_of(item) is reason
    assert item.refusal is not None
    assert item.refusal.outcome is Outcome.QUARANTINED
    assert item.payload is not None


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("cut.html.gz", gzip.compress(os.urandom(5000))[:-900], Reason.TRUNCATED_INPUT),
        ("cut.html.gz", b"\x1f\x8b\x08", Reason.TRUNCATED_INPUT),
        ("sum.html.gz", gzip.compress(b"<p>x")[:-8] + bytes(8), Reason.BAD_FILE),
        ("tail.html.gz", gzip.compress(b"<p>x") + b"rubbish", Reason.BAD_FILE),
        ("never.html.gz", bytes(range(256)) * 9, Reason.BAD_FILE),
        (
            "cut.html.zst",
            zstandard.ZstdCompressor().compress(os.urandom(5000))[:-9],
            Reason.TRUNCATED_INPUT,
        ),
        ("bad.html.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 50, Reason.BAD_FILE),
    ],
)
def test_a_broken_archive_fails_and_its_neighbours_are_taken(
    tmp_path: Path, take: Take, name: str, content: bytes, reason: Reason
) -> None:
    (tmp_path / "aa.html").write_bytes(b"<p>first")
    (tmp_path / name).write_bytes(content)
    (tmp_path / "zz.html").write_bytes(b"<p>last")
    first, broken, last = take(tmp_path)
    assert (first.payload, last.payload) == (b"<p>first", b"<p>last")
    assert (reason_of(broken), broken.payload) == (reason, None)
    assert broken.refusal is not None
    assert broken.refusal.outcome is Outcome.FAILED


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_payload_over_the_limit_is_refused_without_being_held(
    tmp_path: Path, take: Take, suffix: str
) -> None:
    content = b"<p>" + b"0" * 50_000_000
    compressors: dict[str, Callable[[bytes], bytes]] = {
        "": bytes,
        ".gz": gzip.compress,
        ".zst": zstandard.ZstdCompressor().compress,
    }
    file = tmp_path / f"bomb.html{suffix}"
    file.write_bytes(compressors[suffix](content))
    (item,) = take(file, max_bytes=10_000)
    assert (reason_of(item), item.payload) == (Reason.TOO_LARGE, None)


def test_a_payload_of_just_the_limit_is_taken(tmp_path: Path, take: Take, page: bytes) -> None:
    (tmp_path / "page.html").write_bytes(page)
    (item,) = take(tmp_path, max_bytes=len(page))
    assert item.payload == page


def test_a_folder_gives_every_file_but_hidden_ones_in_order(
    tmp_path: Path, take: Take, page: bytes
) -> None:
    for name in ["b/2.html", "b/1.html", "a.html", "c.txt", ".hidden.html", "b/.git/config"]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page)
    found = [item.locator.removeprefix(f"{tmp_path}/") for item in take(tmp_path)]
    assert found == ["a.html", "b/1.html", "b/2.html", "c.txt"]


def test_a_hidden_file_is_read_when_it_is_named(tmp_path: Path, take: Take, page: bytes) -> None:
    (tmp_path / ".page.html").write_bytes(page)
    assert len(take(tmp_path / ".page.html")) == 1


def test_links_in_a_circle_end_and_give_each_file_once(
    tmp_path: Path, take: Take, page: bytes
) -> None:
    for name in ["x", "y"]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "up").symlink_to(tmp_path)
        (tmp_path / name / "other").symlink_to(tmp_path / ("y" if name == "x" else "x"))
        (tmp_path / name / "page.html").write_bytes(page)
    assert len(take(tmp_path)) == 2
    assert len(take(f"{tmp_path}/**/*.html")) == 2


def test_links_that_lead_nowhere_are_unreadable_documents(
    tmp_path: Path, take: Take, page: bytes
) -> None:
    (tmp_path / "gone.html").symlink_to(tmp_path / "nothing")
    (tmp_path / "self.html").symlink_to(tmp_path / "self.html")
    (tmp_path / "page.html").write_bytes(page)
    reasons = {item.locator.rsplit("/", 1)[1]: reason_of(item) for item in take(tmp_path)}
    assert reasons == {
        "gone.html": Reason.UNREADABLE,
        "page.html": None,
        "self.html": Reason.UNREADABLE,
    }


def test_a_pipe_in_a_folder_does_not_block(tmp_path: Path, take: Take) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    (item,) = take(tmp_path)
    assert reason_of(item) is Reason.UNREADABLE


def test_a_file_without_permission_is_unreadable_and_its_neighbours_are_taken(
    open_folder: Path, take: Take, page: bytes
) -> None:
    for name in ["a.html", "b.html"]:
        (open_folder / name).write_bytes(page)
    (open_folder / "a.html").chmod(0)
    (open_folder / "closed").mkdir(mode=0)
    with unprivileged():
        items = take(open_folder)
    assert [reason_of(item) for item in items] == [Reason.UNREADABLE, None, Reason.UNREADABLE]
    assert [item.locator for item in items][2] == str(open_folder / "closed")
    (open_folder / "closed").chmod(0o755)


@pytest.mark.parametrize("name", ["page.html", "folder"])
def test_a_source_without_permission_is_unavailable(
    open_folder: Path, take: Take, page: bytes, name: str
) -> None:
    (open_folder / "page.html").write_bytes(page)
    (open_folder / "folder").mkdir()
    (open_folder / name).chmod(0)
    with unprivileged(), pytest.raises(SourceUnavailable) as caught:
        take(open_folder / name)
    (open_folder / name).chmod(0o755)
    assert caught.value.reason is Reason.UNREADABLE
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.html", ["a.html"]),
        ("**/*.html", ["a.html", "b/1.html", "b/c/2.html"]),
        ("b/*", ["b/1.html", "b/c/2.html"]),
        ("[ab]*", ["a.html", "b/1.html", "b/c/2.html"]),
        ("**", ["a.html", "b/1.html", "b/c/2.html"]),
        ("?.html", ["a.html"]),
    ],
)
def test_a_glob_gives_what_it_matches_once_and_folders_as_their_files(
    tmp_path: Path, take: Take, page: bytes, pattern: str, expected: list[str]
) -> None:
    for name in ["a.html", "b/1.html", "b/c/2.html", ".hidden/3.html"]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page)
    items = take(f"{tmp_path}/{pattern}")
    assert [item.locator.removeprefix(f"{tmp_path}/") for item in items] == expected


def test_a_path_that_exists_wins_over_reading_it_as_a_glob(
    tmp_path: Path, take: Take, page: bytes
) -> None:
    for name in ["story[1].html", "story1.html"]:
        (tmp_path / name).write_bytes(page)
    (item,) = take(tmp_path / "story[1].html")
    assert item.locator == str(tmp_path / "story[1].html")


@pytest.mark.parametrize(
    "source", ["missing.html", "*.nothing", "empty", "**bad**/x", "nul\0byte", "gone"]
)
def test_a_source_that_gives_nothing_is_unavailable_in_one_clear_line(
    tmp_path: Path, take: Take, source: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden").write_text("x")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SourceUnavailable) as caught:
        take(tmp_path / source)
    assert caught.value.reason is Reason.UNREADABLE
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("address", ["https://example.org/a", "http://example.org", "s3://b/k"])
def test_addresses_are_unreachable_where_nothing_fetches(take: Take, address: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        take(address)
    assert caught.value.reason is Reason.UNREACHABLE


def test_a_name_with_undecodable_bytes_gives_a_locator_that_is_text(
    tmp_path: Path, take: Take, page: bytes
) -> None:
    for name in [b"caf\xe9.html", b"caf\xea.html"]:
        (tmp_path / os.fsdecode(name)).write_bytes(page)
    locators = [item.locator for item in take(tmp_path)]
    assert len(set(locators)) == 2
    assert all(locator.encode("utf-8") for locator in locators)


def test_an_unknown_kind_is_a_usage_error_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(
            Source(locator=str(tmp_path), kind="pdf"),
            max_bytes=10,
            now=lambda: datetime.now(UTC),
        )
    assert all(kind in caught.value.remedy for kind in KINDS)


def test_every_kind_of_a_file_has_its_reader() -> None:
    assert set(READERS) == {*DOCUMENTS, *DATA}


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("text", b"<p>read as it stands", (Kind.TEXT, None)),
        ("html", b"no tag at all", (Kind.HTML, None)),
        ("html", b"\x89PNG\r\n\x1a\n" + bytes(64), (Kind.HTML, Reason.NOT_HTML)),
        ("jsonl", b"not JSON", (Kind.RECORD, Reason.BAD_LINE)),
        ("warc", b"no WARC at all", (Kind.HTML, Reason.BAD_FILE)),
    ],
)
def test_a_forced_kind_is_obeyed(
    tmp_path: Path,
    take: Take,
    kind: str,
    content: bytes,
    expected: tuple[Kind, Reason | None],
) -> None:
    (tmp_path / "given").write_bytes(content)
    (item,) = take(tmp_path, kind=kind)
    assert (item.kind, reason_of(item)) == expected


def test_what_was_taken_in_already_is_not_read_again(
    tmp_path: Path, take: Take, page: bytes
) -> None:
    for name in ["a.html", "b.html"]:
        (tmp_path / name).write_bytes(page)
    (tmp_path / "c.jsonl").write_text('{"text": "one"}\n{"text": "two"}\n')
    before = take(tmp_path)
    assert take(tmp_path, skip={item.locator for item in before}) == []
    after = take(tmp_path, skip={before[0].locator, before[2].locator})
    assert [item.locator for item in after] == [before[1].locator, before[3].locator]


def test_standard_input_is_one_document(take: Take, page: bytes) -> None:
    (item,) = take("-", stdin=gzip.compress(page))
    assert (item.locator, item.payload, item.kind) == ("stdin#1", page, Kind.HTML)


def test_standard_input_may_be_a_container(take: Take) -> None:
    items = take("-", stdin=b'{"id": 7, "text": "one"}\n\n{"text": "two"}\n')
    assert [item.locator for item in items] == ["stdin#1", "stdin#2"]
    assert items[0].place == "stdin#id:7"


def test_another_text_on_standard_input_is_another_place(take: Take) -> None:
    first, again, other = (
        take("-", stdin=text)[0].place for text in (b"one text", b"one text", b"another")
    )
    assert first == again != other


def test_empty_standard_input_is_an_empty_document(take: Take) -> None:
    (item,) = take("-", stdin=b"")
    assert (item.locator, reason_of(item), item.payload) == ("stdin#1", Reason.EMPTY_BODY, b"")


def test_addresses_on_standard_input_are_a_web_source(take: Take) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        take("-", stdin=b"https://example.org/a\nhttps://example.org/b\n")
    assert caught.value.reason is Reason.UNREACHABLE


def test_standard_input_that_is_missing_is_unavailable(take: Take) -> None:
    with pytest.raises(SourceUnavailable):
        take("-")


def test_standard_input_is_skipped_by_its_number(take: Take) -> None:
    given = b'{"text": "one"}\n{"text": "two"}\n'
    assert [item.locator for item in take("-", stdin=given, skip={"stdin#1"})] == ["stdin#2"]


class _Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False


def test_a_pipe_that_cannot_be_wound_back_is_read_to_its_end(page: bytes) -> None:
    pipe = _Unseekable(gzip.compress(page))
    source = Source(locator="-")
    (item,) = read(source, stdin=pipe, max_bytes=10_000, now=lambda: datetime.now(UTC))
    assert item.payload == page
