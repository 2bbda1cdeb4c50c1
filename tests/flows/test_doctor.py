"""`doctor`: sound is sound, and each broken part is named with what to do."""

from __future__ import annotations

import importlib.metadata
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from flows.commands import doctor
from tests.flows.conftest import ask
from warehouse import lock

linux_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs to mount a small disk (Linux, root)"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home that `init` made."""
    folder = tmp_path / "home"
    assert ask("init", "--home", folder).code == 0
    return folder


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user has no Prefect server of their own."""
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "no-prefect"))


def broken(home: Path) -> dict[str, dict[str, Any]]:
    """What the doctor finds broken; it must say so and end with 1 exactly then."""
    said = ask("doctor", "--home", home, "--json")
    checks = said.object["checks"]
    found = {check["check"]: check for check in checks if not check["ok"]}
    assert said.object["ok"] == (not found)
    assert said.code == (1 if found else 0)
    for check in found.values():
        assert check["remedy"], check
    return found


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a file system in memory with some options."""
    mounted: list[Path] = []

    def make(options: str) -> Path:
        where = tmp_path / f"disk{len(mounted)}"
        where.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(where)],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            pytest.skip("nothing can be mounted here")
        mounted.append(where)
        return where

    yield make
    for where in mounted:
        subprocess.run(["umount", str(where)], check=True)


def test_all_sound_ends_with_0(home: Path) -> None:
    assert broken(home) == {}
    said = ask("doctor", "--home", home)
    assert said.code == 0
    for check in ("python", "packages", "settings", "disk", "run lock", "warehouse", "workers"):
        assert check in said.out
    assert "BROKEN" not in said.out


def test_a_home_that_is_not_there_yet_is_sound(tmp_path: Path) -> None:
    assert broken(tmp_path / "new") == {}


@pytest.mark.parametrize("name", ["run.lock", "warehouse.lock"])
def test_a_folder_in_the_place_of_a_lock_is_broken(home: Path, name: str) -> None:
    (home / name).unlink(missing_ok=True)
    (home / name).mkdir()
    found = broken(home)
    check = "run lock" if name == "run.lock" else "writer's lock"
    assert str(home / name) in found[check]["found"]


def test_a_lock_that_is_held_is_sound_and_its_holder_named(home: Path) -> None:
    with (
        lock.hold(home / "run.lock", purpose="run monday"),
        lock.hold(home / "warehouse.lock", purpose="publish monday"),
    ):
        said = ask("doctor", "--home", home, "--json")
    checks = {check["check"]: check for check in said.object["checks"]}
    assert "run monday" in checks["run lock"]["found"]
    assert "publish monday" in checks["warehouse"]["found"]
    assert said.code == 0


@linux_root
def test_a_full_disk_is_broken(mount: Callable[[str], Path]) -> None:
    disk = mount("size=64k")
    (disk / "ballast").write_bytes(bytes(60_000))
    found = broken(disk / "home")
    assert "free some space" in found["disk"]["remedy"]
    assert "No space left" in found["home"]["found"]


@linux_root
def test_a_disk_that_cannot_be_written_is_broken(mount: Callable[[str], Path]) -> None:
    disk = mount("size=10m")
    home = disk / "home"
    assert ask("init", "--home", home).code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    found = broken(home)
    assert "Read-only" in found["home"]["found"]


def test_a_disk_that_is_nearly_full_is_broken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_FREE_BYTES", 1 << 60)
    assert "GiB free" in broken(home)["disk"]["found"]


def test_a_home_that_is_a_file_is_broken(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    assert "home" in broken(home)


@pytest.mark.parametrize("name", ["warehouse.duckdb", "published.duckdb"])
@pytest.mark.parametrize("how", ["overwritten", "truncated", "of another kind"])
def test_a_damaged_file_is_broken(home: Path, name: str, how: str) -> None:
    file = home / name
    file.chmod(0o644)
    whole = file.read_bytes()
    damaged = {
        "overwritten": whole[:4096] + os.urandom(20_000) + whole[24_096:],
        "truncated": whole[: len(whole) // 3],
        "of another kind": b"not a database " * 1000,
    }
    file.write_bytes(damaged[how])
    check = "warehouse" if name == "warehouse.duckdb" else "reading copy"
    assert name in broken(home)[check]["found"]


def test_a_misspelt_setting_is_broken(home: Path) -> None:
    (home / "copydesk.toml").write_text("[gate]\nmin_documets = 3\n")
    assert "gate.min_documets" in broken(home)["settings"]["found"]


class _Garbage(BaseHTTPRequestHandler):
    answer: ClassVar[bytes] = b"no http at all\r\n\r\n"

    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(self.answer)


@pytest.fixture
def garbage() -> Iterator[str]:
    """A server that does not speak HTTP."""
    server = HTTPServer(("127.0.0.1", 0), _Garbage)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_prefect_api_that_answers_nonsense_is_broken(
    home: Path, garbage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", garbage)
    assert garbage in broken(home)["prefect"]["found"]


@pytest.mark.parametrize("listens", [True, False])
def test_a_prefect_api_that_does_not_answer_is_broken(
    home: Path, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    monkeypatch.setattr("flows.prefect_api._ANSWER_SECONDS", 0.5)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listens:
            server.listen()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/api"
        monkeypatch.setenv("PREFECT_API_URL", url)
        assert url in broken(home)["prefect"]["found"]
        run = ask("run", home, "--home", home, "--json")
    assert (run.code, run.error["code"]) == (1, "prefect_unavailable")
    assert url in run.error["message"]


@pytest.mark.parametrize("url", ["nonsense", "http://"])
def test_a_prefect_api_that_is_no_address_is_broken(
    home: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", url)
    assert "prefect" in broken(home)


def test_a_version_that_is_off_is_broken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version
    monkeypatch.setattr(doctor, "version", lambda n: "2.0.0" if n == "duckdb" else real(n))
    found = broken(home)["packages"]
    assert "duckdb 2.0.0, wanted ==1.5.5" in found["found"]
    assert "requirements.lock" in found["remedy"]


def test_a_package_that_is_missing_is_broken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name == "trafilatura":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(doctor, "version", version)
    assert "trafilatura is missing" in broken(home)["packages"]["found"]


def test_workers_that_cannot_live_are_broken(home: Path) -> None:
    (home / "copydesk.toml").write_text("[extract]\nmemory_mb = 1\n")
    assert "memory_mb" in broken(home)["workers"]["remedy"]
