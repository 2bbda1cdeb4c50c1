"""What each section of the settings says: keys, bounds, defaults, and what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from tasks.errors import UsageError
from tasks.model import Mode
from tasks.reporting.limits import Limits


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


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
    trust_file_times: bool = Field(
        default=True,
        description="a file whose size and times are those of its last reading is not read again",
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

    @property
    def limits(self) -> Limits:
        """How much the report site holds."""
        return Limits(batches=self.report_batches, documents=self.report_documents)


class Report(_Section):
    """Where people find the report pages."""

    url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="where the folder reports/ is served, for links; empty: its place on disk",
    )


_Told = Literal["held", "partly_held", "silent", "failing", "failed", "published"]


class Notify(_Section):
    """Who is told that a batch needs a person. The targets hold secrets: none is ever shown."""

    targets: tuple[SecretStr, ...] = Field(
        default=(), description="addresses as apprise takes them, of mailboxes, chats, pagers"
    )
    on: tuple[_Told, ...] = Field(
        default=("held", "partly_held", "silent", "failing", "failed"),
        description="what a batch must be to be told; silent: it lacks sites that it usually has; "
        "failing: sources could not be read for hours",
    )
    timeout_seconds: float = Field(
        default=10.0, gt=0, description="how long all targets together may take"
    )
    repeat_hours: float = Field(
        default=24.0, ge=0, description="trouble that lasts is told again after so long; 0: always"
    )


def _checked(check: Callable[[str], str], word: str) -> str:
    try:
        return check(word)
    except UsageError as error:
        raise ValueError(str(error)) from None


def _known_kind(kind: str) -> str:
    from tasks.readers.kinds import known_kind

    return _checked(known_kind, kind)


def _known_rule(name: str) -> str:
    from tasks.cleaning.rules import known_rule

    return _checked(known_rule, name)


def _known_field(name: str) -> str:
    from tasks.extraction.record import known_field

    return _checked(known_field, name)


_Field = Annotated[str, AfterValidator(_known_field)]
_Kind = Annotated[str, AfterValidator(_known_kind)]
_Rule = Annotated[str, AfterValidator(_known_rule)]


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
    columns: dict[_Field, str] = Field(
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
    skip_rules: tuple[_Rule, ...] = Field(
        default=(), description="cleaning rules that take nothing from its articles"
    )

    @field_validator("columns")
    @classmethod
    def _each_once(cls, columns: dict[str, str]) -> dict[str, str]:
        twice = next((c for c, count in Counter(columns.values()).items() if count > 1), None)
        if twice is not None:
            msg = f"column {twice} is stated for two fields: say what it holds"
            raise ValueError(msg)
        return columns
