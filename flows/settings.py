"""Settings: options over `COPYDESK_*` variables over `copydesk.toml`; frozen, passed as values.

The file is the one in the home, else the one in the working directory; the two are not merged.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from tasks.errors import SettingsInvalid, UsageError
from tasks.model import Mode

FILE_NAME = "copydesk.toml"
DEFAULT_HOME = "copydesk-home"
_PREFIX = "COPYDESK_"
_OUTSIDE = frozenset(
    {"COPYDESK_HOME", "COPYDESK_SHARED", "COPYDESK_TRACEBACK", "COPYDESK_SOAK_SEED"}
)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fetch(_Section):
    """How documents are taken in, and how politely."""

    allow_addresses: tuple[str, ...] = Field(
        default=(), description="host:port or CIDR let through the address guard"
    )
    gap_seconds: float = Field(
        default=1.0, ge=0, description="pause between two requests to one origin"
    )
    deadline_seconds: float = Field(
        default=60.0, gt=0, description="how long one request may take in all"
    )
    max_bytes: int = Field(
        default=20_000_000, gt=0, description="largest document, after decompression"
    )
    freshness_seconds: float = Field(
        default=86_400.0,
        ge=0,
        description="a listed page is asked again after so long, unless its listing dates it",
    )
    contact: str = Field(
        default="", description="address or page in the User-Agent, for who runs the servers"
    )


class Extract(_Section):
    """The workers, and what one document may cost."""

    workers: int = Field(default=0, ge=0, description="worker processes; 0: one for each core")
    cpu_seconds: float = Field(default=10.0, gt=0, description="CPU time of one document")
    memory_mb: int = Field(default=1500, gt=0, description="address space of one worker")


class Gate(_Section):
    """When the checks hold a batch for a person."""

    min_documents: int = Field(
        default=20, ge=1, description="shares hold a batch from so many documents on, else warn"
    )
    max_refused_share: float = Field(
        default=0.5, ge=0, le=1, description="refused documents that are still normal"
    )


class Baselines(_Section):
    """How far a site may stray from its own past before it is held alone."""

    min_batches: int = Field(default=8, ge=3, description="history that every check needs")
    weekday_batches: int = Field(
        default=3, ge=2, description="batches of the same weekday that the volume needs"
    )
    min_documents: int = Field(
        default=5, ge=2, description="documents of a site below which its shares say nothing"
    )
    min_volume: int = Field(
        default=5, ge=1, description="usual new documents below which the volume says nothing"
    )
    window: int = Field(default=60, ge=3, description="batches of history that count, newest first")
    width: float = Field(
        default=5.0, gt=0, description="robust standard deviations that are still usual"
    )
    share_change: float = Field(
        default=0.25, gt=0, le=1, description="change of a share that is always let be"
    )
    length_factor: float = Field(
        default=2.5, gt=1, description="change of the median length that is always let be"
    )
    volume_factor: float = Field(
        default=3.0, gt=1, description="change of the volume that is always let be"
    )
    repeated_change: float = Field(
        default=0.15, gt=0, le=1, description="repeated lines, of all lines, that are let be"
    )
    new_repeats_share: float = Field(
        default=0.5, gt=0, le=1, description="pages that may share a new line"
    )


class Keep(_Section):
    """How long the desk keeps what it can do without."""

    data_docs_runs: int = Field(
        default=200, ge=1, description="pages of Great Expectations kept, newest first"
    )
    report_batches: int = Field(
        default=500, ge=1, description="batches that have a report page, newest first"
    )
    report_documents: int = Field(
        default=10_000, ge=0, description="documents that have a report page, newest first"
    )


class Report(_Section):
    """Where people find the report pages."""

    url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="where the folder reports/ is served, for links; empty: its place on disk",
    )


class Notify(_Section):
    """Who is told that a batch needs a person. The targets hold secrets: none is ever shown."""

    targets: tuple[SecretStr, ...] = Field(
        default=(), description="addresses as apprise takes them, of mailboxes, chats, pagers"
    )
    on: tuple[Literal["held", "partly_held", "failed", "published"], ...] = Field(
        default=("held", "partly_held", "failed"), description="what a batch must be to be told"
    )
    timeout_seconds: float = Field(
        default=10.0, gt=0, description="how long all targets together may take"
    )


def _known(kind: str) -> str:
    from tasks.readers.kinds import known_kind

    try:
        return known_kind(kind)
    except UsageError as error:
        raise ValueError(str(error)) from None


_Kind = Annotated[str, AfterValidator(_known)]


class Schedule(_Section):
    """A served schedule: its sources, and when they are run."""

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", description="name of the deployment")
    sources: tuple[str, ...] = Field(min_length=1, description="folders, files, globs")
    cron: str | None = Field(default=None, description="five fields, local time")
    interval_seconds: float | None = Field(default=None, gt=0, description="seconds between runs")
    kind: _Kind | None = Field(default=None, description="force a reader")

    @model_validator(mode="after")
    def _one_rhythm(self) -> Schedule:
        if (self.cron is None) == (self.interval_seconds is None):
            msg = f"schedule {self.name} needs either cron or interval_seconds"
            raise ValueError(msg)
        return self


class SourceSettings(_Section):
    """A source that `run` takes when it is due, and that has a name."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9._-]{1,64}$", description="its name, and the site where no URL tells"
    )
    locator: str = Field(min_length=1, description="file, folder, glob, URL or query")
    kind: _Kind | None = Field(default=None, description="force a reader")
    interval_seconds: float | None = Field(
        default=None, gt=0, description="how long it is not due again; without it, always due"
    )
    gap_seconds: float | None = Field(
        default=None, ge=0, description="a longer pause between requests than for all"
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="which column of a table is what, e.g. text, url, date"
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}$",
        description="what it is written in (ISO 639-1), for texts that leave that in doubt",
    )
    extraction: Mode = Field(
        default=Mode.AUTO,
        description="auto, precision (rather lose a line) or recall (rather keep a leftover)",
    )
    skip_rules: tuple[str, ...] = Field(
        default=(), description="cleaning rules that take nothing from its articles"
    )

    @field_validator("skip_rules")
    @classmethod
    def _known_rules(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if names:
            from tasks.cleaning.rules import RULES

            known = [rule.name for rule in RULES]
            for name in names:
                if name not in known:
                    near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
                    msg = f"no cleaning rule is named {name}, did you mean {near}?"
                    raise ValueError(msg)
        return names


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
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
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
    key = ".".join(str(part) for part in first["loc"])
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
