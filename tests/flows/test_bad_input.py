"""Bad input: one clear line naming the thing and the remedy, and what was good is processed."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Desk, story
from tests.flows.conftest import ask, call, one_line
from warehouse import lock
from warehouse.connect import connect

pytestmark = pytest.mark.prefect

RECORD = (
    "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:{n}>\r\n"
    "WARC-Target-URI: https://www.herald.example/{n}\r\nWARC-Date: 2026-03-01T00:00:00Z\r\n"
    "Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
)


def warc(count: int) -> bytes:
    records = b""
    for n in range(count):
        body = story(40 + n).encode()
        records += RECORD.format(n=n, length=len(body)).encode() + body + b"\r\n\r\n"
    return records


def jsonl() -> bytes:
    good = [json.dumps({"id": str(n), "text": story(50 + n)}) for n in range(2)]
    return "\n".join([good[0], "{not json", '["a list"]', good[1], ""]).encode()


BAD: dict[str, tuple[bytes, set[tuple[str, str]], int]] = {
    # name -> bytes, (outcome, reason) of what is bad in it, articles that are good in it
    "empty.txt": (b"", {("quarantined", "empty_body")}, 0),
    "picture.html": (
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        {("quarantined", "not_html")},
        0,
    ),
    "noise.html": (bytes(range(256)) * 40, {("quarantined", "not_html")}, 0),
    "broken.txt.gz": (b"\x1f\x8b\x08\x00 no gzip at all", {("failed", "bad_file")}, 0),
    "named-only.txt.gz": (bytes(range(256)) * 40, {("failed", "bad_file")}, 0),
    "cut.txt.gz": (
        gzip.compress(story(60).encode())[:-200],
        {("failed", "truncated_input")},
        0,
    ),
    "cut.warc": (warc(3)[:-300], {("failed", "truncated_input")}, 2),
    "lines.jsonl": (jsonl(), {("quarantined", "bad_line"), ("quarantined", "bad_record")}, 2),
}


@pytest.fixture(scope="module")
def taken(
    tmp_path_factory: pytest.TempPathFactory, prefect_api: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """All bad files beside two good ones, in one run; its report and its documents."""
    folder = tmp_path_factory.mktemp("bad")
    inbox, home = folder / "inbox", folder / "home"
    inbox.mkdir()
    for name, (payload, _, _) in BAD.items():
        (inbox / name).write_bytes(payload)
    for n in range(2):
        (inbox / f"good{n}.txt").write_text(story(n), "utf-8")
    (inbox / "a link.txt").symlink_to(inbox / "nowhere")
    os.mkfifo(inbox / "pipe.txt")
    (inbox / "ring").symlink_to(inbox)
    (Path(os.fsdecode(bytes(inbox) + b"/not-\xff-utf8.txt"))).write_text(story(70), "utf-8")
    said = call("run", inbox, "--home", home, "--json")
    assert "Traceback" not in said.err
    documents = ask("sql", "SELECT * FROM documents", "--home", home, "--json").object["rows"]
    return said.object | {"code": said.code}, documents


def test_one_bad_file_ends_no_run(taken: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    report, documents = taken
    assert report["code"] == 0, report
    counts = report["counts"]
    good = 3 + sum(good for _, _, good in BAD.values())
    assert counts["published"] == good
    assert counts["documents"] == len(documents) == sum(counts.values()) - counts["documents"]
    assert len({row["locator"] for row in documents}) == len(documents)


@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_is_on_record_and_what_is_good_in_it_is_published(
    taken: tuple[dict[str, Any], list[dict[str, Any]]], name: str
) -> None:
    _, expected, good = BAD[name]
    mine = [row for row in taken[1] if f"/{name}" in row["locator"]]
    bad = {(row["outcome"], row["reason"]) for row in mine if row["outcome"] != "published"}
    assert bad == expected
    assert len(mine) - len([row for row in mine if row["reason"]]) == good
    for row in mine:
        assert row["reason"] is None or row["detail"]


@pytest.mark.parametrize("name", ["a link.txt", "pipe.txt"])
def test_what_is_no_file_is_unreadable_and_blocks_nothing(
    taken: tuple[dict[str, Any], list[dict[str, Any]]], name: str
) -> None:
    (row,) = [row for row in taken[1] if row["locator"].endswith(f"/{name}")]
    assert (row["outcome"], row["reason"]) == ("failed", "unreadable")


def test_a_file_whose_name_is_no_text_is_taken_in(
    taken: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    (row,) = [row for row in taken[1] if "not-" in row["locator"]]
    assert row["outcome"] == "published"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the right to read away from root")
def test_an_unreadable_file_fails_alone(tmp_path: Path, prefect_api: str) -> None:
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    inbox.mkdir()
    for n in range(2):
        (inbox / f"{n}.txt").write_text(story(n), "utf-8")
    (inbox / "1.txt").chmod(0)
    home.mkdir()
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    os.chown(home, 65534, 65534)

    def become_nobody() -> None:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)

    try:
        found = subprocess.run(
            [sys.executable, "-c", "import flows.cli"],
            cwd=ROOT,
            capture_output=True,
            preexec_fn=become_nobody,
            check=False,
        )
    except PermissionError:
        pytest.skip("this Python cannot be run by another user")
    if found.returncode:
        pytest.skip("this Python cannot be run by another user")
    said = call(
        "run",
        inbox,
        "--home",
        home,
        "--json",
        environment={"HOME": str(home)},
        before=become_nobody,
    )
    assert said.code == 0, said
    assert (said.object["counts"]["published"], said.object["counts"]["failed"]) == (1, 1)


@pytest.mark.parametrize("what", ["nowhere.txt", "no-*.html", "empty-folder", "broken-link"])
def test_a_source_without_anything_to_read_is_named_with_a_remedy(
    desk: Desk, tmp_path: Path, inbox: Callable[..., Path], what: str
) -> None:
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "broken-link").symlink_to(tmp_path / "gone")
    said = desk("run", inbox(1), tmp_path / what)
    assert said.code == 4
    assert (said.counts["published"], said.counts["failed"]) == (1, 1)
    (line,) = said.object["source_errors"]
    assert what in line
    assert "check" in line


def test_a_run_in_a_home_that_another_run_holds_ends_at_once(
    tmp_path: Path, inbox: Callable[..., Path]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with lock.hold(home / "run.lock", purpose="run monday"):
        said = ask("run", inbox(1), "--home", home)
        as_object = ask("run", inbox(1), "--home", home, "--json")
    assert said.code == as_object.code == 75
    one_line(said, "run monday", os.getpid())
    assert as_object.error["code"] == "desk_busy"
    assert sorted(p.name for p in home.iterdir()) == ["run.lock"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB: a warehouse fits, a run does not."""
    where = tmp_path / "disk"
    where.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs to mount a small disk (Linux, root)")
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(where)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield where
    subprocess.run(["umount", str(where)], check=True)


def test_a_disk_that_is_full_before_the_embedded_server_is_up_stops_no_later_run(
    small_disk: Path, inbox: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PREFECT_API_URL", "PREFECT_HOME"):
        monkeypatch.delenv(name, raising=False)
    home, folder = small_disk / "home", inbox(3)
    said = call("run", folder, "--home", home, "--json")
    assert (said.code, said.error["code"]) == (1, "disk_full")
    assert str(home) in said.error["message"]
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    again = call("run", folder, "--home", home, "--json")
    assert again.code == 0, again
    assert again.object["counts"]["published"] == 3


def test_a_full_disk_is_named_and_the_next_run_finishes(
    small_disk: Path, tmp_path: Path, inbox: Callable[..., Path], prefect_api: str
) -> None:
    home, folder = small_disk / "home", inbox(3)
    said = call("run", folder, "--batch", "full", "--home", home, "--json")
    assert said.code == 1, said
    assert said.error["code"] == "disk_full"
    assert "no space left" in said.error["message"]
    assert str(home) in said.error["message"]
    assert said.error["remedy"]
    assert "Traceback" not in said.err
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text(story(30), "utf-8")
    again = call("run", other, "--home", home, "--json")
    assert again.code == 0, again
    assert again.object["resumed"] == ["full"]
    rows = ask("sql", "SELECT * FROM batches ORDER BY started_at", "--home", home, "--json")
    assert [(r["status"], r["published"]) for r in rows.object["rows"]] == [
        ("published", 3),
        ("published", 1),
    ]
    assert not list(home.rglob("*.new"))


def test_a_missing_model_is_named_and_the_batch_can_be_finished(
    tmp_path: Path, inbox: Callable[..., Path], prefect_api: str
) -> None:
    """The packages are copied, as an installation that lost a file has them."""
    packages = tmp_path / "installed"
    for name in ("flows", "tasks", "warehouse", "expectations"):
        shutil.copytree(ROOT / name, packages / name, ignore=shutil.ignore_patterns("__pycache__"))
    (packages / "tasks" / "extraction" / "blocks_after.json").unlink()
    source = inbox(2)
    for verb in ("run", "preview"):
        words = ["--home", tmp_path / "home", verb, source, "--json"]
        command = [sys.executable, "-m", "flows.cli", *map(str, words)]
        said = subprocess.run(
            command, cwd=packages, capture_output=True, text=True, check=False, timeout=300
        )
        assert said.returncode == 1
        assert "Traceback" not in said.stderr
        error = json.loads(said.stdout)["error"]
        assert error["code"] == "workers_unavailable"
        assert "blocks_after.json" in error["message"]
        assert "install it anew" in error["remedy"]
        whole = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert whole.returncode == 0, whole.stderr


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """A home with a published batch, to be copied and damaged."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "inbox").mkdir()
    for n in range(3):
        (folder / "inbox" / f"{n}.txt").write_text(story(n), "utf-8")
    said = ask("run", folder / "inbox", "--batch", "b", "--home", folder / "home", "--json")
    assert said.code == 0
    return folder / "home"


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.parametrize("how", ["overwritten", "truncated", "header", "of another kind"])
def test_a_corrupt_warehouse_is_named_and_reading_goes_on(
    home: Path, inbox: Callable[..., Path], how: str
) -> None:
    file = home / "warehouse.duckdb"
    whole = file.read_bytes()
    damaged = {
        "overwritten": whole[:12_288] + os.urandom(len(whole) - 12_288),
        "truncated": whole[: len(whole) // 2],
        "header": os.urandom(4096) + whole[4096:],
        "of another kind": b"no database " * 10_000,
    }
    file.write_bytes(damaged[how])
    for words in (("run", inbox(1)), ("release", "b", "--why", "x"), ("maintain",)):
        said = ask(*words, "--home", home, "--json")
        assert (said.code, said.error["code"]) == (1, "warehouse_corrupt"), words
        assert str(file) in said.error["message"]
        assert "replay --from-raw" in said.error["remedy"]
    one_line(ask("withdraw", "b", "--why", "x", "--home", home), file)
    assert file.read_bytes() == damaged[how], "a damaged file is left for whoever mends it"
    read = ask("sql", "SELECT count(*) AS n FROM articles", "--home", home, "--json")
    assert read.object == {"rows": [{"n": 3}]}


def test_a_corrupt_reading_copy_is_named_and_made_anew(home: Path) -> None:
    file = home / "published.duckdb"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:12_288] + os.urandom(300_000))
    for words in (("sql", "SELECT * FROM articles"), ("status",), ("batches",), ("explain", "b")):
        said = ask(*words, "--home", home)
        assert said.code == 1
        one_line(said, "published.duckdb" if "published" in said.err else home, "maintain")
    assert ask("maintain", "--home", home).code == 0
    said = ask("sql", "SELECT count(*) AS n FROM articles", "--home", home, "--json")
    assert said.object == {"rows": [{"n": 3}]}


def test_a_warehouse_of_a_newer_copydesk_is_named(home: Path, inbox: Callable[..., Path]) -> None:
    connection = connect(home / "warehouse.duckdb")
    connection.execute("INSERT INTO ops.migration VALUES ('9999_future.sql', 'x', now())")
    connection.close()
    said = ask("run", inbox(1), "--home", home, "--json")
    assert (said.code, said.error["code"]) == (1, "migration_changed")
    assert "9999_future.sql" in said.error["message"]
    assert "upgrade" in said.error["remedy"]
    one_line(ask("release", "b", "--why", "x", "--home", home), "9999_future.sql", "upgrade")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("run", "x", "--colour"), "--colour"),
        (("run", "x", "--limit", "many"), "many"),
        (("run", "x", "--limit", "0"), "--limit"),
        (("run", "x", "--workers", "-1"), "--workers"),
        (("run", "x", "--kind", "pdf"), "pdf"),
        (("preview", __file__, "--kind", "pdf"), "pdf"),
        (("frobnicate",), "frobnicate"),
        (("quarantine",), "VERB"),
        (("quarantine", "eat"), "eat"),
        (("release", "b"), "--why"),
        (("release", "b", "--why", " "), "--why"),
        (("sql", "--format", "xml", "SELECT 1"), "xml"),
        (("status", "--jso"), "--jso"),
        (("maintain", "--raw-days", "-1"), "--raw-days"),
        (("explain",), "REF"),
    ],
)
def test_wrong_words_are_a_usage_error_that_names_them(
    home: Path, words: tuple[str, ...], named: str
) -> None:
    said = ask(*words, "--home", home)
    assert said.code == 2
    one_line(said, named)
    as_object = ask("--json", *words, "--home", home)
    assert (as_object.code, as_object.error["code"]) == (2, "usage")
    assert as_object.err == ""


@pytest.mark.parametrize(
    "name", ["", "a b", "../b", "..", ".", "...", "a/b", "ü", "x" * 65, "a\n", "b\x00"]
)
def test_bad_batch_names_are_refused_before_anything_is_touched(
    tmp_path: Path, inbox: Callable[..., Path], name: str
) -> None:
    home = tmp_path / "home"
    for words in (("run", inbox(1)), ("replay",)):
        said = ask(*words, "--batch", name, "--home", home, "--json")
        assert (said.code, said.error["code"]) == (2, "usage")
        assert "1 to 64" in said.error["remedy"]
    assert not home.exists()


def test_a_word_that_is_no_text_is_a_usage_error(tmp_path: Path) -> None:
    said = ask("run", os.fsdecode(bytes(tmp_path) + b"/\xff"), "--home", tmp_path, "--json")
    assert (said.code, said.error["code"]) == (2, "usage")
    assert "\\xff" in said.error["message"]


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, inbox: Callable[..., Path]) -> None:
    (tmp_path / "file").write_text("x")
    said = ask("run", inbox(1), "--home", tmp_path / "file" / "home")
    assert said.code == 1
    one_line(said, tmp_path / "file")


def test_a_reading_command_without_a_warehouse_says_what_to_do(tmp_path: Path) -> None:
    for words in (
        ("status",),
        ("sql", "SELECT 1"),
        ("explain", "x"),
        ("release", "b", "--why", "x"),
    ):
        said = ask(*words, "--home", tmp_path / "new")
        assert said.code == 1
        one_line(said, tmp_path / "new", "copydesk run")
    assert not (tmp_path / "new").exists()


def test_a_failing_run_prints_no_traceback_of_its_engine(
    home: Path, inbox: Callable[..., Path]
) -> None:
    said = call("run", inbox(1), "--batch", "b", "--home", home, "--json")
    assert (said.code, said.error["code"]) == (2, "usage")
    assert "batch b is finished" in said.error["message"]
    assert "Traceback" not in said.err
    assert said.err == ""
