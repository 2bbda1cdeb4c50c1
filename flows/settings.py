"""Settings: options over `COPYDESK_*` variables over `copydesk.toml`; frozen, passed as values.

The file is the one in the home, else the one in the working directory; the two are not merged.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    Field,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from flows.sections import (
    Baselines,
    Extract,
    Fetch,
    Gate,
    Keep,
    Notify,
    Report,
    Schedule,
    SourceSettings,
)
from tasks.errors import SettingsInvalid

FILE_NAME = "copydesk.toml"
DEFAULT_HOME = "copydesk-home"
_PREFIX = "COPYDESK_"
_OUTSIDE = frozenset(
    {"COPYDESK_HOME", "COPYDESK_SHARED", "COPYDESK_TRACEBACK", "COPYDESK_SOAK_SEED"}
)


class Settings(BaseSettings):
    """All settings of one home. Unknown keys are errors."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    home: Path = Field(description="the folder in which everything lives")
    fetch: Fetch = Fetch()
    extract: Extract = Extract()
    gate: Gate = Gate()
    baselines: Baselines = Baselines()
    keep: Keep = Keep()
    report: Report = Report()
    notify: Notify = Notify()
    sources: tuple[SourceSettings, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    @field_validator("sources")
    @classmethod
    def _named_once(cls, sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
        names = [source.name for source in sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            msg = f"two sources are named {', '.join(twice)}"
            raise ValueError(msg)
        return sources

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return Path(os.path.abspath(home.expanduser()))  # noqa: PTH100 - keeps symlinks as named


def find_home(option: str | None) -> Path:
    """Return the home: the option, else COPYDESK_HOME, else ./copydesk-home; absolute."""
    named = option or os.environ.get("COPYDESK_HOME") or DEFAULT_HOME
    return Path(os.path.abspath(Path(named).expanduser()))  # noqa: PTH100 - keeps symlinks


def load_settings(
    home: str | None, overrides: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """Read the settings of a home. `overrides` are options: section -> key -> value.

    Raises SettingsInvalid, naming the key and where it stands.
    """
    folder = find_home(home)
    file = next((f for f in (folder / FILE_NAME, Path(FILE_NAME)) if f.is_file()), None)
    stated = _read(file) if file else {}
    if "home" in stated:
        raise SettingsInvalid(f"{file}: the home is not set in its own file", "remove `home`")
    values = _merge(stated, _environment())
    values = _merge(values, overrides or {})
    try:
        return _Checked(home=folder, **values)
    except ValidationError as error:
        raise _explained(error, file) from None


class _Checked(Settings):
    """Settings from values alone: files and variables were merged before."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_of(file))
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"{file} is no valid TOML: {error}", "mend that line") from error


def text_of(file: Path) -> str:
    """Return what a settings file holds, valid or not."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsInvalid(f"{file} is no valid TOML: {error}", "mend that line") from error
    except OSError as error:
        raise SettingsInvalid(f"{file} cannot be read ({error.strerror})", "check it") from error


def _environment() -> dict[str, Any]:
    known = {_PREFIX + name.upper() for name in Settings.model_fields if name != "home"}
    for variable in os.environ:
        if not variable.startswith(_PREFIX) or variable in _OUTSIDE:
            continue
        if variable.split("__")[0] not in known:
            raise SettingsInvalid(
                f"the variable {variable} names no setting", "`copydesk init` writes all of them"
            )
    try:
        found: dict[str, Any] = EnvSettingsSource(Settings)()
    except ValueError as error:
        raise SettingsInvalid(
            f"a COPYDESK_ variable cannot be read ({error})", "lists are written as JSON"
        ) from error
    found.pop("home", None)
    return found


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _explained(error: ValidationError, file: Path | None) -> SettingsInvalid:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"] if part != "[key]")
    where = f" (in {file} or a COPYDESK_ variable)" if file else " (in a COPYDESK_ variable)"
    if first["type"] == "extra_forbidden":
        section = Settings.model_fields.get(str(first["loc"][0]))
        near = _nearest(first["loc"], section)
        return SettingsInvalid(f"no setting is named {key}{where}", f"did you mean {near}?")
    said = first["msg"].removeprefix("Value error, ")
    return SettingsInvalid(f"setting {key}: {said}{where}", "mend the value")


def _nearest(location: tuple[int | str, ...], section: Any) -> str:  # noqa: ANN401
    if len(location) > 1 and section is not None:
        names = list(getattr(section.annotation, "model_fields", {}))
        prefix = f"{location[0]}."
    else:
        names, prefix = [n for n in Settings.model_fields if n != "home"], ""
    close = difflib.get_close_matches(str(location[-1]), names, n=1, cutoff=0.0)
    return prefix + close[0] if close else "a setting that `copydesk init` writes"
