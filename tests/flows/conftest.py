"""What the tests of commands share: the command line as a user has it, and a filled home."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, story
from tests.flows.listening import Listener, listening

PAGE = """<!doctype html><html lang="en"><head>
<title>{title}</title>
<meta property="og:title" content="{title}">
<meta property="og:site_name" content="Harbour Herald">
<meta property="article:published_time" content="2026-03-0{number}T08:00:00+00:00">
<link rel="canonical" href="https://www.herald.example/{slug}">
</head><body><nav><a href="/">Home</a></nav><article><h1>{title}</h1>
{paragraphs}
</article></body></html>
"""


def page(number: int, title: str, slug: str) -> str:
    """An HTML article with a canonical URL."""
    paragraphs = "\n".join(f"<p>{line}</p>" for line in story(number).split("\n") if line)
    return PAGE.format(title=title, slug=slug, number=number % 9 + 1, paragraphs=paragraphs)


BACKSTOP_SECONDS = 600
"""How long a test waits for what would otherwise hang for ever: a run may start a Prefect server
of its own, which takes over 200 s on a busy machine."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call of the command line said."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def object(self) -> dict[str, Any]:
        assert self.out.count("\n") == 1, f"not exactly one object: {self.out!r} {self.err!r}"
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def error(self) -> dict[str, str]:
        error: dict[str, str] = self.object["error"]
        return error


def ask(*words: object) -> Answer:
    """Call the command line in this process."""
    from flows.cli import main

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    err = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
        out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    return Answer(code, out.buffer.getvalue(), err.getvalue())


def call(
    *words: object,
    environment: dict[str, str] | None = None,
    before: Callable[[], object] | None = None,
    stdin: bytes = b"",
    cwd: Path | None = None,
) -> Answer:
    """Call the command line in a process of its own, as a user does."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith("COPYDESK_")}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, words)],
        check=False,
        input=stdin,
        capture_output=True,
        env=ours | {"PYTHONPATH": str(ROOT)} | (environment or {}),
        preexec_fn=before,
        cwd=cwd,
        timeout=BACKSTOP_SECONDS,
    )
    return Answer(done.returncode, done.stdout, done.stderr.decode())


@contextlib.contextmanager
def piped(*words: object) -> Iterator[subprocess.Popen[str]]:
    """Begin a run in a process of its own that reads a pipe; one that hangs is killed."""
    run = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", "-", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    backstop = threading.Timer(BACKSTOP_SECONDS, run.kill)
    backstop.start()
    try:
        with run:  # which waits for its end
            yield run
    finally:
        backstop.cancel()


def call_without(module: str, *words: object) -> Answer:
    """Call the command line in a process of its own, where nothing may import a module."""
    code = (
        "import sys; from flows.cli import main; code = main(sys.argv[1:]); "
        f"assert {module!r} not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr.decode())


def one_line(answer: Answer, *parts: object) -> None:
    """Assert that stderr has one line for a person, naming `parts`, and stdout nothing."""
    assert answer.raw == b""
    assert "Traceback" not in answer.err
    lines = answer.err.splitlines()
    assert len(lines) == 1, answer.err
    assert lines[0].startswith("copydesk: ")
    for part in parts:
        assert str(part) in lines[0], lines[0]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A home with documents of every outcome, for tests that only read."""

    home: Path
    inbox: Path

    def ask(self, *words: object) -> Answer:
        return ask(*words, "--home", self.home)

    def sql(self, query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.ask("sql", query, "--json").object["rows"]
        return rows

    def document(self, outcome: str) -> dict[str, Any]:
        """The first document of an outcome."""
        return self.sql(
            f"SELECT * FROM documents WHERE outcome = '{outcome}' ORDER BY locator LIMIT 1"
        )[0]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody answers, and that nobody else can take meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """The one target of all desks of a test."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with listening() as found:
        monkeypatch.setenv("COPYDESK_NOTIFY__TARGETS", json.dumps([found.target]))
        yield found


CONTROL_NAME = "red\x1b[31m\x07bell.txt"


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Shelf:
    """Two batches: `first` with every outcome but held, `second` held by a strict gate."""
    folder = tmp_path_factory.mktemp("shelf")
    home, inbox, held = folder / "home", folder / "inbox", folder / "held"
    inbox.mkdir()
    held.mkdir()
    (inbox / "fish.html").write_text(page(1, "[red]Fish[/red] market moves", "fish"), "utf-8")
    (inbox / "sum.html").write_text(page(2, "=1+1 is what the council counted", "sum"), "utf-8")
    (inbox / "000.txt").write_text(story(0), "utf-8")
    (inbox / "copy.txt").write_text(story(0) + "\n", "utf-8")
    (inbox / CONTROL_NAME).write_text("Menu", "utf-8")
    (inbox / "cut.txt.gz").write_bytes(b"\x1f\x8b\x08\x00broken")
    (held / "held.html").write_text(page(3, "A story that waits for the desk", "waits"), "utf-8")
    for number in range(4):
        (held / f"menu{number}.txt").write_text(f"Soup {number}", "utf-8")
    said = ask("run", inbox, "--batch", "first", "--home", home, "--json")
    assert said.code == 0, said
    counts = {k: v for k, v in said.object["counts"].items() if v}
    assert counts == {
        "documents": 6,
        "published": 3,
        "duplicate": 1,
        "quarantined": 1,
        "failed": 1,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_GATE__MIN_DOCUMENTS", "3")
        said = ask("run", held, "--batch", "second", "--home", home, "--json")
    assert said.code == 3, said
    return Shelf(home, inbox)


def lines_of(*answers: Answer) -> Sequence[str]:
    """All lines that some calls said to a person."""
    return [line for answer in answers for line in answer.err.splitlines()]
