"""Standard input gives its bytes, and holds up no signal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tasks.readers.standard_input import standard_input


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[BinaryIO]:
    """Make standard input a pipe; return the end that is written to."""
    there, here = os.pipe()
    with os.fdopen(there) as stdin, os.fdopen(here, "wb", buffering=0) as written:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield written


def test_what_is_piped_in_is_read_to_its_end(pipe: BinaryIO) -> None:
    stream = standard_input()
    assert stream is not None
    threading.Timer(0.1, lambda: (pipe.write(b"words"), pipe.close())).start()
    assert stream.read(2) + stream.read(99) == b"words"
    assert stream.read(1) == b""


def test_a_signal_that_does_not_end_the_wait_is_noticed_all_the_same(pipe: BinaryIO) -> None:
    """Handled by another thread, as one that comes in the last moment before the wait."""

    class Noticed(Exception):
        pass

    def handler(*_: object) -> None:
        raise Noticed

    def strike() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    stream = standard_input()
    assert stream is not None
    before = signal.signal(signal.SIGUSR1, handler)
    strikes = threading.Timer(0.2, strike)

    def wait() -> None:
        strikes.start()
        stream.read(1)

    too_late: list[int] = []
    backstop = threading.Timer(60, lambda: too_late.append(pipe.write(b"too late")))
    try:
        backstop.start()
        with pytest.raises(Noticed):
            wait()
        assert not too_late, "only what came in let it be noticed"
    finally:
        strikes.join()
        backstop.cancel()
        signal.signal(signal.SIGUSR1, before)


def test_a_file_as_standard_input_stays_seekable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"words")
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        stream = standard_input()
        assert stream is not None
        assert (stream.seekable(), stream.read()) == (True, b"words")


def test_a_process_without_standard_input_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert standard_input() is None
