"""Settings: options over variables over one file; what is misspelt is named."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from flows.commands.keeping import settings_file
from flows.settings import FILE_NAME, Settings, load_settings
from tasks.errors import SettingsInvalid
from tests.flows.conftest import ask, one_line


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, and no variable of ours."""
    for name in [n for n in os.environ if n.startswith("COPYDESK_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_options_stand_over_variables_and_these_over_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / FILE_NAME).write_text("[extract]\nworkers = 3\ncpu_seconds = 7\nmemory_mb = 900\n")
    assert load_settings(str(home)).extract.workers == 3
    monkeypatch.setenv("COPYDESK_EXTRACT__WORKERS", "4")
    monkeypatch.setenv("COPYDESK_EXTRACT__CPU_SECONDS", "8")
    found = load_settings(str(home), {"extract": {"workers": 5}}).extract
    assert (found.workers, found.cpu_seconds, found.memory_mb) == (5, 8, 900)


def test_the_file_of_the_home_is_read_else_that_of_the_working_directory_never_both(
    home: Path, elsewhere: Path
) -> None:
    (elsewhere / FILE_NAME).write_text("[gate]\nmin_documents = 7\nmax_refused_share = 0.1\n")
    assert load_settings(str(home)).gate.min_documents == 7
    (home / FILE_NAME).write_text("[gate]\nmin_documents = 9\n")
    gate = load_settings(str(home)).gate
    assert (gate.min_documents, gate.max_refused_share) == (9, 0.5)


def test_lists_in_variables_are_json(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_FETCH__ALLOW_ADDRESSES", '["127.0.0.1:8000"]')
    assert load_settings(str(home)).fetch.allow_addresses == ("127.0.0.1:8000",)
    monkeypatch.setenv("COPYDESK_FETCH__ALLOW_ADDRESSES", "127.0.0.1:8000")
    with pytest.raises(SettingsInvalid, match=r"(?i)allow_addresses|fetch") as raised:
        load_settings(str(home))
    assert "JSON" in raised.value.remedy


@pytest.mark.parametrize(
    ("text", "named", "near"),
    [
        ("[gate]\nmin_documets = 3\n", "gate.min_documets", "gate.min_documents"),
        ("[gates]\nmin_documents = 3\n", "gates", "gate"),
        ("[fetch]\ngap_second = 3\n", "fetch.gap_second", "fetch.gap_seconds"),
    ],
)
def test_a_misspelt_key_of_the_file_is_named_with_the_likely_one(
    home: Path, text: str, named: str, near: str
) -> None:
    (home / FILE_NAME).write_text(text)
    with pytest.raises(SettingsInvalid) as raised:
        load_settings(str(home))
    assert named in raised.value.message
    assert str(home / FILE_NAME) in raised.value.message
    assert raised.value.remedy == f"did you mean {near}?"
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("variable", "named"),
    [
        ("COPYDESK_GATE__MIN_DOCUMETS", "gate.min_documets"),
        ("COPYDESK_GATES__MIN_DOCUMENTS", "COPYDESK_GATES__MIN_DOCUMENTS"),
        ("COPYDESK_HOMES", "COPYDESK_HOMES"),
    ],
)
def test_a_misspelt_variable_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, named: str
) -> None:
    monkeypatch.setenv(variable, "3")
    with pytest.raises(SettingsInvalid, match=named) as raised:
        load_settings(str(home))
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[gate\n", "no valid TOML"),
        ("[gate]\nmin_documents = 0\n", "gate.min_documents"),
        ("[gate]\nmin_documents = 'many'\n", "gate.min_documents"),
        ("[gate]\nmax_refused_share = 2\n", "gate.max_refused_share"),
        ("home = '/elsewhere'\n", "home"),
        ("gate = 3\n", "gate"),
        ("[[schedules]]\nname = 'x'\nsources = ['/a']\n", "schedule"),
        ("[[schedules]]\nname = 'a b'\nsources = ['/a']\ncron = '* * * * *'\n", "name"),
        (
            "[[sources]]\nname = 'x'\nlocator = '/a'\nkind = 'fead'\n",
            "setting sources.0.kind: no kind is called fead: did you mean feed",
        ),
        (
            "[[schedules]]\nname = 'x'\nsources = ['/a']\ncron = '* * * * *'\nkind = 'war'\n",
            "setting schedules.0.kind: no kind is called war: did you mean warc",
        ),
        ("[[sources]]\nname = 'x'\nlocator = '/a'\nlanguage = 'german'\n", "sources.0.language"),
        (
            "[[sources]]\nname = 'x'\nlocator = '/a'\nextraction = 'best'\n",
            "'precision' or 'recall'",
        ),
        (
            "[[sources]]\nname = 'x'\nlocator = '/a'\nskip_rules = ['photo_credits']\n",
            "sources.0.skip_rules.*photo_credits, did you mean photo_credit?",
        ),
    ],
)
def test_an_impossible_value_is_one_clear_error(home: Path, text: str, named: str) -> None:
    (home / FILE_NAME).write_text(text)
    with pytest.raises(SettingsInvalid, match=named) as raised:
        load_settings(str(home))
    assert "\n" not in str(raised.value)
    assert raised.value.remedy


def test_a_file_that_is_no_text_is_named(home: Path) -> None:
    (home / FILE_NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsInvalid, match=FILE_NAME):
        load_settings(str(home))


def test_settings_cannot_be_changed_after_reading(home: Path) -> None:
    settings = load_settings(str(home))
    with pytest.raises(ValueError, match="frozen"):
        settings.gate.min_documents = 3


def test_a_misspelt_key_ends_a_command_with_one_line_and_code_2(home: Path) -> None:
    (home / FILE_NAME).write_text("[gate]\nmin_documets = 3\n")
    said = ask("run", home, "--home", home)
    assert said.code == 2
    one_line(said, "gate.min_documets", FILE_NAME, "did you mean gate.min_documents?")
    assert ask("run", home, "--home", home, "--json").error["code"] == "settings_invalid"


def uncommented(text: str) -> dict[str, Any]:
    """The file that `init` writes, with every setting taken in."""
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    return tomllib.loads("\n".join(ln for ln in lines if ln.startswith("[") or " = " in ln))


def test_init_writes_every_setting_with_its_default(home: Path) -> None:
    text = settings_file()
    values = uncommented(text)
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            assert set(values[name]) == set(kind.model_fields), name
            assert kind.model_validate(values[name]) == field.default
        elif name != "home":
            assert name in values, name
    assert not any(tomllib.loads(text).values()), "something is set"


def test_what_init_writes_loads_and_says_the_same(home: Path) -> None:
    values = {
        name: value
        for name, value in uncommented(settings_file()).items()
        if isinstance(value, dict)
    }
    plain = load_settings(str(home))
    lines = []
    for section, entries in values.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {_toml(value)}" for key, value in entries.items()]
    (home / FILE_NAME).write_text("\n".join(lines))
    assert load_settings(str(home)) == plain


def _toml(value: Any) -> str:
    import json

    return json.dumps(value)


def test_init_makes_a_home_and_refuses_to_overwrite_its_settings(home: Path) -> None:
    new = home / "new"
    said = ask("init", "--home", new, "--json")
    assert said.code == 0
    file = new / FILE_NAME
    assert said.object["settings"] == str(file)
    load_settings(str(new))
    assert ask("sql", "SELECT count(*) AS n FROM articles", "--home", new, "--json").object == {
        "rows": [{"n": 0}]
    }
    file.write_text("[gate]\nmin_documents = 5\n")
    again = ask("init", "--home", new)
    assert again.code == 2
    one_line(again, file, "--force")
    assert load_settings(str(new)).gate.min_documents == 5
    assert ask("init", "--home", new, "--force").code == 0
    assert load_settings(str(new)).gate.min_documents == 20


def test_the_home_is_the_option_else_the_variable_else_a_folder_here(
    home: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings(None).home == elsewhere / "copydesk-home"
    monkeypatch.setenv("COPYDESK_HOME", str(home))
    assert load_settings(None).home == home
    assert load_settings("other").home == elsewhere / "other"
