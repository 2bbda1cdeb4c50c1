from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT, Desk, story
from tests.flows.conftest import ask
from tests.flows.test_line import assert_books_balance

pytestmark = pytest.mark.prefect
SECRET = "Ottilie Quarrendon"


def page(number: int) -> str:
    """Write an article that names somebody, with a line that cleaning takes out."""
    return f"{story(number)}\n\nThe complaint came from {SECRET} of Net Street.\n"


def holding(home: Path, word: str) -> list[str]:
    """Name the files of a home that hold a word: as bytes, as Parquet, or in a table."""
    found = []
    for path in sorted(home.rglob("*")):
        if not path.is_file() or "prefect" in path.relative_to(home).parts:
            continue
        held = word.encode() in path.read_bytes()
        if path.suffix == ".parquet":
            held |= any(word in str(row) for row in pq.read_table(path).to_pylist())
        if path.suffix == ".duckdb":
            held |= _in_tables(path, word)
        if held:
            found.append(str(path.relative_to(home)))
    return found


def _in_tables(path: Path, word: str) -> bool:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary"
        ).fetchall()
        return any(
            word in str(row)
            for schema, table in tables
            for row in connection.execute(f"SELECT * FROM {schema}.{table}").fetchall()
        )


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """A home and a folder with a page to be forgotten, published in two revisions and reported."""
    made = tmp_path_factory.mktemp("twice")
    folder, home = made / "inbox", made / "home"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number:03d}.txt").write_text(story(number), "utf-8")
    for text in (page(7), page(7) + "\nA later note was added here.\n"):
        (folder / "told.txt").write_text(text, "utf-8")
        assert ask("run", folder, "--home", home).code == 0
    assert ask("report", "--no-open", "--home", home).code == 0
    assert len(holding(home, SECRET)) >= 4
    shutil.copytree(folder, made / "as-written")
    return made


@pytest.fixture
def told(desk: Desk, twice: Path) -> Path:
    """Put a copy of that home in place of the desk's; return the page in its folder as it was."""
    shutil.copytree(twice / "home", desk.home)
    shutil.rmtree(twice / "inbox")
    shutil.copytree(twice / "as-written", twice / "inbox")
    return twice / "inbox" / "told.txt"


def test_what_is_forgotten_is_in_no_file_of_the_home(desk: Desk, told: Path) -> None:
    backups = {"backup-of-may.tar", "warehouse.duckdb.bak", "old-warehouse.duckdb.gz"}
    for name in backups:
        (desk.home / name).write_bytes(b"not ours")
    (desk.home / ".published.duckdb.7.new.wal").write_bytes(b"of a run that was killed")
    said = desk("forget", told, "--why", "a court order")
    assert said.code == 0, said.object
    assert len(said.object["documents"]) == 2
    assert backups == {Path(n).name for n in said.object["not_touched"] if str(desk.home) in n}
    assert holding(desk.home, SECRET) == []
    assert desk.value("SELECT count(*) FROM articles") == 3
    (decision,) = desk.sql("SELECT verb, why, article_id FROM decisions")
    assert (decision["verb"], decision["why"]) == ("forget", "a court order")
    kept = desk.sql(
        f"SELECT payload_sha256 FROM documents WHERE article_id = '{decision['article_id']}'"
    )
    assert len({row["payload_sha256"] for row in kept}) == 2
    assert_books_balance(desk)


def test_what_is_forgotten_is_not_taken_in_again(desk: Desk, told: Path) -> None:
    desk("forget", told, "--why", "a court order")
    (told.parent / "elsewhere.txt").write_text(told.read_text("utf-8") + "\n\n", "utf-8")
    told.write_text(page(7) + "\nEdited once more.\n", "utf-8")
    said = desk("run", told.parent)
    assert (said.counts["quarantined"], said.counts["published"]) == (2, 0)
    reasons = desk.sql("SELECT DISTINCT reason FROM documents WHERE outcome = 'quarantined'")
    assert reasons == [{"reason": "withdrawn"}]
    assert holding(desk.home, SECRET) == []
    again = desk("run", told.parent)
    assert again.counts["unchanged"] == 5
    assert holding(desk.home, SECRET) == []
    assert_books_balance(desk)


def test_forgetting_twice_and_an_unknown_ref_are_one_clear_line(desk: Desk, told: Path) -> None:
    assert "nowhere" in desk("forget", "nowhere", "--why", "x").error["message"]
    assert desk("forget", told, "--why", " ").code == 2
    desk("forget", told, "--why", "x")
    assert "forgotten already" in desk("forget", told, "--why", "x").error["message"]
    assert desk.value("SELECT count(*) FROM decisions") == 1


def test_a_release_does_not_bring_back_what_was_forgotten(desk: Desk, told: Path) -> None:
    desk("forget", told, "--why", "x")
    article = desk.value("SELECT article_id FROM decisions")
    assert desk("release", article, "--why", "y").code == 1
    assert desk.value("SELECT count(*) FROM articles") == 3


@pytest.mark.parametrize(
    "step",
    [
        "tasks.erasure.drop_payloads",
        "tasks.erasure._blank_quotes",
        "tasks.erasure.build",
        "tasks.desk.erasure.rewrite_file",
        "tasks.erasure.erasure.erased",
    ],
)
def test_a_kill_half_way_leaves_what_the_same_command_finishes(
    desk: Desk, told: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(step, killed)
        assert desk("forget", told, "--why", "x").code == 130
    assert desk.value("SELECT count(*) FROM articles") == 3
    assert_books_balance(desk)
    assert desk("forget", told, "--why", "x").code == 0
    assert holding(desk.home, SECRET) == []
    assert desk.value("SELECT count(*) FROM decisions") == 1


def test_the_command_needs_no_prefect() -> None:
    program = "import sys, tasks.erasure; assert 'prefect' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
