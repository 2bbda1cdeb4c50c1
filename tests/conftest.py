"""What all tests share: one Prefect server a session, a desk of its own, small articles."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("COPYDESK_SHARED") or ROOT.parent / "shared")

# `make test` draws the same examples each time, `make soak` new ones from its printed seed. A
# deadline would time the machine, and so would the health check of slow draws.
_UNTIMED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [hypothesis.HealthCheck.too_slow],
}
hypothesis.settings.register_profile(
    "repeatable", **_UNTIMED, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.register_profile("soak", **_UNTIMED, print_blob=True)
hypothesis.settings.load_profile("soak" if "COPYDESK_SOAK_SEED" in os.environ else "repeatable")


def pytest_configure() -> None:
    """Take interrupts: what a shell starts in the background is told to ignore them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: gzip writes the time, and processes must name a test alike."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test data; tests that need it skip where it is absent."""
    if not (SHARED / "seeds").is_dir():
        pytest.skip("the shared test data is not here (set COPYDESK_SHARED)")
    return SHARED


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real Prefect server for all flows of a test session, without heartbeats as in `run`.

    Prefect reads the environment when it is imported, which test modules may have done before.
    """
    from prefect.context import refresh_global_settings_context

    from flows.engine import EmbeddedServer, without_heartbeats

    home = tmp_path_factory.mktemp("prefect")
    server = EmbeddedServer(home, services=False)
    before = {name: os.environ.get(name) for name in ("PREFECT_API_URL", "PREFECT_HOME")}
    os.environ["PREFECT_API_URL"], os.environ["PREFECT_HOME"] = server.url, str(home)
    refresh_global_settings_context()
    try:
        server.wait()
        with without_heartbeats():
            yield server.url
    finally:
        server.stop()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        refresh_global_settings_context()


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered: its exit code and the one object it printed."""

    code: int
    object: dict[str, Any]

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.object["counts"]
        return counts

    @property
    def error(self) -> dict[str, str]:
        error: dict[str, str] = self.object["error"]
        return error


Copydesk = Callable[..., Said]


@dataclass(frozen=True, slots=True)
class Desk:
    """A home of its own for one test, driven by the command line in this process."""

    home: Path
    _capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str | Path) -> Said:
        from flows.cli import main

        self._capture.readouterr()
        code = main([str(word) for word in words] + ["--json", "--home", str(self.home)])
        printed = self._capture.readouterr().out
        assert printed.count("\n") == 1, f"not exactly one object: {printed!r}"
        return Said(code, json.loads(printed))

    def sql(self, query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self("sql", query).object["rows"]
        return rows

    def value(self, query: str) -> Any:
        (row,) = self.sql(query)
        (value,) = row.values()
        return value


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], prefect_api: str) -> Desk:
    """A desk whose flows use the session's Prefect server."""
    return Desk(tmp_path / "home", capsys)


@pytest.fixture
def reader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk for commands that start no flow."""
    return Desk(tmp_path / "home", capsys)


STORY = """\
The harbour council of {place} agreed on Tuesday night to move the fish market to the old rope \
works, after two years of argument about noise, gulls and lorries.

Traders had asked for a covered hall since the winter of {year}, when the awnings blew into the \
basin and three boats were damaged. The new site has a roof and its own cold store.

"We will miss the view, but not the rain," said {name}, who has sold crab there for thirty years. \
The move is planned for the spring, and will cost about four million.
"""


def story(number: int, *, note: str = "") -> str:
    """A plain-text article of its own: equal numbers give equal texts."""
    text = STORY.format(
        place=f"Port {chr(65 + number % 26)}{number}",
        year=1960 + number % 60,
        name=f"Ada Quill {number}",
    )
    return f"{text}\n{note}\n" if note else text


@pytest.fixture
def inbox(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder of plain-text articles: `inbox(3)` has stories 0 to 2."""

    def make(count: int, *, name: str = "inbox", first: int = 0) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for number in range(first, first + count):
            (folder / f"{number:03d}.txt").write_text(story(number), "utf-8")
        return folder

    return make
