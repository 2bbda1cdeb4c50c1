"""A good guest remembers: what an origin wished in one run holds in the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.desk import Desk
from tasks.errors import DeskBusy
from tasks.model import RawItem, Reason
from tasks.readers.web.memory import Memory
from tasks.readers.web.rules import FetchRules
from tasks.readers.web.service import Web, origins_spool
from tasks.web_memory import DeskMemory, PreviewMemory
from tests.tasks.readers.web.conftest import Site
from warehouse import lock
from warehouse.connect import connect

OTHER = "no address"
"""A second line, so that a source is a list and its failures are rows."""
GAP_SECONDS = 0.5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Guest:
    """Crawl run after run on one desk, each at a time of its own (`late`: after now)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.number = 0

    def __call__(
        self,
        *urls: str,
        gap_seconds: float = 0.0,
        late: timedelta = timedelta(0),
        memory: Memory | None = None,
    ) -> list[RawItem]:
        self.number += 1
        work = self.desk.work(f"run{self.number}")
        with open_web(work, memory or DeskMemory(self.desk, work.name), gap_seconds, late) as web:
            web.start(work / "web.spool", [*urls, OTHER], locator="urls")
            return [item for item in web.read(work / "web.spool") if item.locator != OTHER]


def open_web(
    work: Path, memory: Memory, gap_seconds: float = 0.0, late: timedelta = timedelta(0)
) -> Web:
    rules = FetchRules(
        max_bytes=10**6,
        allow_addresses=("127.0.0.0/8",),
        gap_seconds=gap_seconds,
        deadline_seconds=30,
    )
    return Web(rules, memory, lambda: datetime.now(UTC) + late, work)


@pytest.fixture
def guest(tmp_path: Path) -> Guest:
    desk = Desk(home=tmp_path / "home")
    desk.create()
    return Guest(desk)


def reason_of(items: list[RawItem]) -> Reason | None:
    (item,) = items
    return item.refusal.reason if item.refusal else None


def test_the_gap_holds_from_run_to_run(site: Site, guest: Guest) -> None:
    site.page("/robots.txt", "")
    for number in range(3):
        guest(site.page(f"/{number}", "<p>x</p>"), gap_seconds=GAP_SECONDS)
    assert len(site.asked()) == 3
    assert min(site.gaps()) >= GAP_SECONDS


def test_a_crawl_delay_holds_from_run_to_run(site: Site, guest: Guest) -> None:
    site.page("/robots.txt", f"User-agent: *\nCrawl-delay: {GAP_SECONDS}")
    for number in range(3):
        guest(site.page(f"/{number}", "<p>x</p>"))
    assert min(site.gaps()) >= GAP_SECONDS


def test_a_delay_beyond_one_run_is_sat_out_between_two(site: Site, guest: Guest) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 3600")
    url = site.page("/a", "<p>x</p>")
    assert reason_of(guest(url)) is Reason.RETRY_LATER
    assert reason_of(guest(url, late=HOUR / 2)) is Reason.RETRY_LATER
    assert site.asked() == []
    assert reason_of(guest(url, late=HOUR * 1.1)) is None
    assert [line.path for line in site.log] == ["/robots.txt", "/a"]


@pytest.mark.parametrize("status", [200, 404])
def test_robots_is_asked_once_a_day(site: Site, guest: Guest, status: int) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /secret", status)
    url = site.page("/secret", "<p>x</p>")
    expected = Reason.ROBOTS_DENIED if status == 200 else None
    for late in (timedelta(0), HOUR, 23 * HOUR):
        assert reason_of(guest(url, late=late)) is expected
    assert len(site.asked("/robots.txt")) == 1
    site.page("/robots.txt", "")
    assert reason_of(guest(url, late=25 * HOUR)) is None
    assert len(site.asked("/robots.txt")) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_robots_in_trouble_are_no_permission_for_the_next_run(
    site: Site, guest: Guest, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.readers.web.fetch._WAIT_SECONDS", (0.01, 0.01))
    site.page("/robots.txt", "later", status)
    url = site.page("/a", "<p>x</p>")
    assert reason_of(guest(url)) is Reason.RETRY_LATER
    asked = len(site.asked("/robots.txt"))
    assert reason_of(guest(url)) is Reason.RETRY_LATER
    assert len(site.asked("/robots.txt")) > asked
    assert site.asked() == []
    site.page("/robots.txt", "")
    assert reason_of(guest(url)) is None


def test_who_wants_us_gone_for_long_is_left_alone_by_the_next_run_too(
    site: Site, guest: Guest
) -> None:
    site.page("/a", "x", 503, Retry_After="3600")
    other = site.page("/b", "<p>x</p>")
    assert reason_of(guest(site.url + "/a")) is Reason.RETRY_LATER
    assert reason_of(guest(other, late=HOUR / 2)) is Reason.RETRY_LATER
    assert len(site.asked()) == 1
    assert reason_of(guest(other, late=HOUR * 1.1)) is None


def test_who_wants_us_gone_for_ever_is_asked_again_after_a_day(site: Site, guest: Guest) -> None:
    site.page("/a", "x", 503, Retry_After="999999999999")
    other = site.page("/b", "<p>x</p>")
    assert reason_of(guest(site.url + "/a")) is Reason.RETRY_LATER
    assert reason_of(guest(other, late=0.9 * DAY)) is Reason.RETRY_LATER
    assert reason_of(guest(other, late=1.1 * DAY)) is None


def test_a_clock_that_was_set_back_blocks_nothing_for_longer_than_the_gap(
    site: Site, guest: Guest
) -> None:
    site.page("/busy", "x", 503, Retry_After="3600")
    guest(site.url + "/busy", late=30 * DAY)
    for path in ("/a", "/b"):
        site.page(path, "<p>x</p>")
        assert reason_of(guest(site.url + path, gap_seconds=GAP_SECONDS)) is None
    assert len(site.asked("/robots.txt")) == 2, "that of the future counts for nothing"
    assert min(site.gaps()[1:]) >= GAP_SECONDS


def test_a_preview_is_as_good_a_guest_and_leaves_no_trace(
    site: Site, guest: Guest, tmp_path: Path
) -> None:
    first, second = (site.page(path, "<p>x</p>") for path in ("/a", "/b"))
    nowhere = PreviewMemory(Desk(home=tmp_path / "nowhere"))
    assert reason_of(guest(first, memory=nowhere)) is None
    assert not (tmp_path / "nowhere").exists()
    guest(first, gap_seconds=GAP_SECONDS)
    before = DeskMemory(guest.desk, "b").origins(datetime.now(UTC) - DAY)
    site.log[:-1] = []
    guest(second, gap_seconds=GAP_SECONDS, memory=PreviewMemory(guest.desk))
    assert [line.path for line in site.log] == ["/a", "/b"]
    assert min(site.gaps()) >= GAP_SECONDS
    assert DeskMemory(guest.desk, "b").origins(datetime.now(UTC) - DAY) == before


_HOLDER = """
import sys, time
from pathlib import Path
from tasks.desk import Desk
with Desk(home=Path(sys.argv[1])).writing("somebody else"):
    print("held", flush=True)
    time.sleep(120)
"""


@contextmanager
def held_elsewhere(desk: Desk) -> Iterator[None]:
    """Let another process hold the warehouse."""
    command = [sys.executable, "-c", _HOLDER, str(desk.home)]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            child.stdout.readline()
            yield
        finally:
            child.kill()


def files_in(home: Path) -> dict[str, tuple[int, bytes]]:
    return {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in home.iterdir() if p.is_file()}


def older(desk: Desk) -> None:
    with connect(desk.warehouse) as connection:
        connection.execute("CREATE TABLE anything (x INTEGER)")


def newer(desk: Desk) -> None:
    with connect(desk.warehouse) as connection:
        connection.execute("CREATE SCHEMA ops; CREATE TABLE ops.origin (place VARCHAR)")


def damaged(desk: Desk) -> None:
    desk.warehouse.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize(
    ("spoil", "is_told"), [(older, False), (newer, False), (damaged, True), (None, True)]
)
def test_a_preview_waits_for_nobody_mends_nothing_and_then_knows_nothing(
    site: Site,
    guest: Guest,
    spoil: Callable[[Desk], None] | None,
    is_told: bool,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        if spoil is None:
            stack.enter_context(held_elsewhere(guest.desk))
        else:
            spoil(guest.desk)
        before = files_in(guest.desk.home)
        memory = PreviewMemory(guest.desk)
        for number in range(2):
            with open_web(tmp_path / str(number), memory) as web:
                spool = tmp_path / str(number) / "web.spool"
                web.start(spool, [site.page("/a", "<p>x</p>")], locator="a")
                assert len(list(web.read(spool))) == 1
        assert files_in(guest.desk.home) == before
    assert len(caplog.records) == is_told, caplog.text
    assert [line.path for line in site.log] == ["/robots.txt", "/a", "/a"]


def test_an_origin_of_which_all_is_void_is_forgotten(
    make_site: Callable[[], Site], guest: Guest
) -> None:
    old, kept, new = (make_site() for _ in range(3))
    for site, late in ((old, 0 * HOUR), (kept, 2 * HOUR), (new, 25 * HOUR)):
        guest(site.page("/a", "<p>x</p>"), late=late)
    known = DeskMemory(guest.desk, "b").origins(datetime.now(UTC) - DAY)
    assert {origin.url for origin in known} == {kept.url, new.url}


def test_a_ledger_that_cannot_be_written_hides_no_error_and_the_next_run_enters_it(
    site: Site, guest: Guest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tasks.desk._WAIT_SECONDS", 0.0)
    work, url = guest.desk.work("b"), site.page("/a", "<p>x</p>")

    def run(error: Exception | None) -> None:
        with ExitStack() as held, open_web(work, DeskMemory(guest.desk, "b")) as web:
            web.start(work / "web.spool", [url], locator="a")
            list(web.read(work / "web.spool"))
            held.enter_context(lock.hold(guest.desk.write_lock, purpose="somebody"))
            if error is not None:
                raise error

    for error in (ValueError("the real one"), None):
        with pytest.raises(ValueError if error else DeskBusy):
            run(error)
        open_files = {file.resolve() for file in Path("/proc/self/fd").iterdir()}
        assert origins_spool(work).resolve() not in open_files
        assert len(caplog.records) == 1, "an error that is raised is not told as well"
    assert "somebody" in caplog.text
    assert not DeskMemory(guest.desk, "b").origins(datetime.now(UTC) - DAY)
    with open_web(work, DeskMemory(guest.desk, "b")):
        pass
    assert len(DeskMemory(guest.desk, "b").origins(datetime.now(UTC) - DAY)) == 1


_CHILD = """
import sys
from pathlib import Path
from tasks.desk import Desk
from tasks.web_memory import DeskMemory
from tests.tasks.readers.web.test_guest import open_web
desk = Desk(home=Path(sys.argv[1]))
with open_web(desk.work("b"), DeskMemory(desk, "b"), float(sys.argv[2])) as web:
    web.start(desk.work("b") / "web.spool", sys.argv[3:], locator="urls")
    list(web.read(desk.work("b") / "web.spool"))
"""


def test_what_a_killed_run_asked_counts_for_the_one_that_goes_on(
    make_site: Callable[[], Site], guest: Guest
) -> None:
    site, gap_seconds = make_site(), 3.0
    urls = [site.page(f"/{number}", f"<p>page {number}</p>") for number in range(2)]
    spool = guest.desk.work("b") / "web.spool"
    home = str(guest.desk.home)
    command = [sys.executable, "-c", _CHILD, home, str(gap_seconds), *urls]
    child = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(Path.cwd())})
    while not (spool.exists() and b"<p>page 0</p>" in spool.read_bytes()):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, check=True)
    assert [line.path for line in site.log] == ["/robots.txt", "/0", "/1"]
    assert min(site.gaps()) >= gap_seconds


def test_what_a_killed_run_asked_is_entered_by_one_that_has_nothing_left_to_ask(
    site: Site, guest: Guest, tmp_path: Path
) -> None:
    url = site.page("/a", "<p>x</p>")
    guest(url, memory=PreviewMemory(guest.desk))  # which enters nothing, as a killed run does
    left = guest.desk.work("run1")
    with open_web(left, DeskMemory(guest.desk, "b")):
        pass
    (known,) = DeskMemory(guest.desk, "b").origins(datetime.now(UTC) - DAY).values()
    assert known.robots_status == 404
    guest(url)
    assert len(site.asked("/robots.txt")) == 1
