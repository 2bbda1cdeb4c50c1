"""The pages of the developers' corpus, as files and as a WARC: none may be lost."""

from __future__ import annotations

import collections
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.model import RawItem, Reason, Source
from tasks.readers.by_kind import read

from .conftest import NOW

SHARED = Path(
    os.environ.get("COPYDESK_SHARED") or Path(__file__).resolve().parents[3] / "../shared"
)
CORPUS = SHARED / "corpus"
pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"the developers' corpus is not at {CORPUS}"
)


def taken(locator: Path) -> list[RawItem]:
    source = Source(locator=str(locator))
    return list(read(source, max_bytes=20_000_000, now=lambda: NOW))


def archive(folder: Path, *options: str) -> Path:
    made = folder / "dev.warc.gz"
    script = CORPUS / "pages_to_warc.py"
    command = [sys.executable, str(script), str(CORPUS / "dev"), str(made), *options]
    subprocess.run(command, check=True, capture_output=True)
    return made


def test_every_page_of_the_folder_is_taken_in() -> None:
    items = taken(CORPUS / "dev" / "html")
    assert len(items) == 1055
    assert [item for item in items if item.refusal] == []


def test_an_archive_of_the_pages_loses_none_and_gives_every_mangled_record_its_reason(
    tmp_path: Path,
) -> None:
    items = taken(archive(tmp_path, "--mangle"))
    reasons = collections.Counter(item.refusal.reason if item.refusal else None for item in items)
    assert reasons == {
        None: 1055 + 3,  # three pages stand in it twice
        Reason.HTTP_ERROR: 3,
        Reason.UNSUPPORTED_MEDIA_TYPE: 3,
        Reason.TRUNCATED_INPUT: 6,  # three bodies cut off, three revisits of pages elsewhere
    }
    pages = set()
    for item in items:
        if item.refusal is None:
            page = dict(json.loads(item.http_headers or "[]"))["X-Copydesk-Id"]
            file = CORPUS / "dev" / "html" / f"{page}.html.gz"
            assert item.payload == gzip.decompress(file.read_bytes())
            pages.add(page)
    assert len(pages) == 1055


@pytest.mark.soak
def test_memory_stays_flat_when_an_archive_is_ten_times_as_large(tmp_path: Path) -> None:
    small = archive(tmp_path, "--limit", "1000")
    large = tmp_path / "large.warc.gz"
    large.write_bytes(small.read_bytes() * 10)
    program = """
import resource, sys
from datetime import UTC, datetime
from tasks.model import Source
from tasks.readers.by_kind import read
source = Source(locator=sys.argv[1])
print(sum(1 for _ in read(source, max_bytes=20_000_000, now=lambda: datetime.now(UTC))))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    peaks = []
    for file, count in ((small, 1000), (large, 10_000)):
        command = [sys.executable, "-c", program, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found, peak = map(int, done.stdout.split())
        assert found == count
        peaks.append(peak)
    assert peaks[1] < 1.3 * peaks[0]
